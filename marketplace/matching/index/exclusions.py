"""Those that a query leaves out, each made when somebody asks for it: of a large directory nearly all are left out."""

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from marketplace.matching import criteria
from marketplace.matching.criteria import Exclusion
from marketplace.matching.documents import Query
from marketplace.matching.index.attribute_columns import REASONS, Codes
from marketplace.matching.index.store import Store
from marketplace.matching.storage.lazy_sequence import LazySequence


class LazyExclusions(LazySequence[Exclusion]):
    """Those left out, with the reason of each, by reason and document; equal to any sequence of the same ones.

    `codes` gives for each row why it is left out, as its number in `REASONS`; 0 for one that is not, and a higher number
    for one that is not there.
    """

    def __init__(self, store: Store, query: Query, codes: Codes) -> None:
        self._store = store
        self._query = query
        self._codes = codes
        self._params = {reason: criteria.exclusion_params(reason, query, None) for reason in REASONS[1:]}

    @cached_property
    def _size(self) -> int:
        return int(np.count_nonzero((self._codes > 0) & (self._codes < len(REASONS))))

    @cached_property
    def _rows(self) -> np.ndarray[Any, np.dtype[np.int32]]:
        """Return the rows in order: to know it, all ids are read once."""
        found: list[int] = []
        for _, code in sorted((reason, code) for code, reason in enumerate(REASONS) if code):
            found += sorted(np.flatnonzero(self._codes == code).tolist(), key=self._store.id_of)
        return np.array(found, dtype=np.int32)

    def __len__(self) -> int:
        """Return how many are left out."""
        return self._size

    def at(self, place: int) -> Exclusion:
        """Return one of them."""
        row = int(self._rows[place])
        reason = REASONS[self._codes[row]]
        params = self._params[reason]
        if reason == criteria.NO_TIME:
            day = int(self._store.next_start(row))
            params = criteria.exclusion_params(reason, self._query, dt.date.fromordinal(day))
        return Exclusion(self._store.id_of(row), reason, params)

    def __iter__(self) -> Iterator[Exclusion]:
        """Go through them in order."""
        return map(self.at, range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Say whether another sequence holds the same."""
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(one == two for one, two in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment] # because what an exclusion tells can be changed

    def __repr__(self) -> str:
        """Return them as a list, to read where two rankings are not the same."""
        return repr(list(self))
