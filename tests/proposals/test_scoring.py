"""Scoring the offers: what each offer says about a criterion, alone first, then together."""

import datetime as dt

import pytest
from sqlalchemy import select

from marketplace.audit.models import AuditEvent
from marketplace.core.database import session
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.i18n import use_locale
from marketplace.organisations.models import Company
from marketplace.privacy import brief_retention
from marketplace.proposals import queries, use_cases
from marketplace.proposals.forms.scores import SCORE_MEANINGS
from marketplace.proposals.models.offers import Evaluation
from marketplace.proposals.models.scoring import IndividualScore, ScoreSheet
from marketplace.proposals.queries import Score, ScoringStep
from marketplace.proposals.score_criteria import CRITERIA, MAX_SCORE
from tests.proposals.conftest import REFERENCE
from tests.support.page_rules import HtmlPage, text_of

PATH = f"/briefs/{REFERENCE}/proposals/scores"
NAMES = ("kvistverk", "myrull", "skogsfjord")


def all_scores(market, score, note=""):
    return {market.proposal(name).id: dict.fromkeys(CRITERIA, Score(score, note)) for name in NAMES}


def scoring(market, name):
    viewer = market.people[name]
    return queries.scoring_for(viewer, queries.offers_for(viewer, REFERENCE))


def score_alone(market, name, score, note=""):
    use_cases.save_own_scores(market.people[name], REFERENCE, all_scores(market, score, note))
    return use_cases.finish_own_scores(market.people[name], REFERENCE)


def form_data(market, score="4", **changes):
    given = {f"score_{market.proposal(n).id}_{c}": score for n in NAMES for c in CRITERIA}
    return given | changes


@pytest.fixture
def third(opened):
    """A third person in the company."""
    company = session.get_one(Company, opened.owner.organisation_id)
    opened.person("third", company, "member")
    session.commit()
    return opened


def test_scoring_page_shows_what_each_offer_says_about_each_criterion(browser, opened):
    page = browser("owner").page(PATH)
    sections = {code: text_of(page.one("details", id=f"criterion-{code}")) for code in CRITERIA}
    assert "bestiller og henter på gården" in sections["understanding"]
    assert "tre gårder" in sections["experience"]
    assert "Gjort for et gårdsutsalg." in sections["experience"]
    assert "92 000" in sections["price"]
    assert "Dere skriver tekstene." in sections["price"]
    assert "retter feil gratis" in sections["cooperation"]
    assert "Ane og Trygve" in sections["cooperation"]
    assert "tre gårder" not in sections["price"]
    for code, text in sections.items():
        for meaning in SCORE_MEANINGS[code].values():
            with use_locale("nb"):
                assert str(meaning) in text


def test_scoring_page_counts_given_scores_and_opens_the_first_unfinished_criterion(browser, opened):
    owner = browser("owner")
    price = {f"score_{opened.proposal(name).id}_price": "4" for name in NAMES}
    one = {f"score_{opened.proposal(NAMES[0]).id}_understanding": "4"}
    assert owner.post(PATH, data=form_data(opened, score="") | price | one).status_code == 303
    page = owner.page(PATH)
    heading = {code: text_of(page.one("details", id=f"criterion-{code}")) for code in CRITERIA}
    assert f"· {len(NAMES)} av {len(NAMES)} gitt" in heading["price"]
    assert f"· 1 av {len(NAMES)} gitt" in heading["understanding"]
    assert open_criteria(page) == ["criterion-understanding"]


def test_refused_score_opens_its_criterion(browser, opened):
    wrong = form_data(opened) | {f"score_{opened.proposal(NAMES[0]).id}_price": "9"}
    answer = browser("owner").post(PATH, data=wrong)
    assert answer.status_code == 422
    assert open_criteria(HtmlPage(answer.text)) == ["criterion-price"]


def open_criteria(page):
    return [
        one.get("id") for one in page.all("details", class_="ds-details criterion") if "open" in one.attrib
    ]


