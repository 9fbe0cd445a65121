"""Excluded documents, each created when it is accessed: in a large directory nearly all are excluded."""

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from .. import criteria
from ..criteria import Exclusion
from ..documents import Query
from ..storage.lazy_sequence import LazySequence
from ..storage.types import Rows
from .attribute_columns import REASONS, Codes
from .store import Store


class LazyExclusions(LazySequence[Exclusion]):
    """Exclusions ordered by reason and document id; equal to any sequence with the same items.

    `codes` gives each row's index in `REASONS`: 0 is not excluded, a higher number than the last is removed.
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
    def _rows(self) -> Rows:
        """The excluded rows in order; sorting them reads all ids once."""
        rows: list[int] = []
        for _, code in sorted((reason, code) for code, reason in enumerate(REASONS) if code):
            rows += sorted(np.flatnonzero(self._codes == code).tolist(), key=self._store.id_of)
        return np.array(rows, dtype=np.int32)

    def __len__(self) -> int:
        """Return the number of excluded documents."""
        return self._size

    def at(self, index: int) -> Exclusion:
        """Return one exclusion."""
        row = int(self._rows[index])
        reason = REASONS[self._codes[row]]
        params = self._params[reason]
        if reason == criteria.NO_TIME:
            day = int(self._store.next_start(row))
            params = criteria.exclusion_params(reason, self._query, dt.date.fromordinal(day))
        return Exclusion(self._store.id_of(row), reason, params)

    def __iter__(self) -> Iterator[Exclusion]:
        """Iterate over the exclusions in order."""
        return map(self.at, range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Compare with another sequence item by item."""
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(one == two for one, two in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment] # because the parameters of an exclusion are mutable

    def __repr__(self) -> str:
        """Return the exclusions as a list, for readable differences between rankings."""
        return repr(list(self))
