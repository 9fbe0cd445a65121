"""Open briefs for a supplier, ranked by how well the supplier matches them, with the reasons."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, func, select
from sqlalchemy.orm import joinedload

from marketplace.briefs.models import Brief, BriefService, BriefVersion
from marketplace.briefs.queries.briefs import (
    NOW,
    ORGANISATION_ID,
    approved_categories,
    is_open,
    visible_to_parameter,
)
from marketplace.core.cache import BoundedCache
from marketplace.core.database import prepared, session
from marketplace.core.i18n import gettext as _
from marketplace.core.pagination import Page, page_of
from marketplace.core.places import municipality_name
from marketplace.core.viewer import Viewer
from marketplace.matching import Exclusion, Match
from marketplace.organisations.models import Company, Organisation
from marketplace.sourcing import match_explanation
from marketplace.sourcing.corpus import Corpus, corpus
from marketplace.sourcing.documents import query_of
from marketplace.sourcing.models import Invitation

PAGE_SIZE = 15
MAX_SCORED = 120
MAX_CACHED = 20_000
ScoringResult = Match | Exclusion | None
_results: BoundedCache[tuple[str, str, int], ScoringResult] = BoundedCache(MAX_CACHED)
"""Results by corpus cache key, supplier id and brief version id."""
_MISSING = object()

_INVITATION = prepared(
    select(Invitation).where(
        Invitation.brief_id == bindparam("brief_id"), Invitation.supplier_id == ORGANISATION_ID
    )
)
_SUMMARIES = prepared(
    select(
        Brief.id,
        Brief.reference,
        Brief.title,
        Brief.deadline,
        Brief.name_hidden,
        Company.__table__.c.known_at,
        Organisation.name,
        Organisation.municipality_number,
        BriefVersion.id.label("version_id"),
        BriefVersion.answers,
    )
    .join(Brief, Brief.id == BriefVersion.brief_id)
    .join(Organisation, Organisation.id == Brief.company_id)
    .join(Company.__table__, Company.__table__.c.id == Brief.company_id)
    .where(BriefVersion.id.in_(bindparam("version_ids", expanding=True)))
)
_SERVICES = prepared(
    select(BriefService.brief_id, BriefService.code)
    .where(BriefService.brief_id.in_(bindparam("brief_ids", expanding=True)))
    .order_by(BriefService.code)
)


@dataclass(frozen=True)
class Opportunity:
    """An open brief from the point of view of one supplier."""

    reference: str
    title: str
    company: str
    place: str
    deadline: dt.datetime
    budget_band: str
    services: Sequence[str]
    score: float
    summary: str
    gaps: Sequence[str]
    invited: bool
    is_known: bool


def invitation_for(viewer: Viewer, brief_id: int) -> Invitation | None:
    """Return the invitation of the viewer's supplier to a brief, or None."""
    params = {"brief_id": brief_id, "organisation_id": viewer.organisation_id}
    return session.scalar(_INVITATION, params) if viewer.is_supplier else None


def opportunities(viewer: Viewer, page_number: int = 1, size: int = PAGE_SIZE) -> Page[Opportunity]:
    """Return the open briefs that the viewer's supplier may answer: invitations first, then best match first."""
    current, own = corpus(), str(viewer.organisation_id)
    candidates = _candidates(viewer, current.documents[own].services if own in current.documents else ())
    results = _score_versions(current, own, [row.version_id for row in candidates])
    listed = [
        (bool(row.invited), row.reference, row.version_id, result)
        for row in candidates
        for result in [results[row.version_id]]
        if row.invited or not isinstance(result, Exclusion)
    ]
    listed.sort(key=lambda item: (not item[0], -_score(item[3]), item[1]))
    page = page_of(listed, page_number, size)
    summaries = _load_summaries([version_id for _invited, _reference, version_id, _result in page.items])
    items = [
        _opportunity(summaries[version_id], result if isinstance(result, Match) else None, invited=invited)
        for invited, _reference, version_id, result in page.items
    ]
    return page.with_items(items)