@pytest.mark.once
def test_every_score_of_every_criterion_has_a_meaning():
    assert set(SCORE_MEANINGS) == set(CRITERIA)
    for meanings in SCORE_MEANINGS.values():
        assert list(meanings) == list(range(MAX_SCORE, -1, -1))


def test_one_person_scores_for_the_company_in_one_step(browser, opened):
    opened.leave("member")
    assert scoring(opened, "owner").step is ScoringStep.COMPANY
    browser("owner").post(PATH, data=form_data(opened, step="company"))
    assert {offer.total_score for offer in queries.offers_for(opened.owner, REFERENCE).offers} == {80}
    assert session.scalars(select(ScoreSheet)).all() == []


def test_own_scores_are_hidden_until_everyone_who_began_is_finished(browser, opened):
    score_alone(opened, "owner", 5, "Hemmelig notat")
    use_cases.save_own_scores(opened.member, REFERENCE, all_scores(opened, 3))
    assert queries.offers_for(opened.member, REFERENCE).offers[0].scores == {}
    assert scoring(opened, "owner").step is ScoringStep.WAITING
    for name in ("owner", "member"):
        assert "Hemmelig notat" not in browser(name).page(PATH).text
        assert [one.scores for one in scoring(opened, name).scorers if one.name.lower() != name] == [{}]
    assert use_cases.finish_own_scores(opened.member, REFERENCE)
    page = browser("member").page(PATH)
    assert "Hemmelig notat" in page.text
    found = scoring(opened, "member")
    assert found.step is ScoringStep.AGREED
    number = opened.proposal("myrull").id
    assert found.individual(number, "price") == [("Owner", Score(5, "Hemmelig notat")), ("Member", Score(3))]
    assert found.spread(number, "price") == 2


def test_agreed_score_counts_and_own_scores_do_not(opened):
    score_alone(opened, "owner", 5)
    score_alone(opened, "member", 3)
    assert {offer.total_score for offer in queries.offers_for(opened.owner, REFERENCE).offers} == {None}
    use_cases.save_scores(opened.member, REFERENCE, all_scores(opened, 4))
    assert {offer.total_score for offer in queries.offers_for(opened.owner, REFERENCE).offers} == {80}


def test_undisputed_scores_become_the_companys_without_notes(opened):
    score_alone(opened, "owner", 4, "Mitt notat")
    score_alone(opened, "member", 4)
    assert {(row.score, row.note) for row in session.scalars(select(Evaluation))} == {(4, "")}


def test_scores_of_the_only_scorer_become_the_companys_when_used(opened):
    assert not score_alone(opened, "member", 4, "Mitt notat")
    assert scoring(opened, "owner").step is ScoringStep.OWN, "a colleague can still begin"
    use_cases.close_scoring(opened.member, REFERENCE)
    assert {(row.score, row.note) for row in session.scalars(select(Evaluation))} == {(4, "Mitt notat")}
    assert not scoring(opened, "owner").is_shared


def test_owner_closes_the_round_and_member_does_not_while_somebody_scores(third):
    use_cases.save_own_scores(third.third, REFERENCE, all_scores(third, 2))
    score_alone(third, "member", 3)
    with pytest.raises(Conflict):
        use_cases.close_scoring(third.member, REFERENCE)
    use_cases.close_scoring(third.owner, REFERENCE)
    assert scoring(third, "member").step is ScoringStep.AGREED
    for name in ("owner", "third"):
        with pytest.raises(Conflict):
            use_cases.save_own_scores(third.people[name], REFERENCE, all_scores(third, 1))
    for act in (use_cases.finish_own_scores, use_cases.reopen_own_scores, use_cases.close_scoring):
        with pytest.raises(Conflict):
            act(third.third, REFERENCE)


