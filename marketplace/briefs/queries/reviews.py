"""Reviews of drafts, and the last author of a draft."""

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.briefs.models import Brief, BriefReview
from marketplace.core.database import session


def open_review(brief: Brief) -> BriefReview | None:
    """Return the unanswered review request, or None."""
    waiting = (r for r in brief.reviews if r.answered_at is None and r.withdrawn_at is None)
    return next(waiting, None)


def last_review(brief: Brief) -> BriefReview | None:
    """Return the review that was answered last, or None."""
    answered = [review for review in brief.reviews if review.answered_at is not None]
    return answered[-1] if answered else None


def last_saved_by(brief: Brief) -> str:
    """Return the name of the user who last saved a draft, or an empty text."""
    query = (
        select(User.name)
        .join(AuditEvent, AuditEvent.actor_id == User.id)
        .where(
            AuditEvent.object_type == "brief",
            AuditEvent.object_id == brief.reference,
            AuditEvent.action == "brief.save",
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    return session.scalar(query) or ""
