"""Reviews of drafts, and the last author of a draft."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.briefs import deadlines
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief, BriefReview
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.i18n import format_list
from marketplace.organisations.queries import names_of


def open_review(brief: Brief) -> BriefReview | None:
    """Return the unanswered review request, or None."""
    waiting = (r for r in brief.reviews if r.answered_at is None and r.withdrawn_at is None)
    return next(waiting, None)


def was_refused(company_id: int) -> bool:
    """Return True if a garden has refused to open a brief of the company."""
    query = (
        select(BriefReview.id)
        .join(BriefReview.brief)
        .where(Brief.company_id == company_id, BriefReview.verdict == "refused")
        .limit(1)
    )
    return session.scalar(query) is not None


@dataclass(frozen=True)
class PublicationWait:
    """The wait of a first publication: the garden that checks it, if any, and when it opens without an answer.

    A paused brief has been open before; `reason` is the garden's.
    """

    garden: str
    opens_at: dt.datetime | None
    is_paused: bool = False
    reason: str = ""


def publication_wait(brief: Brief, phase: Phase) -> PublicationWait | None:
    """Return the wait of a draft or waiting brief of a company that no garden knows, or None."""
    if brief.company.is_known or phase not in {Phase.DRAFT, Phase.WAITING}:
        return None
    garden = format_list([garden.name for garden in brief.company.following_gardens])
    review = open_review(brief) if phase is Phase.WAITING else None
    if review is not None:
        answered = last_review(brief)
        reason = answered.comment if brief.versions and answered else ""
        return PublicationWait(garden, review.opens_at, bool(brief.versions), reason)
    opens_at = None if was_refused(brief.company_id) else deadlines.opening_time(clock.now())
    return PublicationWait(garden, opens_at)


def last_review(brief: Brief) -> BriefReview | None:
    """Return the review that was answered last, or None."""
    answered = [review for review in brief.reviews if review.answered_at is not None]
    return answered[-1] if answered else None


def last_saved_by(brief: Brief) -> tuple[int | None, str]:
    """Return the id and the name of the user who last saved a draft, or None and an empty text.

    The name of an adviser who writes for the company is followed by that of the business garden.
    """
    query = (
        select(User.id, User.name, AuditEvent.details["by_garden"].as_integer().label("garden_id"))
        .join(AuditEvent, AuditEvent.actor_id == User.id)
        .where(
            AuditEvent.object_type == "brief",
            AuditEvent.object_id == brief.reference,
            AuditEvent.action == "brief.save",
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    saved = session.execute(query).first()
    if saved is None:
        return None, ""
    garden = names_of({saved.garden_id}).get(saved.garden_id, "") if saved.garden_id else ""
    return saved.id, f"{saved.name}, {garden}" if garden else saved.name
