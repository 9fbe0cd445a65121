"""Scores of suppliers that a stored ranking does not list, computed with the run's own query, settings and fit."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace import matching
from marketplace.core.cache import BoundedCache
from marketplace.core.i18n import current_locale
from marketplace.matching import Exclusion, Match, MatchingSettings
from marketplace.sourcing.models import RankingRun
from marketplace.sourcing.ranking import match_explanation
from marketplace.sourcing.ranking.corpus import Corpus, corpus
from marketplace.sourcing.ranking.directory_snapshots import load_documents, matcher_digest
from marketplace.sourcing.ranking.documents import Listing
from marketplace.sourcing.ranking.run_storage import DamagedRunError
from marketplace.sourcing.ranking.stored_ranking import StoredRanking, open_run
from marketplace.suppliers.glossary import glossary

if TYPE_CHECKING:
    from marketplace.matching import Index

MAX_APPROVED_SINCE = 5
_indexes: BoundedCache[tuple[str, str], "Index"] = BoundedCache(2)
"""Indexes fitted as older runs were, by digest of the directory version and settings."""


@dataclass(frozen=True)
class UnlistedSupplier:
    """A supplier that a stored ranking does not list, with the score that it would have had.

    `rank` is the rank beside the listed suppliers. An excluded supplier has a reason and neither score nor rank.
    """

    supplier_id: int
    listing: Listing
    score: float | None
    rank: int | None
    summary: str
    gaps: Sequence[str]
    misfit: str
    exclusion_reason: str


def _index_of(run: RankingRun, current: Corpus) -> "Index":
    """Return an index with the run's fit and settings, or today's where the run cannot be repeated."""
    settings = MatchingSettings.from_dict(run.settings)
    if run.base is None or run.matcher != matcher_digest():
        return current.fitted.index
    if run.base.digest == current.fitted.digest and settings == current.index.settings:
        return current.fitted.index
    key = (run.base.digest, json.dumps(settings.to_dict(), sort_keys=True))
    base = run.base
    try:
        return _indexes.get_or_create(
            key, lambda: matching.Index.build(load_documents(base), glossary(), settings)
        )
    except DamagedRunError:
        return current.fitted.index


def unlisted_supplier(run: RankingRun, supplier_id: int) -> UnlistedSupplier | None:
    """Score a supplier for a stored run, or return None if it cannot be invited or is listed in the run."""
    return score_for(run, open_run(run), supplier_id)


def score_for(run: RankingRun, ranking: StoredRanking, supplier_id: int) -> UnlistedSupplier | None:
    """Score a supplier beside the entries of a ranking, as `unlisted_supplier` does."""
    current, key = corpus(), str(supplier_id)
    if key not in current.documents or supplier_id in ranking.ranks():
        return None
    document, listing = current.documents[key], current.listings[key]
    result = _index_of(run, current).updated([document]).judge(ranking.query, key)
    if isinstance(result, Match):
        rank = 1 + sum(float(row["score"]) >= result.score for row in ranking.matches)
        return UnlistedSupplier(
            supplier_id,
            listing,
            result.score,
            rank,
            match_explanation.summary_sentence(result.explanation),
            match_explanation.gap_sentences(result.explanation),
            match_explanation.misfit_label(result),
            "",
        )
    reason = (
        match_explanation.exclusion_sentence(result.reason, result.params)
        if isinstance(result, Exclusion)
        else ""
    )
    return UnlistedSupplier(supplier_id, listing, None, None, "", (), "", reason)


def approved_since(run: RankingRun) -> list[UnlistedSupplier]:
    """Return suppliers approved since a run that it would have listed, best match first, at most MAX_APPROVED_SINCE."""
    current = corpus()
    key = ("approved since", run.id, current.cache_key, current_locale())
    return current.cached(key, lambda: _find_approved_since(run, current))


def _find_approved_since(run: RankingRun, current: Corpus) -> list[UnlistedSupplier]:
    known_ids, since = open_run(run).ranked_or_excluded_ids, run.at.date().isoformat()
    candidates = [
        unlisted_supplier(run, int(key))
        for key, listing in current.listings.items()
        if key not in known_ids and listing.approvals and listing.approvals[0][1] >= since
    ]
    listed = [item for item in candidates if item is not None and item.score is not None]
    return sorted(listed, key=lambda item: (-(item.score or 0), item.supplier_id))[:MAX_APPROVED_SINCE]
