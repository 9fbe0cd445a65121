"""Clarification questions: asker anonymity, published answers, limits and reminders."""

import datetime as dt

import pytest

from marketplace.audit.models import AuditEvent
from marketplace.briefs import queries, use_cases
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.outbox.models import Notice, OutboxMail
from tests.factories import briefs
from tests.support.interleaving import interleave

TEXT = "Vi i Fjordnett lurer på hvilket kassasystem dere har?"
PUBLIC = "Hvilket kassasystem har dere?"
ANSWER = "Vi har et enkelt kassasystem fra 2019."


@pytest.fixture
def brief(market, invite):
    found = briefs.published(market.owner)
    invite(found, market.invited)
    return found


def shown(viewer, brief):
    return queries.questions_on(viewer, queries.brief_view_for(viewer, brief.reference))


def test_unanswered_question_is_visible_to_asker_and_company(market, brief):
    use_cases.ask_question(market.in_trade, brief.reference, TEXT)
    assert [(q.text, q.asker, q.is_own) for q in shown(market.owner, brief)] == [(TEXT, "", False)]
    assert [(q.text, q.is_own) for q in shown(market.in_trade, brief)] == [(TEXT, True)]
    for other in (market.invited, market.adviser, market.admin):
        assert shown(other, brief) == []


def test_answer_reaches_all_suppliers_anonymously(market, brief):
    question = use_cases.ask_question(market.in_trade, brief.reference, TEXT)
    use_cases.answer_question(market.colleague, brief.reference, question.id, PUBLIC, ANSWER)
    for viewer in (market.owner, market.invited, market.adviser, market.admin):
        assert [(q.text, q.answer, q.asker) for q in shown(viewer, brief)] == [(PUBLIC, ANSWER, "")]
    own = shown(market.in_trade, brief)[0]
    assert (own.text, own.answer, own.is_own) == (TEXT, ANSWER, True)
    told = {notice.user_id for notice in session.query(Notice).filter_by(kind="question_answered")}
    assert told == {market.invited.user_id, market.in_trade.user_id}


def test_asker_is_anonymous_to_company_while_brief_is_open(market, brief):
    use_cases.ask_question(market.in_trade, brief.reference, PUBLIC)
    texts = [notice.subject + notice.body for notice in session.query(Notice)]
    texts += [mail.subject + mail.body for mail in session.query(OutboxMail)]
    assert not [text for text in texts if "Fjordnett" in text]
    events = session.query(AuditEvent).filter_by(object_type="brief", object_id=brief.reference)
    assert market.in_trade.user_id not in {event.actor_id for event in events}


def test_asker_is_named_to_company_after_deadline(market, brief, time_machine):
    question = use_cases.ask_question(market.invited, brief.reference, PUBLIC)
    use_cases.answer_question(market.owner, brief.reference, question.id, PUBLIC, ANSWER)
    time_machine.move_to(brief.deadline + dt.timedelta(seconds=1), tick=False)
    assert [q.asker for q in shown(market.owner, brief)] == ["Bildeloftet"]
    assert [q.asker for q in shown(market.adviser, brief)] == [""]


def test_asker_stays_anonymous_when_the_brief_is_withdrawn_while_open(market, brief):
    question = use_cases.ask_question(market.invited, brief.reference, PUBLIC)
    use_cases.answer_question(market.owner, brief.reference, question.id, PUBLIC, ANSWER)
    use_cases.withdraw(market.owner, brief.reference, "Vi gjør det selv.")
    assert [q.asker for q in shown(market.owner, brief)] == [""]


def test_question_after_question_deadline_is_refused(market, brief, time_machine):
    time_machine.move_to(brief.question_deadline, tick=False)
    use_cases.ask_question(market.invited, brief.reference, TEXT)
    time_machine.move_to(brief.question_deadline + dt.timedelta(seconds=1), tick=False)
    with pytest.raises(RuleBroken):
        use_cases.ask_question(market.invited, brief.reference, TEXT)


def test_sixth_unanswered_question_is_refused(market, brief):
    for number in range(5):
        use_cases.ask_question(market.invited, brief.reference, f"{TEXT} {number}")
    with pytest.raises(RuleBroken):
        use_cases.ask_question(market.invited, brief.reference, TEXT)
    use_cases.ask_question(market.in_trade, brief.reference, TEXT)


def test_only_suppliers_with_access_can_ask(market, brief):
    with pytest.raises(NotFound):
        use_cases.ask_question(market.out_of_trade, brief.reference, TEXT)
    for viewer in (market.owner, market.adviser, market.admin):
        with pytest.raises(Forbidden):
            use_cases.ask_question(viewer, brief.reference, TEXT)


