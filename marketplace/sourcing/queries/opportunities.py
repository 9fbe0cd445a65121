"""Open briefs for a supplier, ranked by how well they suit it, with why."""

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, func, select
from sqlalchemy.orm import joinedload

from marketplace.briefs.models import Brief, BriefService, BriefVersion
from marketplace.briefs.queries.briefs import ASKER, NOW, approved_categories, is_open, visible_to_asker
from marketplace.core.database import session
from marketplace.core.i18n import gettext as _
from marketplace.core.pagination import Page, page_of
from marketplace.core.places import place_of
from marketplace.core.viewer import Viewer
from marketplace.matching import Exclusion, Match
from marketplace.organisations.models import Organisation
from marketplace.sourcing import match_explanation
from marketplace.sourcing.corpus import Corpus, corpus
from marketplace.sourcing.documents import query_of
from marketplace.sourcing.models import Invitation

PAGE_SIZE = 15
MOST_JUDGED = 120
MOST_REMEMBERED = 20_000
Judged = Match | Exclusion | None
_memory: dict[tuple[str, str, int], Judged] = {}

_INVITATION = select(Invitation).where(
    Invitation.brief_id == bindparam("brief_id"), Invitation.supplier_id == ASKER
)
_TOLD = (
    select(
        Brief.id,
        Brief.reference,
        Brief.title,
        Brief.deadline,
        Brief.name_hidden,
        Organisation.name,
        Organisation.municipality_number,
        BriefVersion.id.label("version_id"),
        BriefVersion.answers,
    )
    .join(Brief, Brief.id == BriefVersion.brief_id)
    .join(Organisation, Organisation.id == Brief.company_id)
    .where(BriefVersion.id.in_(bindparam("version_ids", expanding=True)))
)
_ASKED_FOR = (
    select(BriefService.brief_id, BriefService.code)
    .where(BriefService.brief_id.in_(bindparam("brief_ids", expanding=True)))
    .order_by(BriefService.code)
)
"""Made once: making a statement costs as much as asking it."""


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
    asked = {"brief_id": brief_id, "asker": viewer.organisation_id}
    return session.scalar(_INVITATION, asked) if viewer.is_supplier else None


def opportunities(viewer: Viewer, number: int = 1, size: int = PAGE_SIZE) -> Page[Opportunity]:
    """Return the open briefs that the viewer's supplier may answer: invitations first, then those that suit it most."""
    now, own = corpus(), str(viewer.organisation_id)
    candidates = _candidates(viewer, now.documents[own].services if own in now.documents else ())
    judged = _judge(now, own, [row.version_id for row in candidates])
    found = [
        (bool(row.invited), row.reference, row.version_id, match)
        for row in candidates
        for match in [judged[row.version_id]]
        if row.invited or not isinstance(match, Exclusion)
    ]
    found.sort(key=lambda item: (not item[0], -_score(item[3]), item[1]))
    page = page_of(found, number, size)
    papers = _papers([version_id for _invited, _reference, version_id, _match in page.items])
    items = [
        _opportunity(papers[version_id], match if isinstance(match, Match) else None, invited=invited)
        for invited, _reference, version_id, match in page.items
    ]
    return Page(items, page.number, page.size, page.total)


@cache
def _open_to_suppliers() -> Select[Any]:
    invited = (
        exists()
        .where(
            Invitation.brief_id == Brief.id,
            Invitation.supplier_id == ASKER,
            Invitation.state != "declined",
        )
        .label("invited")
    )
    common = (
        select(func.count())
        .where(BriefService.brief_id == Brief.id, BriefService.code.in_(bindparam("sold", expanding=True)))
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
        .where(visible_to_asker(Viewer(organisation_kind="supplier")), is_open(NOW))
        .order_by(invited.desc(), common.desc(), Brief.deadline, Brief.id)
        .limit(MOST_JUDGED)
    )


def _candidates(viewer: Viewer, sold: Sequence[str]) -> Sequence[Row[Any]]:
    """Return the open briefs worth judging, as ids: those asked for, then those with most in common."""
    if not viewer.is_supplier:
        return []
    return session.execute(_open_to_suppliers(), {"asker": viewer.organisation_id, "sold": list(sold)}).all()


def _judge(now: Corpus, own: str, version_ids: Sequence[int]) -> dict[int, Judged]:
    """Return how a supplier would do for each version of a brief, from memory when neither has changed."""
    if len(_memory) + len(version_ids) > MOST_REMEMBERED:
        _memory.clear()
    # Held on to: another thread may clear what is shared.
    found: dict[int, Judged] = {}
    for number in version_ids:
        with suppress(KeyError):
            found[number] = _memory[now.mark, own, number]
    unknown = [number for number in version_ids if number not in found]
    query = select(BriefVersion).where(BriefVersion.id.in_(unknown))
    query = query.options(joinedload(BriefVersion.brief).joinedload(Brief.company))
    for version in session.scalars(query) if unknown else ():
        brief = version.brief
        asked = query_of(brief.reference, version.answers, brief.company.sector_code)
        found[version.id] = _memory[now.mark, own, version.id] = now.index.judge(asked, own)
    return found


def _score(judged: Judged) -> float:
    return judged.score if isinstance(judged, Match) else 0.0


@dataclass(frozen=True)
class _Paper:
    """What a list tells of a brief, and no more: whole briefs and companies cost a page four times as much to read."""

    row: Row[Any]
    services: Sequence[str]


def _papers(version_ids: Sequence[int]) -> dict[int, _Paper]:
    rows = session.execute(_TOLD, {"version_ids": version_ids}).all() if version_ids else ()
    services: dict[int, list[str]] = {row.id: [] for row in rows}
    for brief_id, code in session.execute(_ASKED_FOR, {"brief_ids": list(services)}) if rows else ():
        services[brief_id].append(code)
    return {row.version_id: _Paper(row, services[row.id]) for row in rows}


def _opportunity(paper: _Paper, match: Match | None, *, invited: bool) -> Opportunity:
    brief = paper.row
    place = place_of(brief.municipality_number)
    return Opportunity(
        reference=brief.reference,
        title=brief.title,
        company=_("A company in %(place)s", place=place) if brief.name_hidden else brief.name,
        place=place,
        deadline=brief.deadline,
        budget_band=str(brief.answers.get("budget_band") or "unknown"),
        services=paper.services,
        score=match.score if match else 0.0,
        why=match_explanation.why(match.explanation) if match else "",
        lacks=match_explanation.lacks(match.explanation, 2) if match else [],
        invited=invited,
    )


def has_approval(viewer: Viewer) -> bool:
    """Say whether the viewer's supplier is approved for anything."""
    return session.scalar(approved_categories(viewer.organisation_id).limit(1)) is not None
