"""Postings of a slice of an index's documents, addressed by the index's columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..storage.postings import Postings

Rows = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True)
class PostingsSlice:
    """Postings of a slice of the documents. `local_columns` maps the index's columns to theirs; None if they are equal."""

    postings: Postings
    local_columns: Mapping[int, int] | None = None

    def localize(self, columns: Iterable[int]) -> list[tuple[int, int]]:
        """Return pairs of index column and local column, for the columns that occur in this slice."""
        if self.local_columns is None:
            return [(column, column) for column in columns if column < self.postings.terms]
        return [(column, self.local_columns[column]) for column in columns if column in self.local_columns]

    def rows_of(self, column: int) -> Rows:
        """Return the local rows that contain a term."""
        for _, local_column in self.localize([column]):
            return self.postings.rows_of(local_column).astype(np.intp)
        return np.zeros(0, dtype=np.intp)
