"""The round of individual scores: notices to colleagues, reopening, and a decision made while it is open."""

import datetime as dt

import pytest
from sqlalchemy import select

from marketplace.audit.models import AuditEvent
from marketplace.core.database import session
from marketplace.core.errors import Conflict, NotFound
from marketplace.outbox.models import Notice
from marketplace.proposals import queries, use_cases
from marketplace.proposals.queries import Score, ScoringStep
from marketplace.proposals.score_criteria import CRITERIA
from tests.proposals.conftest import REFERENCE
from tests.proposals.test_scoring import PATH, all_scores, form_data, score_alone, scoring

REPLY = use_cases.RejectionReply("none_suitable", "Det ble for dyrt for oss denne gangen.")


def kinds(viewer):
    query = select(Notice.kind).where(Notice.user_id == viewer.user_id, Notice.topic == "scoring")
    return list(session.scalars(query.order_by(Notice.id)))


def agreed_total(market, name):
    offers = queries.offers_for(market.owner, REFERENCE).offers
    return next(offer.total_score for offer in offers if offer.id == market.proposal(name).id)


def test_colleagues_are_notified_when_scoring_begins_and_when_it_closes(opened):
    use_cases.save_own_scores(opened.owner, REFERENCE, all_scores(opened, 5))
    use_cases.save_own_scores(opened.owner, REFERENCE, all_scores(opened, 4))
    assert (kinds(opened.owner), kinds(opened.member)) == ([], ["scoring_begun"])
    use_cases.finish_own_scores(opened.owner, REFERENCE)
    score_alone(opened, "member", 3)
    assert kinds(opened.owner) == ["scoring_begun", "scoring_closed"]
    assert kinds(opened.member) == ["scoring_begun"]


def test_reopened_round_lets_scorers_change_and_notifies_them(opened):
    score_alone(opened, "owner", 5)
    score_alone(opened, "member", 3)
    use_cases.reopen_scoring(opened.member, REFERENCE)
    assert kinds(opened.owner)[-1] == "scoring_reopened"
    assert scoring(opened, "member").step is ScoringStep.WAITING
    use_cases.reopen_own_scores(opened.member, REFERENCE)
    use_cases.save_own_scores(opened.member, REFERENCE, all_scores(opened, 5))
    assert use_cases.finish_own_scores(opened.member, REFERENCE)
    assert agreed_total(opened, "myrull") == 100
    actions = session.scalars(select(AuditEvent.action)).all()
    assert actions.count("brief.score_round_reopened") == 1


def test_agreed_scores_survive_reopening_unless_an_own_score_changes(opened, at_noon):
    score_alone(opened, "owner", 5)
    score_alone(opened, "member", 3)
    at_noon.shift(dt.timedelta(minutes=1))
    use_cases.save_scores(opened.owner, REFERENCE, all_scores(opened, 4, "Enige"))
    use_cases.reopen_scoring(opened.owner, REFERENCE)
    use_cases.reopen_own_scores(opened.member, REFERENCE)
    changed = all_scores(opened, 3)
    number = opened.proposal("myrull").id
    changed[number] = changed[number] | {"price": Score(1)}
    at_noon.shift(dt.timedelta(minutes=1))
    use_cases.save_own_scores(opened.member, REFERENCE, changed)
    use_cases.finish_own_scores(opened.member, REFERENCE)
    found = scoring(opened, "owner").scores
    assert found[number]["price"] == Score(None, "Enige")
    assert found[number]["experience"] == Score(4, "Enige")


def test_only_an_owner_or_a_scorer_reopens_and_only_before_the_decision(opened, choose):
    with pytest.raises(Conflict):
        use_cases.reopen_scoring(opened.owner, REFERENCE)
    score_alone(opened, "owner", 5)
    use_cases.close_scoring(opened.owner, REFERENCE)
    for name, error in (("member", Conflict), ("outsider", NotFound), ("kvistverk", NotFound)):
        with pytest.raises(error):
            use_cases.reopen_scoring(opened.people[name], REFERENCE)
    choose(opened, "kvistverk")
    with pytest.raises(Conflict):
        use_cases.reopen_scoring(opened.owner, REFERENCE)


def test_award_closes_an_open_round_so_that_letters_contain_the_scores(opened, choose):
    score_alone(opened, "owner", 4)
    choose(opened, "kvistverk")
    letter = queries.letter_for(opened.people["myrull"], opened.proposal("myrull").id)
    assert letter.own == dict.fromkeys(CRITERIA, 4)
    assert "brief.score_closed" in session.scalars(select(AuditEvent.action)).all()


def test_choosing_nobody_closes_an_open_round(opened):
    score_alone(opened, "owner", 4)
    use_cases.choose_nobody(opened.owner, REFERENCE, REPLY)
    assert queries.letter_for(opened.people["myrull"], opened.proposal("myrull").id).own_total == 80


def test_decision_forms_name_the_letters_that_will_contain_no_scores(browser, opened):
    owner, winner = browser("owner"), opened.proposal("kvistverk").id
    forms = (f"/briefs/{REFERENCE}/award?proposal={winner}", f"/briefs/{REFERENCE}/nobody")

    def notices():
        return [owner.page(form).text.partition("inneholder ingen poeng")[1] for form in forms]

    assert all(notices())
    score_alone(opened, "member", 3)
    assert not any(notices())
    for form in forms:
        assert "Runden med egne poeng er fortsatt åpen (Member)" in owner.page(form).text
    use_cases.save_own_scores(opened.owner, REFERENCE, all_scores(opened, 5))
    assert all(notices()), "the two disagree"
    use_cases.close_scoring(opened.owner, REFERENCE)
    use_cases.save_scores(opened.owner, REFERENCE, all_scores(opened, 5))
    assert not any(notices())


def test_round_is_reopened_from_the_page_of_scores(browser, opened):
    for name, score in (("owner", "5"), ("member", "3")):
        browser(name).post(PATH, data=form_data(opened, score, step="own", act="finish"))
    member = browser("member")
    assert f"{PATH}/reopen-round" in member.page(PATH).html
    assert member.post(f"{PATH}/reopen-round").status_code == 303
    assert "Endre poengene mine" in member.page(PATH).text
