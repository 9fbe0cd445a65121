"""Delivery of the job, its outcome, and termination."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from marketplace.core.database import session
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.proposals import queries, use_cases
from marketplace.proposals.lifecycle import HANDOVER_ITEMS
from marketplace.proposals.models.outcomes import Outcome
from marketplace.proposals.queries.brief_results import latest_answers
from tests.proposals.conftest import AFTER
from tests.support.notices import notices_to


def after(days):
    return AFTER + dt.timedelta(days=days)


def test_delivery_sends_three_outcome_requests(opened, choose, at_noon):
    choose(opened, "kvistverk")
    with pytest.raises(RuleBroken):
        use_cases.deliver(opened.owner, opened.reference, {"domain": "done"})
    use_cases.deliver(opened.owner, opened.reference, dict.fromkeys(HANDOVER_ITEMS, "not_done"))
    assert opened.brief.state == "delivered"
    answers = use_cases.OutcomeAnswers("yes", "over", "partly", "maybe", "60 ordrer", "Bra")
    use_cases.answer_outcome(opened.member, opened.reference, "handover", answers)
    with pytest.raises(Conflict):
        use_cases.answer_outcome(opened.member, opened.reference, "d90", answers)
    assert use_cases.remind_about_results() == 0
    at_noon.move_to(after(91), tick=False)
    assert use_cases.remind_about_results() == 1
    assert use_cases.remind_about_results() == 0
    assert [
        row.answered_at is not None for row in session.scalars(select(Outcome).order_by(Outcome.due_on))
    ] == [True, False, False]


def test_second_outcome_answer_is_added_to_the_first(opened, choose, at_noon):
    choose(opened, "kvistverk")
    use_cases.deliver(opened.owner, opened.reference, dict.fromkeys(HANDOVER_ITEMS, "done"))
    first = use_cases.OutcomeAnswers("yes", "yes", "too_early", "yes", "40 ordrer", "Bra")
    second = use_cases.OutcomeAnswers("yes", "yes", "partly", "maybe", "60 ordrer", "Bra")
    for answers in (first, first, second):
        at_noon.shift(60)
        use_cases.answer_outcome(opened.member, opened.reference, "handover", answers)
    outcome = session.scalars(select(Outcome).where(Outcome.round == "handover")).one()
    assert [answer.measured for answer in outcome.answers] == ["40 ordrer", "60 ordrer"]
    assert outcome.answered_at == outcome.answers[1].answered_at > outcome.answers[0].answered_at
    assert latest_answers([opened.brief.id])[opened.brief.id].goal_met == "partly"
    outcome.answers[0].goal_met = "yes"
    with pytest.raises(DatabaseError, match="An answer cannot be changed"):
        session.flush()
    session.rollback()


def test_job_is_terminated_with_reason(opened, choose):
    choose(opened, "kvistverk")
    use_cases.terminate(opened.owner, opened.reference, "Vi ble ikke enige om planen.")
    assert opened.brief.state == "terminated"
    assert notices_to(opened.kvistverk, "job_ended")
    assert notices_to(opened.curator, "job_ended")
    with pytest.raises(Conflict):
        use_cases.deliver(opened.owner, opened.reference, dict.fromkeys(HANDOVER_ITEMS, "done"))


def test_hidden_name_is_still_shown_to_suppliers_when_the_job_ends(opened, choose):
    opened.brief.name_hidden = True
    session.commit()
    number = choose(opened, "kvistverk")
    use_cases.terminate(opened.owner, opened.reference, "Vi ble ikke enige om planen.")
    assert queries.letter_for(opened.kvistverk, number).company_name == "Bjørkvollen ysteri"
