"""Open briefs for a supplier, ranked by how well the supplier matches them, with the reasons."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, false, func, not_, or_, select
from sqlalchemy.orm import joinedload

from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief, BriefService, BriefVersion
from marketplace.briefs.queries import BriefView
from marketplace.briefs.queries.briefs import (
    NOW,
    ORGANISATION_ID,
    approved_categories,
    is_open,
    visible_to_parameter,
)
from marketplace.core import taxonomy
from marketplace.core.cache import BoundedCache
from marketplace.core.collation import fold_letters, norwegian_order
from marketplace.core.database import prepared, session
from marketplace.core.i18n import gettext as _
from marketplace.core.list_query import EVERYTHING, ListQuery
from marketplace.core.pagination import Page, page_of
from marketplace.core.places import municipality_name
from marketplace.core.viewer import Viewer
from marketplace.directory.search.interpretation import interpret_text
from marketplace.matching import Exclusion, Match
from marketplace.organisations.models import Company, Organisation
from marketplace.sourcing.hooks import own_answers_to
from marketplace.sourcing.models import Invitation
from marketplace.sourcing.ranking import match_explanation
from marketplace.sourcing.ranking.corpus import Corpus, corpus
from marketplace.sourcing.ranking.documents import query_of
from marketplace.text_search.list_search import ListMatches, search_texts, searched_text

PAGE_SIZE = 15
MAX_SCORED = 120
MAX_CACHED = 20_000
ScoringResult = Match | Exclusion | None
_results: BoundedCache[tuple[str, str, int], ScoringResult] = BoundedCache(MAX_CACHED)
"""Results by corpus cache key, supplier id and brief version id."""
_MISSING = object()

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


@dataclass(frozen=True)
class Opportunity:
    """An open brief as one supplier sees it. `own_answer` is the progress of its offer as text, or empty without one."""

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
    has_declined: bool
    own_answer: str
    is_known: bool


def invitation_for(viewer: Viewer, brief_id: int) -> Invitation | None:
    """Return the invitation of the viewer's supplier to a brief, or None."""
    if not viewer.is_supplier:
        return None
    own = Invitation.supplier_id == viewer.organisation_id
    return session.scalar(select(Invitation).where(Invitation.brief_id == brief_id, own))


def opportunities(
    viewer: Viewer, page_number: int = 1, size: int = PAGE_SIZE, wanted: ListQuery = EVERYTHING
) -> Page[Opportunity]:
    """Return the open briefs that the viewer's supplier may answer.

    Unless another order is chosen, invitations come first, then the best match, then declined invitations. Briefs whose
    title or company only resembles the search text come last.
    """
    current, own = corpus(), str(viewer.organisation_id)
    offered = current.documents[own].services if own in current.documents else ()
    candidates = _candidates(viewer, offered, wanted)
    results = _score_versions(current, own, [row.version_id for row in candidates])
    listed = [
        (bool(row.is_similar), row, result)
        for row in candidates
        for result in [results[row.version_id]]
        if row.invited or not isinstance(result, Exclusion)
    ]
    if wanted.sort not in _ORDERS:
        listed.sort(
            key=lambda item: (item[1].has_declined, not item[1].invited, -_score(item[2]), item[1].reference)
        )
    listed.sort(key=lambda item: item[0])
    page = page_of(listed, page_number, size, similar=sum(item[0] for item in listed))
    rows = [row for _is_similar, row, _result in page.items]
    summaries = _load_summaries([row.version_id for row in rows])
    answers = own_answers_to(viewer, [row.id for row in rows])
    items = [
        _opportunity(
            row,
            summaries[row.version_id],
            result if isinstance(result, Match) else None,
            answers.get(row.id, ""),
        )
        for _is_similar, row, result in page.items
    ]
    return page.with_items(items)


@cache
def _open_to_suppliers() -> Select[Any]:
    own = exists().where(Invitation.brief_id == Brief.id, Invitation.supplier_id == ORGANISATION_ID)
    invited = own.where(Invitation.state != "declined").label("invited")
    has_declined = own.where(Invitation.state == "declined").label("has_declined")
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
        select(Brief.id, Brief.reference, invited, has_declined, newest.label("version_id"))
        .where(visible_to_parameter(Viewer(organisation_kind="supplier")), is_open(NOW))
        .order_by(invited.desc(), shared_services.desc(), Brief.deadline, Brief.id)
        .limit(MAX_SCORED)
    )


def _candidates(viewer: Viewer, offered: Sequence[str], wanted: ListQuery) -> Sequence[Row[Any]]:
    """Return the open briefs worth scoring: invitations first, then those that share the most services."""
    if not viewer.is_supplier:
        return []
    params = {"organisation_id": viewer.organisation_id, "offered": list(offered)}
    return session.execute(_filtered(_open_to_suppliers(), viewer, wanted), params).all()


