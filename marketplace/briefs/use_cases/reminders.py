"""Scheduled reminders of unanswered questions, and of drafts and waiting briefs that a business garden has not answered."""

from sqlalchemy import select

from marketplace.audit.queries import is_recorded
from marketplace.audit.use_cases import record
from marketplace.briefs import deadlines, notices, queries
from marketplace.briefs.lifecycle import BriefState, Phase, QuestionState
from marketplace.briefs.models import Brief, BriefReview, ClarificationQuestion
from marketplace.briefs.use_cases.authorization import company_recipients, garden_recipients, lock
from marketplace.core import clock
from marketplace.core.database import session, sum_over_rows, transaction
from marketplace.organisations.contacts import owner_contact
from marketplace.outbox.use_cases import send

QUESTION_REMINDER = "question.remind"
REVIEW_REMINDER = "brief.remind_review"


def remind_about_questions() -> int:
    """Send the reminders that are due, once per question and recipient, and return their number.

    Idempotent: reminders already sent are looked up in the audit log.
    """
    return sum_over_rows(_remind_of_question, _unanswered())


def _remind_of_question(due: tuple[str, int]) -> int:
    reference, question_id = due
    with transaction():
        lock(reference)
        question = session.get(ClarificationQuestion, question_id)
        if question is None or question.state != QuestionState.ASKED:
            return 0
        return _send_due_reminders(question.brief, question)


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


def _send_due_reminders(brief: Brief, question: ClarificationQuestion) -> int:
    """Send the reminders of a question that are due and not yet sent; return their number."""
    if queries.phase_of(brief) is not Phase.OPEN or brief.deadline is None:
        return 0
    due = {
        receiver
        for receiver in deadlines.question_reminders_due(question.asked_at, clock.now())
        if not is_recorded(
            QUESTION_REMINDER, "brief", brief.reference, question=question.id, receiver=receiver
        )
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
        record(None, QUESTION_REMINDER, "brief", brief.reference, question=question.id, receiver=receiver)
    return len(due)


@clock.not_before(7)
def remind_about_reviews() -> int:
    """Remind the gardens, once per review, on the day on which the answer is due; return the number of reviews.

    A brief that opens without an answer needs no reminder. Idempotent: reminders are looked up in the audit log.
    """
    query = (
        select(BriefReview.id, BriefReview.asked_at, Brief.reference)
        .join(BriefReview.brief)
        .where(
            Brief.state.in_((BriefState.IN_REVIEW, BriefState.WAITING)),
            BriefReview.answered_at.is_(None),
            BriefReview.withdrawn_at.is_(None),
            BriefReview.opens_at.is_(None),
        )
        .order_by(BriefReview.id)
    )
    due = [
        (review_id, reference)
        for review_id, asked_at, reference in session.execute(query)
        if deadlines.is_review_reminder_due(asked_at, clock.now())
        and not is_recorded(REVIEW_REMINDER, "brief", reference, review=review_id)
    ]
    session.rollback()
    return sum_over_rows(_remind_of_review, due)


def _remind_of_review(due: tuple[int, str]) -> bool:
    review_id, reference = due
    with transaction():
        lock(reference)
        brief = session.scalars(select(Brief).where(Brief.reference == reference)).one()
        review = queries.open_review(brief)
        is_sent = is_recorded(REVIEW_REMINDER, "brief", reference, review=review_id)
        if review is None or review.id != review_id or is_sent:
            return False
        notice = notices.review_waits(
            brief.company.name,
            queries.display_title(brief),
            reference,
            review.asked_at,
            owner_contact(brief.company),
        )
        send(notice, garden_recipients(brief))
        record(None, REVIEW_REMINDER, "brief", reference, review=review_id)
        return True
