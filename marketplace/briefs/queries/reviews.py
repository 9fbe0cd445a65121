"""Reviews of drafts, and the last author of a draft."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.briefs import deadlines, guide, review_reasons
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief, BriefReview
from marketplace.briefs.queries.briefs import draft_answers
from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.i18n import format_list
from marketplace.organisations.models import BusinessGarden
from marketplace.organisations.queries import names_of


def open_review(brief: Brief) -> BriefReview | None:
    """Return the unanswered review request, or None."""
    waiting = (r for r in brief.reviews if r.answered_at is None and r.withdrawn_at is None)
    return next(waiting, None)


def was_refused(company_id: int) -> bool:
    """Return True if a garden has refused a brief of the company and approved none since."""
    opened = aliased(BriefReview)
    of_company = select(Brief.id).where(Brief.company_id == company_id)
    opened_since = select(opened.id).where(
        opened.brief_id.in_(of_company), opened.verdict == "ok", opened.id > BriefReview.id
    )
    query = (
        select(BriefReview.id)
        .where(BriefReview.brief_id.in_(of_company), BriefReview.verdict == "refused", ~opened_since.exists())
        .limit(1)
    )
    return session.scalar(query) is not None


@dataclass(frozen=True)
class PublicationWait:
    """The wait before a brief opens: the garden that reads it, if any, and when it opens without an answer.

    `reasons` are clauses that follow "because"; empty if the brief waits only because no garden knows the company. A
    paused brief has been open before, and `reason` is why the garden paused it.
    """

    garden: str
    opens_at: dt.datetime | None
    is_known: bool
    reasons: str
    is_paused: bool = False
    reason: str = ""


@dataclass(frozen=True)
class RequiredReview:
    """The gardens that must read a brief before it opens, and codes of `review_reasons`."""

    gardens: list[str]
    reasons: list[str]


def required_review(brief: Brief, answers: Mapping[str, Any]) -> RequiredReview | None:
    """Return the review that must come before a brief opens, or None if it opens at once.

    A garden that has approved exactly this revision does not read it again. FIRST_BRIEF applies only to a company that is
    known, because the first brief of any other company waits anyway.
    """
    company = brief.company
    gardens = company.following_gardens
    last = last_review(brief)
    is_ready = last is not None and last.verdict == "ok" and last.revision == brief.revision
    required = {garden.name: frozenset[str]() if is_ready else _settings(garden) for garden in gardens}
    wanted = frozenset[str]().union(*required.values())
    is_first = (
        review_reasons.FIRST_BRIEF in wanted and company.is_known and not _has_published(brief.company_id)
    )
    found = review_reasons.find_reasons(wanted, guide.load(brief.guide_version), answers, is_first=is_first)
    if not company.is_known:
        return RequiredReview([garden.name for garden in gardens], found)
    readers = [name for name, settings in required.items() if settings & set(found)]
    return RequiredReview(readers, found) if found else None


def _settings(garden: BusinessGarden) -> frozenset[str]:
    settings = {
        review_reasons.FIRST_BRIEF: garden.reviews_first_brief,
        review_reasons.UNSURE: garden.reviews_unsure,
        review_reasons.NO_BUDGET: garden.reviews_no_budget,
    }
    return frozenset(code for code, is_on in settings.items() if is_on)


def _has_published(company_id: int) -> bool:
    query = select(Brief.id).where(Brief.company_id == company_id, Brief.published_at.is_not(None))
    return session.scalar(query.limit(1)) is not None


def publication_wait(brief: Brief, phase: Phase) -> PublicationWait | None:
    """Return the wait of a draft or waiting brief, or None if it opens at once."""
    if phase not in {Phase.DRAFT, Phase.WAITING}:
        return None
    is_known = brief.company.is_known
    review = open_review(brief) if phase is Phase.WAITING else None
    if review is not None:
        answered = last_review(brief)
        garden = format_list([garden.name for garden in brief.company.following_gardens])
        text = review_reasons.reasons_text(review.reasons)
        reason = answered.comment if brief.versions and answered else ""
        return PublicationWait(garden, review.opens_at, is_known, text, bool(brief.versions), reason)
    required = required_review(brief, draft_answers(brief))
    if required is None:
        return None
    opens_at = None if was_refused(brief.company_id) else deadlines.first_publication_opens_at(clock.now())
    text = review_reasons.reasons_text(required.reasons)
    return PublicationWait(format_list(required.gardens), opens_at, is_known, text)


def last_review(brief: Brief) -> BriefReview | None:
    """Return the review that was answered last, or None."""
    answered = [review for review in brief.reviews if review.answered_at is not None]
    return answered[-1] if answered else None


_LAST_SAVED = prepared(
    select(User.id, User.name, AuditEvent.details["by_garden"].as_integer().label("garden_id"))
    .join(AuditEvent, AuditEvent.actor_id == User.id)
    .where(
        AuditEvent.object_type == "brief",
        AuditEvent.object_id == bindparam("reference"),
        AuditEvent.action == "brief.save",
    )
    .order_by(AuditEvent.id.desc())
    .limit(1)
)


def last_saved_by(brief: Brief) -> tuple[int | None, str]:
    """Return the id and the name of the user who last saved a draft, or None and an empty text.

    If an adviser writes for the company, the name of the business garden follows the adviser's name.
    """
    saved = session.execute(_LAST_SAVED, {"reference": brief.reference}).first()
    if saved is None:
        return None, ""
    garden = names_of({saved.garden_id}).get(saved.garden_id, "") if saved.garden_id else ""
    return saved.id, f"{saved.name}, {garden}" if garden else saved.name