def test_colleague_who_leaves_holds_up_nobody(third):
    use_cases.save_own_scores(third.third, REFERENCE, all_scores(third, 2))
    score_alone(third, "member", 3)
    third.leave("third")
    assert scoring(third, "member").waiting_for == []
    use_cases.close_scoring(third.member, REFERENCE)
    assert scoring(third, "member").step is ScoringStep.AGREED


def test_fourth_scorer_is_refused(third):
    third.person("fourth", session.get_one(Company, third.owner.organisation_id), "member")
    session.commit()
    for name in ("owner", "member", "third"):
        use_cases.save_own_scores(third.people[name], REFERENCE, all_scores(third, 3))
    assert scoring(third, "fourth").step is ScoringStep.WAITING
    with pytest.raises(Conflict):
        use_cases.save_own_scores(third.fourth, REFERENCE, all_scores(third, 1))


def test_finished_scores_are_reopened_before_others_see_them(opened):
    score_alone(opened, "owner", 5)
    with pytest.raises(Conflict):
        use_cases.save_own_scores(opened.owner, REFERENCE, all_scores(opened, 1))
    use_cases.reopen_own_scores(opened.owner, REFERENCE)
    use_cases.save_own_scores(opened.owner, REFERENCE, all_scores(opened, 1))
    assert scoring(opened, "owner").step is ScoringStep.OWN


def test_company_scores_wait_for_those_who_score_alone(opened):
    use_cases.save_own_scores(opened.owner, REFERENCE, all_scores(opened, 5))
    with pytest.raises(Conflict):
        use_cases.save_scores(opened.member, REFERENCE, all_scores(opened, 1))


def test_scoring_before_the_deadline_after_the_award_or_by_outsiders_is_refused(opened, choose):
    given = all_scores(opened, 4)
    for name, error in (("outsider", NotFound), ("curator", NotFound), ("kvistverk", NotFound)):
        with pytest.raises(error):
            use_cases.save_own_scores(opened.people[name], REFERENCE, given)
    use_cases.save_own_scores(opened.owner, REFERENCE, given)
    choose(opened, "kvistverk")
    with pytest.raises(Conflict):
        use_cases.save_own_scores(opened.owner, REFERENCE, given)
    for act in (use_cases.finish_own_scores, use_cases.reopen_own_scores, use_cases.close_scoring):
        with pytest.raises(Conflict):
            act(opened.owner, REFERENCE)


def test_own_scores_before_the_deadline_are_refused(market):
    number = market.send("kvistverk").id
    with pytest.raises(Conflict):
        use_cases.save_own_scores(market.owner, REFERENCE, {number: {"price": Score(5)}})


def test_scoring_alone_is_audited_without_scores(opened):
    score_alone(opened, "owner", 5, "Notat")
    score_alone(opened, "member", 3, "Notat")
    is_about_scores = AuditEvent.action.like("brief.score%")
    actions = session.scalars(select(AuditEvent.action).where(is_about_scores).order_by(AuditEvent.id)).all()
    assert actions == [
        "brief.score_alone", "brief.score_finished", "brief.score_alone", "brief.score_finished", "brief.score_closed",
    ]  # fmt: skip
    assert not [e for e in session.scalars(select(AuditEvent)) if "Notat" in str(e.details)]


def test_comparison_names_those_who_give_scores_and_the_next_step(browser, opened):
    offers = f"/briefs/{REFERENCE}/proposals"
    assert "Gi dine egne poeng" in browser("member").page(offers).links()
    score_alone(opened, "owner", 5)
    page = browser("member").page(offers)
    assert "Gir poeng: Owner." in page.text
    assert "Se hvem som gir poeng" in browser("owner").page(offers).links()
    score_alone(opened, "member", 3)
    assert "Bli enige om poengene" in browser("owner").page(offers).links()


