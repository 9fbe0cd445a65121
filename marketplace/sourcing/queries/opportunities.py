"""Open briefs for a supplier, ranked by how well they suit it, with why."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.briefs.models import Brief, BriefService, BriefVersion
from marketplace.briefs.queries import approved_categories, is_open, visible_to
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.i18n import gettext as _
from marketplace.core.pages import Page, page_of
from marketplace.core.viewer import Viewer
from marketplace.matching import Exclusion, Match
from marketplace.sourcing import reasons
from marketplace.sourcing.corpus import Corpus, corpus
from marketplace.sourcing.documents import query_of
from marketplace.sourcing.models import Invitation

PAGE_SIZE = 15
MOST_JUDGED = 120
MOST_REMEMBERED = 20_000
Judged = Match | Exclusion | None
_memory: dict[tuple[str, str, int], Judged] = {}


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
    now, own = corpus(), str(viewer.organisation_id)
    candidates = _candidates(viewer, now.documents[own].services if own in now.documents else ())
    judged = _judge(now, own, [row.version_id for row in candidates])
    found = [
        (row.id, row.reference, bool(row.invited), judged[row.version_id])
        for row in candidates
        if row.invited or not isinstance(judged[row.version_id], Exclusion)
    ]
    found.sort(key=lambda item: (not item[2], -_score(item[3]), item[1]))
    page = page_of(found, number, PAGE_SIZE)
    briefs = _briefs([brief_id for brief_id, *_rest in page.items])
    items = [
        _opportunity(briefs[brief_id], match if isinstance(match, Match) else None, invited=invited)
        for brief_id, _reference, invited, match in page.items
    ]
    return Page(items, page.number, page.size, page.total)


def _candidates(viewer: Viewer, sold: Sequence[str]) -> Sequence[Row[Any]]:
    """Return the open briefs worth judging, as ids: those asked for, then those with most in common."""
    invited = exists().where(
        Invitation.brief_id == Brief.id,
        Invitation.supplier_id == viewer.organisation_id,
        Invitation.state != "declined",
    )
    common = (
        select(func.count())
        .where(BriefService.brief_id == Brief.id, BriefService.code.in_(sold))
        .correlate(Brief)
        .scalar_subquery()
    )
    newest = (
        select(func.max(BriefVersion.id))
        .where(BriefVersion.brief_id == Brief.id)
        .correlate(Brief)
        .scalar_subquery()
    )
    query = (
        select(Brief.id, Brief.reference, invited.label("invited"), newest.label("version_id"))
        .where(visible_to(viewer), is_open(clock.now()))
        .order_by(invited.desc(), common.desc(), Brief.deadline, Brief.id)
        .limit(MOST_JUDGED)
    )
    return session.execute(query).all()


def _judge(now: Corpus, own: str, version_ids: Sequence[int]) -> dict[int, Judged]:
    """Return how a supplier would do for each version of a brief, from memory when neither has changed."""
    unknown = [number for number in version_ids if (now.mark, own, number) not in _memory]
    if len(_memory) + len(unknown) > MOST_REMEMBERED:
        _memory.clear()
        unknown = list(version_ids)
    query = select(BriefVersion).where(BriefVersion.id.in_(unknown))
    query = query.options(joinedload(BriefVersion.brief).joinedload(Brief.company))
    for version in session.scalars(query) if unknown else ():
        brief = version.brief
        asked = query_of(brief.reference, version.answers, brief.company.sector_code)
        _memory[now.mark, own, version.id] = now.index.judge(asked, own)
    return {number: _memory[now.mark, own, number] for number in version_ids}


def _score(judged: Judged) -> float:
    return judged.score if isinstance(judged, Match) else 0.0


def _briefs(ids: Sequence[int]) -> dict[int, Brief]:
    query = select(Brief).where(Brief.id.in_(ids))
    query = query.options(
        joinedload(Brief.company), selectinload(Brief.versions), selectinload(Brief.services)
    )
    return {brief.id: brief for brief in session.scalars(query)}


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
