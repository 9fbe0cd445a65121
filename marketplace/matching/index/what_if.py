"""Many variants of one brief at once: how many fit each, and who comes in or drops out between two of them.

What a brief's words and needs give is worked out once; a variant that only asks for another budget, place or day costs
a few comparisons of columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from marketplace.matching import criteria
from marketplace.matching.documents import Document, Query
from marketplace.matching.index.comparison import MISSES, Comparison
from marketplace.matching.index.store import Store
from marketplace.matching.ranking import Fit
from marketplace.matching.storage.types import Mask


@dataclass(frozen=True, slots=True)
class FitChange:
    """A supplier that fits one variant of a brief and not the other, and what it fails on in that other one."""

    document_id: str
    enters: bool
    reason: str
    params: Mapping[str, Any]


def fits(store: Store, queries: Sequence[Query]) -> list[Fit]:
    """Count who fits each of many variants."""
    if not store.documents:
        return [Fit(0, 0, {}) for _query in queries]
    shown: dict[tuple[str, str], Mask] = {}
    return [_fit(Comparison.of(store, query), shown) for query in queries]


def _fit(comparison: Comparison, shown: dict[tuple[str, str], Mask]) -> Fit:
    query, all_shown = comparison.query, comparison.misses == 0
    for must_have in query.must_haves:
        key = (must_have, query.lang)
        if key not in shown:
            shown[key] = comparison.shown(must_have)
        all_shown = all_shown & shown[key]
    return replace(comparison.fit(), with_must_haves=int(np.count_nonzero(all_shown)))


def fit_changes(store: Store, before: Query, after: Query) -> list[FitChange]:
    """Return who fits only one of two variants, those that enter first, and each lot by score where they fit."""
    if not store.documents or before == after:
        return []
    old, new = Comparison.of(store, before), Comparison.of(store, after)
    fitted, fits_now = old.misses == 0, new.misses == 0
    return [
        *_named(new, old, np.flatnonzero(fits_now & ~fitted), enters=True),
        *_named(old, new, np.flatnonzero(fitted & ~fits_now), enters=False),
    ]


def _named(
    fitting: Comparison, other: Comparison, rows: np.ndarray[Any, Any], *, enters: bool
) -> list[FitChange]:
    found = []
    for row in fitting.highest_first(rows).tolist():
        document, reason = fitting.store.documents[row], MISSES[other.misses[row]]
        found.append(FitChange(document.id, enters, reason, _params(reason, other.query, document)))
    return found


def _params(reason: str, query: Query, document: Document) -> dict[str, Any]:
    if reason == criteria.OVER_BUDGET:
        return {"price_from_nok": document.price_from_nok, "budget_max_nok": query.budget_max_nok}
    if reason == criteria.BESIDE:
        return {"services": list(query.needs)}
    return criteria.exclusion_params(reason, query, document.next_start)
