"""Changes that lift a profile far up for several briefs: they wait for a curator's eyes before they count.

A profile is held against the lists kept lately, by the scores that stand in them, as it counts now and as it would.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.core.database import session
from marketplace.directory.queries import matchable_suppliers
from marketplace.matching import Document, Match
from marketplace.sourcing.corpus import corpus
from marketplace.sourcing.documents import written_document
from marketplace.sourcing.models import RankingRun
from marketplace.sourcing.run_storage import DamagedRunError
from marketplace.sourcing.stored_ranking import KeptList, open_run
from marketplace.suppliers.hooks import RankJump

if TYPE_CHECKING:
    from marketplace.matching import Index

JUMP_PLACES, JUMP_BRIEFS, RUNS_HELD_AGAINST = 5, 3, 12
"""A change waits when it lifts a profile at least so many places for at least so many of the lists kept last."""


def watch_profile(supplier_id: int) -> Callable[[], RankJump | None]:
    """Read a profile before a change, and return a check that finds out after it whether the change is a rank jump."""
    now = corpus()  # asked for here: within the change it would be kept without what is decided below
    learnt, before = now.base.index, now.documents.get(str(supplier_id))

    def after() -> RankJump | None:
        found = matchable_suppliers([supplier_id])
        if before is None or not found:
            return None
        return jump(learnt, before, replace(written_document(found[0]), looked_at=before.looked_at))

    return after


def jump(learnt: "Index", before: Document, after: Document) -> RankJump | None:
    """Return how far a change lifts a profile, or None when it does not lift it far for several briefs."""
    if before == after:
        return None
    then, would = learnt.updated([before]), learnt.updated([after])
    lifted = []
    for kept in _kept_lately():
        others = [float(row["score"]) for row in kept.matches if row["document_id"] != before.id]
        own = next((float(row["score"]) for row in kept.matches if row["document_id"] == before.id), None)
        scores = [_score(index.judge(kept.query, before.id)) for index in (then, would)]
        # What the list was learnt from may be another directory than today's: the change moves the score that stands.
        by = 0.0 if own is None or not scores[0] else own - scores[0]
        places = [_place(score + by if score else score, others) for score in scores]
        lifted.append(places[0] - places[1])
    far = [places for places in lifted if places >= JUMP_PLACES]
    return RankJump(len(far), min(far), told(before)) if len(far) >= JUMP_BRIEFS else None


def _kept_lately() -> Iterable[KeptList]:
    query = select(RankingRun).order_by(RankingRun.id.desc()).limit(RUNS_HELD_AGAINST)
    for run in session.scalars(query):
        try:
            yield open_run(run)
        except DamagedRunError:
            continue


def _score(judged: object) -> float:
    """Return a score; 0 for one that is left out, who stands after all others."""
    return judged.score if isinstance(judged, Match) else 0.0


def _place(score: float, others: list[float]) -> int:
    return 1 + sum(other > score for other in others)


def told(document: Document) -> dict[str, Any]:
    """Return what a document tells in its own words and ticks, as JSON values."""
    values = document.to_dict()
    return {name: values[name] for name in ("name", "text", "lang", "services", "sectors", "cases")}