def test_autosave_of_scores_keeps_a_note_without_a_score(browser, opened):
    owner, number = browser("owner"), opened.proposal("myrull").id
    seen = owner.page(PATH).one("input", name="seen").get("value")
    data = {f"note_{number}_price": "Dyr, men god", "step": "own", "seen": seen}
    answer = owner.post(PATH, data=data, headers={"X-Autosave": "1"})
    assert answer.json["ok"]
    assert "Dyr, men god" in owner.page(PATH).text
    assert "Dyr, men god" not in browser("member").page(PATH).text
    second = owner.post(PATH, data=data | {"seen": answer.json["seen"]}, headers={"X-Autosave": "1"})
    assert second.json["ok"]
    other = data | {f"note_{number}_price": "Noe annet"}
    assert owner.post(PATH, data=other, headers={"X-Autosave": "1"}).status_code == 409


def test_note_that_is_too_long_holds_up_no_other_field(browser, opened):
    number = opened.proposal("myrull").id
    long, short = f"note_{number}_price", f"note_{number}_experience"
    data = {long: "x" * 601, short: "God", "step": "own"}
    answer = browser("owner").post(PATH, data=data, headers={"X-Autosave": "1"})
    assert answer.status_code == 422
    assert {row.note for row in session.scalars(select(IndividualScore))} == {"God"}
    page = browser("owner").post(PATH, data=data | {"seen": answer.json["seen"]})
    assert page.status_code == 422
    assert "x" * 601 in page.text


def test_scores_that_come_after_the_award_are_shown_again(browser, opened, choose):
    note = f"note_{opened.proposal('myrull').id}_price"
    choose(opened, "kvistverk")
    answer = browser("owner").post(PATH, data={note: "Skrevet for sent", "step": "own"})
    assert answer.status_code == 409
    assert "Skrevet for sent" in answer.text
    assert browser("owner").get(PATH).status_code == 404


def test_text_is_kept_when_the_round_closes_while_somebody_writes(browser, opened):
    score_alone(opened, "owner", 5)
    number = opened.proposal("myrull").id
    use_cases.save_own_scores(opened.member, REFERENCE, all_scores(opened, 2))
    use_cases.close_scoring(opened.owner, REFERENCE)
    answer = browser("member").post(
        PATH, data=form_data(opened, "1", step="own", **{f"note_{number}_price": "Skrevet for sent"})
    )
    assert answer.status_code == 409
    assert "Skrevet for sent" in answer.text
    assert session.scalars(select(Evaluation)).all() == []


def test_finishing_needs_all_scores_and_saves_those_that_are_given(browser, opened):
    missing = f"score_{opened.proposal('myrull').id}_price"
    answer = browser("owner").post(PATH, data=form_data(opened, **{missing: ""}, step="own", act="finish"))
    assert answer.status_code == 422
    assert f"#{missing}" in answer.text
    assert len(session.scalars(select(IndividualScore)).all()) == 11
    assert scoring(opened, "owner").step is ScoringStep.OWN


def test_pages_of_each_step_in_the_browser(browser, opened):
    owner, member = browser("owner"), browser("member")
    assert owner.post(PATH, data=form_data(opened, "5", step="own", act="finish")).status_code == 303
    assert f"{PATH}/close" in owner.page(PATH).html
    assert member.post(PATH, data=form_data(opened, "3", step="own", act="finish")).status_code == 303
    assert member.post(PATH, data=form_data(opened, "4", step="agreed")).status_code == 303
    assert "80" in owner.page(f"/briefs/{REFERENCE}/proposals").text
    for path in (f"{PATH}/close", f"{PATH}/reopen"):
        assert browser("outsider").post(path).status_code == 404
        assert browser("curator").post(path).status_code == 403


def test_notes_of_own_scores_are_erased_with_the_texts(opened, choose, at_noon):
    use_cases.save_own_scores(opened.owner, REFERENCE, all_scores(opened, 5, "Notat"))
    choose(opened, "kvistverk")
    at_noon.shift(25 * dt.timedelta(days=31))
    assert brief_retention.erase_closed_briefs() == 1
    session.expire_all()
    assert {(row.score, row.note) for row in session.scalars(select(IndividualScore))} == {(5, "")}