@cache
def _open_to_suppliers() -> Select[Any]:
    invited = (
        exists()
        .where(
            Invitation.brief_id == Brief.id,
            Invitation.supplier_id == ORGANISATION_ID,
            Invitation.state != "declined",
        )
        .label("invited")
    )
    shared_services = (
        select(func.count())
        .where(BriefService.brief_id == Brief.id, BriefService.code.in_(bindparam("offered", expanding=True)))
        .correlate(Brief)
        .scalar_subquery()
    )
    newest = (
        select(func.max(BriefVersion.id))
        .where(BriefVersion.brief_id == Brief.id)
        .correlate(Brief)
        .scalar_subquery()
    )
    return (
        select(Brief.id, Brief.reference, invited, newest.label("version_id"))
        .where(visible_to_parameter(Viewer(organisation_kind="supplier")), is_open(NOW))
        .order_by(invited.desc(), shared_services.desc(), Brief.deadline, Brief.id)
        .limit(MAX_SCORED)
    )


def _candidates(viewer: Viewer, offered: Sequence[str]) -> Sequence[Row[Any]]:
    """Return the open briefs worth scoring: invitations first, then those that share the most services."""
    if not viewer.is_supplier:
        return []
    params = {"organisation_id": viewer.organisation_id, "offered": list(offered)}
    return session.execute(_open_to_suppliers(), params).all()


def _score_versions(current: Corpus, own: str, version_ids: Sequence[int]) -> dict[int, ScoringResult]:
    """Return a supplier's result for each version of a brief, from the cache where nothing has changed."""
    results: dict[int, ScoringResult] = {}
    missing: list[int] = []
    for version_id in version_ids:
        result = _results.get((current.cache_key, own, version_id), _MISSING)
        if isinstance(result, Match | Exclusion | None):
            results[version_id] = result
        else:
            missing.append(version_id)
    query = select(BriefVersion).where(BriefVersion.id.in_(missing))
    query = query.options(joinedload(BriefVersion.brief).joinedload(Brief.company))
    for version in session.scalars(query) if missing else ():
        brief = version.brief
        brief_query = query_of(brief.reference, version.answers, brief.company.sector_code)
        results[version.id] = current.index.judge(brief_query, own)
        _results.put((current.cache_key, own, version.id), results[version.id])
    return results


def _score(result: ScoringResult) -> float:
    return result.score if isinstance(result, Match) else 0.0


@dataclass(frozen=True)
class _Summary:
    """The columns of a brief that a list shows. Loading whole briefs and companies takes four times as long."""

    row: Row[Any]
    services: Sequence[str]


def _load_summaries(version_ids: Sequence[int]) -> dict[int, _Summary]:
    rows = session.execute(_SUMMARIES, {"version_ids": version_ids}).all() if version_ids else ()
    services: dict[int, list[str]] = {row.id: [] for row in rows}
    for brief_id, code in session.execute(_SERVICES, {"brief_ids": list(services)}) if rows else ():
        services[brief_id].append(code)
    return {row.version_id: _Summary(row, services[row.id]) for row in rows}


def _opportunity(summary: _Summary, match: Match | None, *, invited: bool) -> Opportunity:
    brief = summary.row
    place = municipality_name(brief.municipality_number)
    return Opportunity(
        reference=brief.reference,
        title=brief.title,
        company=_("A company in %(place)s", place=place) if brief.name_hidden else brief.name,
        place=place,
        deadline=brief.deadline,
        budget_band=str(brief.answers.get("budget_band") or "unknown"),
        services=summary.services,
        score=match.score if match else 0.0,
        summary=match_explanation.summary_sentence(match.explanation) if match else "",
        gaps=match_explanation.gap_sentences(match.explanation, 2) if match else [],
        invited=invited,
        is_known=brief.known_at is not None,
    )


def has_approval(viewer: Viewer) -> bool:
    """Return True if the viewer's supplier is approved for at least one kind of service."""
    return session.scalar(approved_categories(viewer.organisation_id).limit(1)) is not None
