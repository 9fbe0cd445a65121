"""Where a supplier stands in a brief's kept list, by its own numbers, and what would have given it more points.

Nothing of any other supplier is told but how many there are. The list is the one that was kept when the brief was
published, so that nothing here moves when others answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from marketplace.briefs.queries import BriefPaper, paper_for
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.matching import CaseText, Document, Match, Query, ScorePart
from marketplace.sourcing import match_explanation
from marketplace.sourcing.corpus import corpus
from marketplace.sourcing.queries.rankings import run_of
from marketplace.sourcing.stored_ranking import KeptList, open_run

if TYPE_CHECKING:
    from marketplace.matching import Index

LEAST_POINTS = 0.1


@dataclass(frozen=True)
class Hint:
    """A change to the profile, the points it would have given, and the place it would have led to."""

    code: str
    params: Mapping[str, Any]
    points: float
    place: int


@dataclass(frozen=True)
class Standing:
    """A supplier's own standing. `place` is None, with a reason, for one that was left out."""

    paper: BriefPaper
    of: int
    place: int | None = None
    left_out: str = ""
    score: float = 0.0
    parts: Sequence[ScorePart] = ()
    hints: Sequence[Hint] = ()


def is_ranked(viewer: Viewer, paper: BriefPaper) -> bool:
    """Say whether the viewer's supplier was ranked for a brief, or left out of its list with a reason."""
    run = run_of(paper.brief) if viewer.is_supplier else None
    if run is None:
        return False
    kept, own = open_run(run), str(viewer.organisation_id)
    return any(row["document_id"] == own for rows in (kept.matches, kept.excluded) for row in rows)


def standing(viewer: Viewer, reference: str) -> Standing:
    """Return where the viewer's supplier stands.

    Raises NotFound when it may not read the brief or was not ranked.
    """
    paper = paper_for(viewer, reference)
    run = run_of(paper.brief) if viewer.is_supplier else None
    if run is None:
        raise NotFound
    kept, own = open_run(run), str(viewer.organisation_id)
    of = len(kept.matches)
    for stored in kept.matches:
        if stored["document_id"] == own:
            match = Match.from_dict(stored)
            hints = _hints(kept, match)
            return Standing(paper, of, match.place, "", match.score, match.explanation.parts, hints)
    for excluded in kept.excluded:
        if excluded["document_id"] == own:
            sentence = match_explanation.exclusion_sentence(excluded["reason"], excluded["params"])
            return Standing(paper, of, left_out=sentence)
    raise NotFound


def _hints(kept: KeptList, match: Match) -> list[Hint]:
    """Try each change alone on the profile as it was ranked; both scores are made by the same index."""
    learnt, query, document = corpus().base.index, kept.query, kept.document(match.document_id)
    before = _score(learnt, query, document)
    others = [float(row["score"]) for row in kept.matches if row["document_id"] != match.document_id]
    found = []
    for code, params, changed in _changes(query, document):
        points = _score(learnt, query, changed) - before
        if points >= LEAST_POINTS:
            place = 1 + sum(score > match.score + points for score in others)
            found.append(Hint(code, params, points, min(place, match.place)))
    return sorted(found, key=lambda hint: -hint.points)


def _score(learnt: "Index", query: Query, document: Document) -> float:
    """Return what a document alone scores by what an index has learnt; 0 when it is left out."""
    judged = learnt.updated([document]).judge(query, document.id)
    return judged.score if isinstance(judged, Match) else 0.0


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
        done = CaseText("", tuple(offered[:1]), query.sector)
        changed = replace(document, cases=(*document.cases, done))
        yield "case", {"service": offered[0], "sector": query.sector}, changed
    if query.sector and query.sector not in document.sectors:
        yield "sector", {"sector": query.sector}, replace(document, sectors=(*document.sectors, query.sector))
    if document.price_from_nok is None and query.budget_max_nok is not None:
        yield "price", {}, replace(document, price_from_nok=query.budget_max_nok)
    if document.next_start is None and query.start_from is not None:
        yield "start", {"date": query.start_from}, replace(document, next_start=query.start_from)
