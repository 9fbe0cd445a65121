"""What the clock does about questions that wait: the company is reminded, then its garden is told."""

from sqlalchemy import select

from marketplace.audit.models import AuditEvent
from marketplace.audit.use_cases import record
from marketplace.briefs import lifecycle, notices, queries
from marketplace.briefs.lifecycle import Phase, QuestionState
from marketplace.briefs.models import Brief, ClarificationQuestion
from marketplace.briefs.use_cases.authorization import company_recipients, garden_recipients, lock
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.outbox.use_cases import send

ACTION = "question.remind"


def remind_about_questions() -> int:
    """Remind those who have let suppliers wait for an answer, each once a question; return how many were sent.

    Can be run at any time and any number of times: what is done is found in the audit log.
    """
    sent = 0
    for reference, question_id in _waiting():
        with transaction():
            lock(reference)
            question = session.get(ClarificationQuestion, question_id)
            if question is not None and question.state == QuestionState.ASKED:
                sent += _remind(question.brief, question)
    return sent


def _waiting() -> list[tuple[str, int]]:
    """Return the questions without an answer on briefs that are open, the oldest first."""
    query = (
        select(Brief.reference, ClarificationQuestion.id)
        .join(ClarificationQuestion.brief)
        .where(ClarificationQuestion.state == QuestionState.ASKED, queries.is_open(clock.now()))
        .order_by(ClarificationQuestion.id)
    )
    found = [(row.reference, row.id) for row in session.execute(query)]
    session.rollback()
    return found


def _remind(brief: Brief, question: ClarificationQuestion) -> int:
    """Send what is due and not sent before; return how many messages that was."""
    if queries.phase_of(brief) is not Phase.OPEN or brief.deadline is None:
        return 0
    due = lifecycle.question_reminders_due(question.asked_at, clock.now()) - _reminded(brief, question.id)
    title = queries.shown_title(brief)
    if "company" in due:
        told = notices.question_waits(title, brief.reference, question.text, brief.deadline)
        send(told, company_recipients(brief))
    if "garden" in due:
        waits = notices.garden_question_waits(brief.company.name, title, brief.reference, brief.deadline)
        send(waits, garden_recipients(brief))
    for receiver in sorted(due):
        record(None, ACTION, "brief", brief.reference, question=question.id, receiver=receiver)
    return len(due)


def _reminded(brief: Brief, question_id: int) -> set[str]:
    query = select(AuditEvent.details).where(
        AuditEvent.object_type == "brief",
        AuditEvent.object_id == brief.reference,
        AuditEvent.action == ACTION,
    )
    rows = session.scalars(query).all()
    return {str(row["receiver"]) for row in rows if row.get("question") == question_id}
