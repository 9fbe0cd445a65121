"""Scheduled reminders of unanswered questions: first to the company, then to its garden."""

from sqlalchemy import select

from marketplace.audit.queries import is_recorded
from marketplace.audit.use_cases import record
from marketplace.briefs import deadlines, notices, queries
from marketplace.briefs.lifecycle import Phase, QuestionState
from marketplace.briefs.models import Brief, ClarificationQuestion
from marketplace.briefs.use_cases.authorization import company_recipients, garden_recipients, lock
from marketplace.core import clock
from marketplace.core.database import failure_logged, session, transaction
from marketplace.organisations.contacts import owner_contact
from marketplace.outbox.use_cases import send

ACTION = "question.remind"


def remind_about_questions() -> int:
    """Send the reminders that are due, once per question and recipient, and return their number.

    Idempotent: reminders already sent are looked up in the audit log.
    """
    sent = 0
    for reference, question_id in _unanswered():
        with failure_logged(question_id), transaction():
            lock(reference)
            question = session.get(ClarificationQuestion, question_id)
            if question is not None and question.state == QuestionState.ASKED:
                sent += _remind(question.brief, question)
    return sent


def _unanswered() -> list[tuple[str, int]]:
    """Return (reference, question id) of the unanswered questions about open briefs, oldest first."""
    query = (
        select(Brief.reference, ClarificationQuestion.id)
        .join(ClarificationQuestion.brief)
        .where(ClarificationQuestion.state == QuestionState.ASKED, queries.is_open(clock.now()))
        .order_by(ClarificationQuestion.id)
    )
    rows = [(row.reference, row.id) for row in session.execute(query)]
    session.rollback()
    return rows


def _remind(brief: Brief, question: ClarificationQuestion) -> int:
    """Send the reminders of a question that are due and not yet sent; return their number."""
    if queries.phase_of(brief) is not Phase.OPEN or brief.deadline is None:
        return 0
    due = {
        receiver
        for receiver in deadlines.question_reminders_due(question.asked_at, clock.now())
        if not is_recorded(ACTION, "brief", brief.reference, question=question.id, receiver=receiver)
    }
    title = queries.display_title(brief)
    if "company" in due:
        notice = notices.question_waits(title, brief.reference, question.text, brief.deadline)
        send(notice, company_recipients(brief))
    if "garden" in due:
        notice = notices.garden_question_waits(
            brief.company.name, title, brief.reference, brief.deadline, owner_contact(brief.company)
        )
        send(notice, garden_recipients(brief))
    for receiver in sorted(due):
        record(None, ACTION, "brief", brief.reference, question=question.id, receiver=receiver)
    return len(due)
