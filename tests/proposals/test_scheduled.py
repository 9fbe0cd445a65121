"""Scheduled jobs racing with users: a job checks again that its item is still due."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from marketplace.audit.models import AuditEvent
from marketplace.core.database import session
from marketplace.outbox.models import Notice
from marketplace.proposals import use_cases
from marketplace.proposals.lifecycle import HANDOVER_ITEMS
from tests.factories.offers import full_content
from tests.proposals.conftest import AFTER, REFERENCE
from tests.support.interleaving import interleave

EVENTS = "max(audit_event.at)"
REPLY = use_cases.RejectionReply("postponed", "Vi venter et år.")


def sent_notices(kind):
    return session.scalar(select(func.count()).select_from(Notice).where(Notice.kind == kind))


def recorded(action):
    return session.scalar(
        select(func.count()).select_from(AuditEvent).where(AuditEvent.action.startswith(action))
    )


@pytest.mark.both_databases
def test_concurrent_workers_announce_opening_once(app, opened):
    with interleave(app, EVENTS, use_cases.open_due):
        assert use_cases.open_due() == 0
    assert sent_notices("offers_opened") == 2, "the company's two people"
    assert recorded("brief.opened") == 1


@pytest.mark.both_databases
def test_concurrent_workers_send_one_reminder(app, opened, at_noon):
    use_cases.open_due()
    at_noon.move_to(AFTER + dt.timedelta(days=20), tick=False)
    with interleave(app, EVENTS, use_cases.lapse_overdue):
        assert use_cases.lapse_overdue() == 0
    assert sent_notices("decide_soon") == 2, "the company's two people"
    assert sent_notices("garden_decide_soon") == 1
    assert recorded("brief.remind_") == 1


@pytest.mark.both_databases
@pytest.mark.parametrize("days", [20, 43])
def test_decision_during_job_prevents_reminder_and_lapse(app, opened, at_noon, days):
    use_cases.open_due()
    at_noon.move_to(AFTER + dt.timedelta(days=days), tick=False)
    with interleave(app, EVENTS, lambda: use_cases.choose_nobody(opened.owner, REFERENCE, REPLY)):
        assert use_cases.lapse_overdue() == 0
    assert opened.brief.state == "no_award"
    assert opened.proposal("kvistverk").state == "not_selected"
    assert (sent_notices("decide_soon"), sent_notices("brief_lapsed"), recorded("brief.remind_")) == (0, 0, 0)


@pytest.mark.both_databases
def test_reopening_during_job_restarts_deadline(app, opened, at_noon, choose):
    use_cases.open_due()
    at_noon.move_to(AFTER + dt.timedelta(days=43), tick=False)

    def choose_and_take_back():
        choose(opened, "kvistverk")
        use_cases.reopen(opened.owner, REFERENCE, "Prisen var feil.")

    with interleave(app, EVENTS, choose_and_take_back):
        assert use_cases.lapse_overdue() == 0
    assert opened.brief.state == "published"
    assert opened.proposal("kvistverk").state == "submitted"
    assert (sent_notices("decide_soon"), sent_notices("brief_lapsed"), recorded("brief.remind_")) == (0, 0, 0)


@pytest.fixture
def delivered(opened, choose):
    """The market after a handover."""
    choose(opened, "kvistverk")
    use_cases.deliver(opened.owner, REFERENCE, dict.fromkeys(HANDOVER_ITEMS, "done"))
    return opened


@pytest.mark.both_databases
def test_concurrent_workers_request_outcome_once(app, delivered):
    with interleave(app, EVENTS, use_cases.remind_about_results):
        assert use_cases.remind_about_results() == 0
    assert recorded("brief.ask_handover") == 1
    assert sent_notices("did_it_work") == 2, "the company's two people"


@pytest.mark.both_databases
def test_outcome_answered_during_job_is_not_requested(app, delivered):
    answers = use_cases.OutcomeAnswers("yes", "over", "partly", "maybe")
    act = lambda: use_cases.answer_outcome(delivered.member, REFERENCE, "handover", answers)  # noqa: E731 because it is an argument
    with interleave(app, EVENTS, act):
        assert use_cases.remind_about_results() == 0
    assert (recorded("brief.outcome"), recorded("brief.ask_"), sent_notices("did_it_work")) == (1, 0, 0)


def test_supplier_is_reminded_once_of_changes_not_sent(app, market, at_noon):
    market.send("kvistverk")
    market.send("myrull")
    at_noon.shift(dt.timedelta(minutes=1))
    use_cases.save(market.kvistverk, REFERENCE, full_content(monthly_nok=990))
    at_noon.move_to(dt.datetime(2026, 12, 10, 6, 59, tzinfo=dt.UTC), tick=False)
    assert use_cases.remind_about_unsent_changes() == 0, "one minute before eight o'clock"
    at_noon.shift(dt.timedelta(minutes=1))
    assert (use_cases.remind_about_unsent_changes(), use_cases.remind_about_unsent_changes()) == (1, 0)
    notice = session.scalars(select(Notice).where(Notice.kind == "changes_not_sent")).one()
    assert (notice.user_id, notice.link_path) == (market.kvistverk.user_id, f"/briefs/{REFERENCE}/proposal")
    assert recorded("proposal.remind") == 0, "the event is sealed until the opening"


def test_sent_changes_give_no_reminder(app, market, at_noon):
    market.send("kvistverk")
    at_noon.shift(dt.timedelta(minutes=1))
    market.send("kvistverk", monthly_nok=990)
    at_noon.move_to(dt.datetime(2026, 12, 11, 9, tzinfo=dt.UTC), tick=False)
    assert use_cases.remind_about_unsent_changes() == 0
