"""A supplier's own rank in a brief's ranking, with its score and the profile changes that would have raised it.

Reveals nothing about other suppliers except how many were ranked and how many of them fit. Uses the run that was stored
when the brief was published, so the page does not change when others answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from marketplace.briefs.queries import BriefView, brief_view_for
from marketplace.core.errors import NotFound, or_404
from marketplace.core.viewer import Viewer
from marketplace.matching import CaseText, Document, Match, Query, ScorePart
from marketplace.sourcing.queries.opportunities import current_score
from marketplace.sourcing.queries.rankings import latest_run
from marketplace.sourcing.ranking import match_explanation
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.sourcing.ranking.stored_ranking import StoredRanking, open_run
from marketplace.sourcing.supplier_counts import list_sentence

if TYPE_CHECKING:
    from marketplace.matching import Index

MIN_POINTS = 0.1


@dataclass(frozen=True)
class ProfileImprovement:
    """A change to the profile, with the points and the rank that it would have given."""

    code: str
    params: Mapping[str, Any]
    points: float
    rank: int


@dataclass(frozen=True)
class OwnRank:
    """A supplier's own rank in the list. Excluded suppliers have a reason instead of a rank."""

    brief_view: BriefView
    list_sentence: str
    rank: int | None = None
    exclusion_reason: str = ""
    score: float = 0.0
    parts: Sequence[ScorePart] = ()
    missing_services: Sequence[str] = ()
    """Codes of the requested services that the supplier was not approved for."""
    improvements: Sequence[ProfileImprovement] = ()
    current_score: float | None = None
    """The score of today's profile in the list of open briefs, or None if the brief is not in it."""


def is_ranked(viewer: Viewer, brief_view: BriefView) -> bool:
    """Return True if the viewer's supplier was ranked for a brief, or excluded with a reason."""
    run = latest_run(brief_view.brief) if viewer.is_supplier else None
    if run is None:
        return False
    ranking, own = open_run(run), str(viewer.organisation_id)
    return any(row["document_id"] == own for rows in (ranking.matches, ranking.excluded) for row in rows)


def own_rank(viewer: Viewer, reference: str) -> OwnRank:
    """Return the rank of the viewer's supplier.

    Raises NotFound if the supplier may not read the brief or was not ranked.
    """
    brief_view = brief_view_for(viewer, reference)
    run = or_404(latest_run(brief_view.brief) if viewer.is_supplier else None)
    ranking, own = open_run(run), str(viewer.organisation_id)
    sentence = list_sentence(len(ranking.matches), ranking.fits, with_reasons=False)
    for stored in ranking.matches:
        if stored["document_id"] == own:
            match = Match.from_dict(stored)
            offered = ranking.document(own).services
            return OwnRank(
                brief_view,
                sentence,
                match.rank,
                score=match.score,
                parts=match.explanation.parts,
                missing_services=[code for code in ranking.query.needs if code not in offered],
                # Without its texts (`run_erasure`) a run gives other points.
                improvements=_improvements(ranking, match) if ranking.query.text else (),
                current_score=current_score(viewer, brief_view),
            )
    for excluded in ranking.excluded:
        if excluded["document_id"] == own:
            sentence = match_explanation.exclusion_sentence(excluded["reason"], excluded["params"])
            return OwnRank(brief_view, sentence, exclusion_reason=sentence)
    raise NotFound


def _improvements(ranking: StoredRanking, match: Match) -> list[ProfileImprovement]:
    """Score each change on its own, applied to the profile as it was ranked. One index computes both scores."""
    index, query, document = corpus().fitted.index, ranking.query, ranking.document(match.document_id)
    before = _score(index, query, document)
    others = [float(row["score"]) for row in ranking.matches if row["document_id"] != match.document_id]
    improvements = []
    for code, params, changed in _changes(query, document):
        points = _score(index, query, changed) - before
        if points >= MIN_POINTS:
            rank = 1 + sum(score > match.score + points for score in others)
            improvements.append(ProfileImprovement(code, params, points, min(rank, match.rank)))
    return sorted(improvements, key=lambda improvement: -improvement.points)


def _score(index: "Index", query: Query, document: Document) -> float:
    """Return the score of a single document with the models of a fitted index, or 0 if it is excluded."""
    result = index.updated([document]).judge(query, document.id)
    return result.score if isinstance(result, Match) else 0.0


def _changes(query: Query, document: Document) -> Iterator[tuple[str, Mapping[str, Any], Document]]:
    for code in query.needs:
        if code not in document.services:
            changed = replace(document, services=(*document.services, code))
            yield "service", {"service": code}, changed
    if query.municipality and query.municipality not in document.area:
        area = tuple(number for number in document.area if number != "-")
        changed = replace(document, area=(*area, query.municipality))
        yield "area", {"municipality": query.municipality}, changed
    offered = [code for code in query.needs if code in document.services]
    if offered:
        case = CaseText("", tuple(offered[:1]), query.sector)
        changed = replace(document, cases=(*document.cases, case))
        yield "case", {"service": offered[0], "sector": query.sector}, changed
    if query.sector and query.sector not in document.sectors:
        yield "sector", {"sector": query.sector}, replace(document, sectors=(*document.sectors, query.sector))
    if document.price_from_nok is None and query.budget_max_nok is not None:
        yield "price", {}, replace(document, price_from_nok=query.budget_max_nok)
    if document.next_start is None and query.start_from is not None:
        yield "start", {"date": query.start_from}, replace(document, next_start=query.start_from)
