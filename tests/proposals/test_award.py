"""Refused actions around an award: each gives a message and changes nothing."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from marketplace.audit.models import AuditEvent
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, RuleBroken
from marketplace.outbox.models import Notice
from marketplace.proposals import queries, use_cases
from marketplace.proposals.lifecycle import HANDOVER_ITEMS
from marketplace.proposals.models.offers import Award, Evaluation
from marketplace.proposals.models.outcomes import Outcome
from marketplace.proposals.queries import Score
from marketplace.proposals.score_criteria import CRITERIA
from marketplace.suppliers.models import Supplier
from tests.proposals.conftest import AFTER, REFERENCE

BIDDERS = ("kvistverk", "myrull", "skogsfjord")


def decision_state(market):
    """Return everything that a decision could change: brief, offers, award, notices and audit events."""
    count = lambda model: session.scalar(select(func.count()).select_from(model))  # noqa: E731 because it is short
    offers = {name: (market.proposal(name).state, market.proposal(name).outcome_text) for name in BIDDERS}
    return market.brief.state, offers, count(Award), count(Notice), count(AuditEvent)


def details(market, **changes):
    values = {
        "proposal_id": market.proposal("kvistverk").id,
        "price_nok": 92_000,
        "start_on": dt.date(2027, 1, 11),
        "reason": "Dere forsto oss best.",
    }
    return use_cases.AwardDetails(**(values | changes))


@pytest.fixture
def judged(opened):
    """The market after the deadline with opened offers."""
    use_cases.open_due()
    return opened


def test_award_needs_message_to_chosen_supplier(judged, replies):
    before = decision_state(judged)
    chosen = details(judged, reason="")
    with pytest.raises(RuleBroken, match="hvorfor dere valgte dette tilbudet") as broken:
        use_cases.award(judged.owner, REFERENCE, chosen, replies(judged, chosen.proposal_id))
    assert broken.value.field == "reason"
    assert decision_state(judged) == before


@pytest.mark.parametrize(
    ("reply", "field", "words"),
    [
        (use_cases.RejectionReply("", "Vi venter et år."), "code", "Velg en begrunnelse"),
        (use_cases.RejectionReply("gaps", "Vi venter et år."), "code", "Velg en begrunnelse"),
        (use_cases.RejectionReply("postponed", ""), "text", "Skriv en setning til dem som har svart"),
    ],
)
def test_choosing_nobody_needs_reason_and_message(judged, reply, field, words):
    before = decision_state(judged)
    with pytest.raises(RuleBroken, match=words) as broken:
        use_cases.choose_nobody(judged.owner, REFERENCE, reply)
    assert broken.value.field == field
    assert decision_state(judged) == before


def test_choosing_nobody_without_offers_needs_no_message(market, at_noon):
    at_noon.move_to(AFTER, tick=False)
    use_cases.choose_nobody(market.owner, REFERENCE, use_cases.RejectionReply("postponed", ""))
    assert (market.brief.state, market.brief.closed_reason) == ("no_award", "")


def test_decision_ninety_days_after_lapse_is_refused(judged, at_noon, replies):
    lapsed = AFTER + dt.timedelta(days=43)
    at_noon.move_to(lapsed, tick=False)
    use_cases.run_jobs()
    before, chosen = decision_state(judged), details(judged, still_stands=True)
    assert before[0] == "lapsed"
    answers = replies(judged, chosen.proposal_id)
    at_noon.move_to(lapsed + dt.timedelta(days=91), tick=False)
    with pytest.raises(Conflict, match="for mer enn 90 dager siden"):
        use_cases.award(judged.owner, REFERENCE, chosen, answers)
    with pytest.raises(Conflict, match="for mer enn 90 dager siden"):
        use_cases.choose_nobody(judged.owner, REFERENCE, use_cases.RejectionReply("postponed", "Vi venter."))
    assert decision_state(judged) == before
    at_noon.move_to(lapsed + dt.timedelta(days=90), tick=False)
    use_cases.award(judged.owner, REFERENCE, chosen, answers)
    assert judged.brief.state == "awarded"


def test_ruling_out_needs_explanation(judged):
    before = decision_state(judged)
    number = judged.proposal("skogsfjord").id
    with pytest.raises(RuleBroken, match="hva som mangler") as broken:
        use_cases.rule_out(judged.owner, REFERENCE, number, "Kobling til kassa", "")
    assert broken.value.field == "text"
    assert decision_state(judged) == before


def test_only_owner_of_chosen_supplier_can_decline_award(opened, choose):
    number = choose(opened, "kvistverk")
    supplier = session.get(Supplier, opened.kvistverk.organisation_id)
    helper = opened.person("helper", supplier, "member")
    session.commit()
    before = decision_state(opened)
    with pytest.raises(Forbidden):
        use_cases.decline_award(helper, number, "Full ordrebok")
    assert decision_state(opened) == before


@pytest.mark.parametrize("field", ["on_time", "within_price", "goal_met", "order_again"])
def test_outcome_answer_must_be_an_option(opened, choose, field):
    choose(opened, "kvistverk")
    use_cases.deliver(opened.owner, REFERENCE, dict.fromkeys(HANDOVER_ITEMS, "done"))
    answers = {"on_time": "yes", "within_price": "over", "goal_met": "partly", "order_again": "maybe"}
    before = decision_state(opened)
    with pytest.raises(RuleBroken, match="Velg én fra listen") as broken:
        use_cases.answer_outcome(
            opened.member, REFERENCE, "handover", use_cases.OutcomeAnswers(**(answers | {field: "tja"}))
        )
    assert broken.value.field == field
    assert decision_state(opened) == before
    outcome = session.scalars(select(Outcome).where(Outcome.round == "handover")).one()
    assert outcome.answered_at is None
    assert outcome.answers == []


def test_unchanged_score_keeps_first_author(judged, at_noon):
    number = judged.proposal("kvistverk").id
    given = {"price": Score(3, "Dyr"), "experience": Score(4)}
    use_cases.save_scores(judged.owner, REFERENCE, {number: given})
    at_noon.shift(dt.timedelta(hours=1))
    use_cases.save_scores(judged.member, REFERENCE, {number: given | {"experience": Score(4, "Mange")}})
    rows = {row.criterion: row for row in session.scalars(select(Evaluation))}
    assert (rows["price"].by_id, rows["price"].at) == (judged.owner.user_id, AFTER)
    assert (rows["experience"].by_id, rows["experience"].note) == (judged.member.user_id, "Mange")
    assert rows["experience"].at == AFTER + dt.timedelta(hours=1)
    assert queries.offer_for(judged.owner, REFERENCE, number)[1].scores == {"price": 3, "experience": 4}


def test_award_page_after_award_redirects_to_job(browser, opened, choose):
    choose(opened, "kvistverk")
    owner = browser("owner")
    answer = owner.get(f"/briefs/{REFERENCE}/award")
    assert (answer.status_code, answer.location) == (303, f"/briefs/{REFERENCE}/job")
    assert owner.get(f"/briefs/{REFERENCE}/nobody").status_code == 404
    reply = {"code": "postponed", "text": "Vi venter et år."}
    assert owner.post(f"/briefs/{REFERENCE}/nobody", data=reply).status_code == 404
    assert opened.brief.state == "awarded"


def test_award_of_unknown_offer_is_refused(browser, judged):
    before = decision_state(judged)
    use_cases.rule_out(judged.owner, REFERENCE, judged.proposal("skogsfjord").id, "Kobling til kassa", "Nei.")
    for number in (judged.proposal("skogsfjord").id, 999_999):
        form = {"proposal": str(number), "price_nok": "92000", "start_on": "2027-01-11", "reason": "Fordi."}
        assert browser("owner").get(f"/briefs/{REFERENCE}/award?proposal={number}").status_code == 404
        assert browser("owner").post(f"/briefs/{REFERENCE}/award", data=form).status_code == 404
    assert (decision_state(judged)[0], decision_state(judged)[2]) == (before[0], 0)


def test_home_of_the_winner_names_the_job_and_the_time_to_decline(opened, choose, browser, at_noon):
    number = choose(opened, "kvistverk")
    winner = browser("kvistverk")
    winner.set_cookie("locale", "en")
    browser("myrull").set_cookie("locale", "en")
    assert "decline it by" in winner.page("/home").text
    winner.get(f"/proposals/{number}/letter")
    read = winner.page("/home")
    assert f"/proposals/{number}/letter" in read.links().values()
    assert "decline it by" in read.text
    won = winner.page("/proposals?state=won").text
    assert "You got the job" in won
    assert "can be declined until" in won
    assert "You got the job" not in browser("myrull").page("/proposals?state=won").text
    at_noon.move_to(clock.now() + dt.timedelta(days=11), tick=False)
    assert "decline it by" not in winner.page("/home").text


def test_choosing_the_lower_scored_offer_states_both_scores_first(opened, browser):
    numbers = {name: opened.proposal(name).id for name in ("kvistverk", "myrull")}
    given = {
        numbers["kvistverk"]: {code: Score(5) for code in CRITERIA},
        numbers["myrull"]: {code: Score(3) for code in CRITERIA},
    }
    use_cases.save_scores(opened.owner, REFERENCE, given)
    browser("owner").set_cookie("locale", "en")
    lower = browser("owner").page(f"/briefs/{REFERENCE}/award?proposal={numbers['myrull']}").text
    assert "You scored this offer 60 of 100, and Kvistverk 100." in lower
    assert "Each letter says that you chose Myrull" in lower
    higher = browser("owner").page(f"/briefs/{REFERENCE}/award?proposal={numbers['kvistverk']}").text
    assert "You scored this offer" not in higher
