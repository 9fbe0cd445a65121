"""Scheduled reminders of drafts and waiting briefs that a business garden has not answered."""

from sqlalchemy import select

from marketplace.audit.queries import is_recorded
from marketplace.audit.use_cases import record
from marketplace.briefs import notices, queries
from marketplace.briefs.deadlines import is_review_reminder_due
from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.models import Brief, BriefReview
from marketplace.briefs.use_cases.authorization import garden_recipients, lock
from marketplace.core import clock
from marketplace.core.database import session, sum_over_rows, transaction
from marketplace.organisations.contacts import owner_contact
from marketplace.outbox.use_cases import send

ACTION = "brief.remind_review"


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
        if is_review_reminder_due(asked_at, clock.now())
        and not is_recorded(ACTION, "brief", reference, review=review_id)
    ]
    session.rollback()
    return sum_over_rows(_remind, due)


def _remind(due: tuple[int, str]) -> bool:
    review_id, reference = due
    with transaction():
        lock(reference)
        brief = session.scalars(select(Brief).where(Brief.reference == reference)).one()
        review = queries.open_review(brief)
        is_sent = is_recorded(ACTION, "brief", reference, review=review_id)
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
        record(None, ACTION, "brief", reference, review=review_id)
        return True
