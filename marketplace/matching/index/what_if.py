"""Count the suppliers that fit many variants of one brief, and list those that a change adds or drops.

The scores of the brief's words and services are computed once. A variant that only changes the budget, place or date
costs a few comparisons of columns.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .. import criteria
from ..documents import Document, Query
from ..ranking import FitCounts
from ..storage.types import Mask
from .comparison import MISFIT_REASONS, Comparison, IntRows
from .store import Store


@dataclass(frozen=True, slots=True)
class FitChange:
    """A supplier that fits only one of two variants of a brief, with the criterion it fails in the other."""

    document_id: str
    enters: bool
    reason: str
    params: Mapping[str, Any]


def fits(store: Store, queries: Sequence[Query]) -> list[FitCounts]:
    """Count the suppliers that fit each of many variants."""
    if not store.documents:
        return [FitCounts(0, 0, {}) for _query in queries]
    mentions: dict[tuple[str, str], Mask] = {}
    return [_fit(Comparison.of(store, query), mentions) for query in queries]


def _fit(comparison: Comparison, mentions: dict[tuple[str, str], Mask]) -> FitCounts:
    query, mentions_all = comparison.query, comparison.misfit_codes == 0
    for must_have in query.must_haves:
        key = (must_have, query.lang)
        if key not in mentions:
            mentions[key] = comparison.mentions(must_have)
        mentions_all = mentions_all & mentions[key]
    return replace(comparison.fit(), with_must_haves=int(np.count_nonzero(mentions_all)))


def fit_changes(store: Store, before: Query, after: Query) -> list[FitChange]:
    """Return the suppliers that fit only one of two variants: entering ones first, each group by score."""
    if not store.documents or before == after:
        return []
    old, new = Comparison.of(store, before), Comparison.of(store, after)
    fits_before, fits_after = old.misfit_codes == 0, new.misfit_codes == 0
    return [
        *_changes(new, old, np.flatnonzero(fits_after & ~fits_before), enters=True),
        *_changes(old, new, np.flatnonzero(fits_before & ~fits_after), enters=False),
    ]


def _changes(fitting: Comparison, other: Comparison, rows: IntRows, *, enters: bool) -> Iterator[FitChange]:
    for row in fitting.sort_by_score(rows).tolist():
        document, reason = fitting.store.documents[row], MISFIT_REASONS[other.misfit_codes[row]]
        yield FitChange(document.id, enters, reason, _params(reason, other.query, document))


def _params(reason: str, query: Query, document: Document) -> dict[str, Any]:
    if reason == criteria.OVER_BUDGET:
        return {"price_from_nok": document.price_from_nok, "budget_max_nok": query.budget_max_nok}
    if reason == criteria.RELATED_ONLY:
        return {"services": list(query.needs)}
    return criteria.exclusion_params(reason, query, document.next_start)
