"""Hold profile edits that would move a supplier up several recent rankings until a curator has reviewed them.

The profile before and after the edit is scored for the queries of recent rankings and compared with the scores stored
there.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.core.database import session
from marketplace.directory.queries import matchable_suppliers
from marketplace.matching import Document, Match
from marketplace.sourcing.models import RankingRun
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.sourcing.ranking.documents import profile_document
from marketplace.sourcing.ranking.run_storage import DamagedRunError
from marketplace.sourcing.ranking.stored_ranking import StoredRanking, open_run
from marketplace.suppliers.hooks import RankJump

if TYPE_CHECKING:
    from marketplace.matching import Index

MIN_JUMP_RANKS, MIN_JUMP_RUNS, MAX_COMPARED_RUNS = 5, 3, 12
"""An edit is held if it moves the supplier up at least so many ranks in at least so many of the newest runs."""


def rank_jump_check(supplier_id: int) -> Callable[[], RankJump | None]:
    """Read a profile before an edit, and return a check to call after it that detects a rank jump."""
    current = (
        corpus()
    )  # before the edit: a corpus read in its transaction would be cached before the edit is accepted
    fitted, before = current.fitted.index, current.documents.get(str(supplier_id))

    def check() -> RankJump | None:
        edited = matchable_suppliers([supplier_id])
        if before is None or not edited:
            return None
        after = replace(profile_document(edited[0]), looked_at=before.looked_at)
        return find_rank_jump(fitted, before, after)

    return check


def find_rank_jump(fitted: "Index", before: Document, after: Document) -> RankJump | None:
    """Return the rank jump that an edit causes, or None when it moves the supplier up too little or too seldom."""
    if before == after:
        return None
    index_before, index_after = fitted.updated([before]), fitted.updated([after])
    gains = []
    for ranking in _recent_rankings():
        others = [float(row["score"]) for row in ranking.matches if row["document_id"] != before.id]
        own = next((float(row["score"]) for row in ranking.matches if row["document_id"] == before.id), None)
        scores = [_score(index.judge(ranking.query, before.id)) for index in (index_before, index_after)]
        # The stored run may use an earlier fit, so the difference under today's fit is added to the stored score.
        offset = 0.0 if own is None or not scores[0] else own - scores[0]
        ranks = [_rank(score + offset if score else score, others) for score in scores]
        gains.append(ranks[0] - ranks[1])
    jumps = [gain for gain in gains if gain >= MIN_JUMP_RANKS]
    return RankJump(len(jumps), min(jumps), reviewed_fields(before)) if len(jumps) >= MIN_JUMP_RUNS else None


def _recent_rankings() -> Iterable[StoredRanking]:
    query = select(RankingRun).order_by(RankingRun.id.desc()).limit(MAX_COMPARED_RUNS)
    for run in session.scalars(query):
        try:
            yield open_run(run)
        except DamagedRunError:
            continue


def _score(result: object) -> float:
    """Return a match's score, or 0 for an excluded supplier, which ranks last."""
    return result.score if isinstance(result, Match) else 0.0


def _rank(score: float, others: list[float]) -> int:
    return 1 + sum(other > score for other in others)


def reviewed_fields(document: Document) -> dict[str, Any]:
    """Return the fields that a supplier words itself, which a curator reviews, as JSON values."""
    values = document.to_dict()
    return {name: values[name] for name in ("name", "text", "lang", "services", "sectors", "cases")}