def test_rejection_reason_is_visible_to_asker_only(market, brief):
    question = use_cases.ask_question(market.in_trade, brief.reference, TEXT)
    with pytest.raises(RuleBroken):
        use_cases.reject_question(market.owner, brief.reference, question.id, "because")
    use_cases.reject_question(market.owner, brief.reference, question.id, "confidential")
    assert [q.reason for q in shown(market.in_trade, brief)] == ["confidential"]
    assert shown(market.invited, brief) == []
    assert {n.user_id for n in session.query(Notice).filter_by(kind="question_rejected")} == {
        market.in_trade.user_id
    }
    with pytest.raises(NotFound):
        use_cases.answer_question(market.owner, brief.reference, question.id, PUBLIC, ANSWER)


def test_question_of_other_company_is_not_found(market, brief):
    question = use_cases.ask_question(market.in_trade, brief.reference, TEXT)
    theirs = briefs.published(market.outsider)
    for reference in (brief.reference, theirs.reference):
        with pytest.raises(NotFound):
            use_cases.answer_question(market.outsider, reference, question.id, PUBLIC, ANSWER)


def test_answered_question_has_timestamp(market, brief):
    question = use_cases.ask_question(market.in_trade, brief.reference, TEXT)
    use_cases.answer_question(market.owner, brief.reference, question.id, PUBLIC, ANSWER)
    assert question.answered_at is not None
    assert question.answered_at <= clock.now()


def reminded():
    kinds = ("question_waits", "garden_question_waits")
    return [
        (n.kind, n.user_id) for n in session.query(Notice).filter(Notice.kind.in_(kinds)).order_by(Notice.id)
    ]


def test_question_reminders_go_once_to_company_then_garden(market, brief, time_machine):
    use_cases.ask_question(market.in_trade, brief.reference, TEXT)
    asked, people = clock.now(), {market.owner.user_id, market.colleague.user_id}

    def on_working_day(count):
        day = clock.add_working_days(clock.to_local(asked).date(), count)
        time_machine.move_to(clock.start_of_day(day) + dt.timedelta(hours=1), tick=False)
        return use_cases.remind_about_questions()

    assert on_working_day(1) == 0
    assert (on_working_day(2), on_working_day(3)) == (1, 0)
    assert {user for kind, user in reminded() if kind == "question_waits"} == people
    assert (on_working_day(4), on_working_day(6)) == (1, 0)
    assert {user for kind, user in reminded() if kind == "garden_question_waits"} == {market.adviser.user_id}
    mails = session.query(OutboxMail).filter(OutboxMail.recipient == market.adviser.email).all()
    assert mails
    assert not [mail for mail in mails if TEXT in mail.body], "the garden is not told what was asked"


@pytest.mark.parametrize("ending", ["answered", "rejected", "deadline", "withdrawn"])
def test_answered_question_gets_no_reminder(market, brief, time_machine, ending):
    question = use_cases.ask_question(market.in_trade, brief.reference, TEXT)
    if ending == "answered":
        use_cases.answer_question(market.owner, brief.reference, question.id, PUBLIC, ANSWER)
    elif ending == "rejected":
        use_cases.reject_question(market.owner, brief.reference, question.id, "unclear")
    elif ending == "withdrawn":
        use_cases.withdraw(market.owner, brief.reference, "Vi gjør det heller selv.")
    last = (
        brief.deadline + dt.timedelta(seconds=1)
        if ending == "deadline"
        else clock.now() + dt.timedelta(days=7)
    )
    time_machine.move_to(last, tick=False)
    assert use_cases.remind_about_questions() == 0


@pytest.mark.both_databases
@pytest.mark.parametrize("ending", ["answered", "withdrawn"])
def test_question_answered_during_reminder_run_gets_no_reminder(app, market, brief, time_machine, ending):
    question = use_cases.ask_question(market.in_trade, brief.reference, TEXT)
    day = clock.add_working_days(clock.today(), 5)
    time_machine.move_to(clock.start_of_day(day) + dt.timedelta(hours=1), tick=False)

    def act():
        if ending == "answered":
            use_cases.answer_question(market.owner, brief.reference, question.id, PUBLIC, ANSWER)
        else:
            use_cases.withdraw(market.owner, brief.reference, "Vi gjør det heller selv.")

    with interleave(app, "FROM clarification_question JOIN brief", act):
        assert use_cases.remind_about_questions() == 0
    assert reminded() == []
    assert session.query(AuditEvent).filter_by(action="question.remind").count() == 0