_ORDERS: dict[str, tuple[Any, ...]] = {
    "deadline": (Brief.deadline, Brief.id),
    "newest": (Brief.published_at.desc(), Brief.id.desc()),
    "title": (norwegian_order(Brief.title), Brief.id),
}


def _services_named(text: str) -> list[str]:
    """Return the codes of services with a folded text in their name or terms, in any language."""
    return [
        code
        for code, service in taxonomy.services().items()
        if any(
            text in fold_letters(name)
            for name in (
                *service.labels.values(),
                *(term for terms in service.terms.values() for term in terms),
            )
        )
    ]


def _search(viewer: Viewer, text: str) -> ListMatches[int]:
    """Return the ids of the open briefs with a text in the title, or in the company's name or place if they are shown."""
    rows = session.execute(_SEARCHED, {"organisation_id": viewer.organisation_id})
    return search_texts(
        text,
        {
            # A hidden name must not be found by guessing.
            id_: searched_text(title) if is_hidden else searched_text(title, name, place=place)
            for id_, title, is_hidden, name, place in rows
        },
    )


_SEARCHED = (
    select(Brief.id, Brief.title, Brief.name_hidden, Organisation.name, Organisation.municipality_number)
    .join(Organisation, Organisation.id == Brief.company_id)
    .where(visible_to_parameter(Viewer(organisation_kind="supplier")), is_open(NOW))
    .order_by(Brief.id)
)


def _filtered(query: Select[Any], viewer: Viewer, wanted: ListQuery) -> Select[Any]:
    is_similar: ColumnElement[bool] = false()
    if wanted.text:
        read = interpret_text(wanted.text)
        codes = [*_services_named(fold_letters(wanted.text)), *(need.service for need in read.needs)]
        by_service = Brief.id.in_(select(BriefService.brief_id).where(BriefService.code.in_(codes)))
        matches = _search(viewer, wanted.text)
        # A brief for a service that the text names is not listed last, even if its title only resembles the text.
        is_similar = and_(Brief.id.in_(matches.similar), not_(by_service))
        query = query.where(or_(Brief.id.in_(matches.keys), by_service))
    query = query.add_columns(is_similar.label("is_similar"))
    if wanted["service"]:
        in_group = select(BriefService.brief_id).where(BriefService.category == wanted["service"])
        query = query.where(Brief.id.in_(in_group))
    if wanted["place"]:
        county = select(Organisation.id).where(Organisation.municipality_number.startswith(wanted["place"]))
        query = query.where(Brief.company_id.in_(county))
    if wanted["state"] == "invited":
        query = query.where(
            exists().where(
                Invitation.brief_id == Brief.id,
                Invitation.supplier_id == ORGANISATION_ID,
                Invitation.state != "declined",
            )
        )
    order = _ORDERS.get(wanted.sort)
    return query.order_by(None).order_by(*order) if order else query


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


def current_score(viewer: Viewer, brief_view: BriefView) -> float | None:
    """Return the score that the list shows for an open brief, or None if it shows none."""
    if brief_view.phase is not Phase.OPEN or brief_view.version is None:
        return None
    version_id = brief_view.version.id
    return _score(_score_versions(corpus(), str(viewer.organisation_id), [version_id])[version_id]) or None


def _score(result: ScoringResult) -> float:
    return result.score if isinstance(result, Match) else 0.0


def _load_summaries(version_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Return the columns that a list shows. Loading whole briefs and companies takes four times as long."""
    rows = session.execute(_SUMMARIES, {"version_ids": version_ids}).all() if version_ids else ()
    return {row.version_id: row for row in rows}


def _opportunity(candidate: Row[Any], brief: Row[Any], match: Match | None, own_answer: str) -> Opportunity:
    place = municipality_name(brief.municipality_number)
    return Opportunity(
        reference=brief.reference,
        title=brief.title,
        company=_("A company in %(place)s", place=place) if brief.name_hidden else brief.name,
        place=place,
        deadline=brief.deadline,
        budget_band=str(brief.answers.get("budget_band") or "unknown"),
        services=sorted(brief.answers.get("services") or ()),
        score=match.score if match else 0.0,
        summary=match_explanation.summary_sentence(match.explanation) if match else "",
        gaps=match_explanation.gap_sentences(match.explanation, 2) if match else [],
        invited=bool(candidate.invited),
        has_declined=bool(candidate.has_declined),
        own_answer=own_answer,
        is_known=brief.known_at is not None,
    )


def has_approval(viewer: Viewer) -> bool:
    """Return True if the viewer's supplier is approved for at least one kind of service."""
    return session.scalar(approved_categories(viewer.organisation_id).limit(1)) is not None
