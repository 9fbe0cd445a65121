"""Open briefs for a supplier, ranked by how well they suit it, with why."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.briefs.models import Brief
from marketplace.briefs.queries import approved_categories, is_open, visible_to
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.i18n import gettext as _
from marketplace.core.pages import Page, page_of
from marketplace.core.viewer import Viewer
from marketplace.matching import Exclusion, Match
from marketplace.sourcing import reasons
from marketplace.sourcing.corpus import Corpus, corpus, query_of
from marketplace.sourcing.models import Invitation

PAGE_SIZE = 15
MOST_JUDGED = 120
MOST_REMEMBERED = 20_000
_memory: dict[tuple[str, str, int], Match | Exclusion | None] = {}


@dataclass(frozen=True)
class Opportunity:
    """An open brief as one supplier meets it."""

    reference: str
    title: str
    company: str
    place: str
    deadline: dt.datetime
    budget_band: str
    services: Sequence[str]
    score: float
    why: str
    lacks: Sequence[str]
    invited: bool


def invitation_for(viewer: Viewer, brief_id: int) -> Invitation | None:
    """Return the invitation of the viewer's supplier to a brief, or None."""
    query = select(Invitation).where(
        Invitation.brief_id == brief_id, Invitation.supplier_id == viewer.organisation_id
    )
    return session.scalar(query) if viewer.is_supplier else None


def opportunities(viewer: Viewer, number: int = 1) -> Page[Opportunity]:
    """Return the open briefs that the viewer's supplier may answer: invitations first, then those that suit it most."""
    query = (
        select(Brief)
        .where(visible_to(viewer), is_open(clock.now()))
        .options(joinedload(Brief.company), selectinload(Brief.versions), selectinload(Brief.services))
    )
    briefs = list(session.scalars(query).unique())
    asked = select(Invitation.brief_id).where(
        Invitation.supplier_id == viewer.organisation_id, Invitation.state != "declined"
    )
    invited = set(session.scalars(asked))
    now, own = corpus(), str(viewer.organisation_id)
    sold = set(now.documents[own].services) if own in now.documents else set[str]()
    briefs.sort(
        key=lambda b: (b.id not in invited, -len(sold & {row.code for row in b.services}), b.deadline)
    )
    found = []
    for brief in briefs[:MOST_JUDGED]:
        judged = _judged(now, own, brief)
        if brief.id in invited or not isinstance(judged, Exclusion):
            found.append((brief, judged if isinstance(judged, Match) else None))
    found.sort(
        key=lambda item: (item[0].id not in invited, -(item[1].score if item[1] else 0.0), item[0].reference)
    )
    page = page_of(found, number, PAGE_SIZE)
    items = [_opportunity(brief, match, invited=brief.id in invited) for brief, match in page.items]
    return Page(items, page.number, page.size, page.total)


def _judged(now: Corpus, own: str, brief: Brief) -> Match | Exclusion | None:
    """Return how a supplier would do for a brief, from memory when neither has changed."""
    version = brief.versions[-1]
    key = (now.stamp, own, version.id)
    if key not in _memory:
        if len(_memory) > MOST_REMEMBERED:
            _memory.clear()
        query = query_of(brief.reference, version.answers, brief.company.sector_code)
        _memory[key] = now.index.judge(query, own)
    return _memory[key]


def _opportunity(brief: Brief, match: Match | None, *, invited: bool) -> Opportunity:
    company = (
        _("A company in %(place)s", place=brief.company.place) if brief.name_hidden else brief.company.name
    )
    assert brief.deadline is not None
    return Opportunity(
        reference=brief.reference,
        title=brief.title,
        company=company,
        place=brief.company.place,
        deadline=brief.deadline,
        budget_band=str(brief.versions[-1].answers.get("budget_band") or "unknown"),
        services=[row.code for row in brief.services],
        score=match.score if match else 0.0,
        why=reasons.why(match.explanation) if match else "",
        lacks=reasons.lacks(match.explanation, 2) if match else [],
        invited=invited,
    )


def has_approval(viewer: Viewer) -> bool:
    """Say whether the viewer's supplier is approved for anything."""
    return session.scalar(approved_categories(viewer.organisation_id).limit(1)) is not None
