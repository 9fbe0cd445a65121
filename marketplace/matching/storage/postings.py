"""Posting lists: for each term the documents that contain it and its weight there, 8 bytes each.

A query reads only the lists of its own terms, so its cost depends on their length, not on the size of the directory.
The lists are SciPy's compressed sparse columns, processed by the routine behind SciPy's product of a sparse matrix
and a vector. That routine is private to SciPy; without it NumPy does the same list by list.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from scipy import sparse

from .posting_arrays import InvalidPostingsError, read_only, validate_query
from .top_k import group_size, kth_highest, score_buffer, select_rows, threshold_below
from .types import (
    FloatSequence,
    IntSequence,
    Mask,
    Pointers,
    Rows,
    Vector,
    Weights,
)

try:
    from scipy.sparse._sparsetools import csc_matvec as _csc_matvec, csr_sample_values as _csr_sample_values
except (
    ImportError
):  # pragma: no cover because the installed SciPy has them; the fallback has tests of its own
    _csc_matvec = _csr_sample_values = None

MAX_INT32 = 2**31 - 1
"""Largest pointer that one call of the private routines accepts: pointers have the same type as rows."""
MAX_LIST_TO_PARTITION = 4_000
"""Up to this length the scores of a single list are partitioned; beyond, group maxima are faster."""
ARRAYS = ("indptr", "rows", "weights", "size")
ARRAY_TYPES = [("<i8", 1), ("<i4", 1), ("<f4", 1), ("<i8", 0)]


class DamagedPostingsError(Exception):
    """Files that `Postings.save` cannot have written."""


@dataclass(frozen=True, eq=False)
class Postings:
    """Posting lists in compressed sparse column format.

    Term `c` occurs in documents `rows[indptr[c]:indptr[c + 1]]`, ascending, with the weights at the same positions.
    """

    indptr: Pointers
    rows: Rows
    weights: Weights
    size: int
    """The number of documents, empty ones included."""

    @classmethod
    def of(cls, matrix: Any) -> Self:
        """Build postings from a sparse matrix, documents by terms, with non-negative weights.

        The matrix is not modified. Weights are rounded to float32, and zeros are not stored.
        """
        columns = sparse.csc_array(matrix, dtype=np.float32, copy=True)
        columns.sum_duplicates()
        columns.eliminate_zeros()
        if columns.shape[0] > MAX_INT32:
            message = "Row numbers must fit into 32 bits."
            raise InvalidPostingsError(message)
        if not (np.isfinite(columns.data).all() and (columns.data >= 0).all()):
            message = "Weights must be finite and non-negative."
            raise InvalidPostingsError(message)
        indptr, rows = columns.indptr.astype(np.int64), columns.indices.astype(np.int32)
        return cls(read_only(indptr), read_only(rows), read_only(columns.data), columns.shape[0])

    @classmethod
    def of_batches(cls, batches: Iterable[Any], lengths: IntSequence) -> Self:
        """Build the postings of batches of documents, each a sparse matrix with positive weights and no duplicates.

        `lengths` are the lengths of the lists. Needs little more memory than the postings themselves.
        """
        indptr = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        rows, weights = np.empty(indptr[-1], dtype=np.int32), np.empty(indptr[-1], dtype=np.float32)
        free, size = indptr[:-1].copy(), 0
        for batch in batches:
            columns = sparse.csc_array(batch)
            counts = np.diff(columns.indptr)
            positions = np.repeat(free - columns.indptr[:-1], counts) + np.arange(columns.nnz)
            rows[positions], weights[positions] = columns.indices + size, columns.data
            free += counts
            size += columns.shape[0]
        return cls(read_only(indptr), read_only(rows), read_only(weights), size)

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Self:
        """Memory-map saved postings without reading the lists; processes that open the same files share the memory.

        Checks that the files belong together. The contents of the lists are only validated by `check`, which reads
        all of them; call it before the first query if the files are not trusted.
        """
        try:
            arrays = [np.load(Path(folder, f"{name}.npy"), mmap_mode="r").view(np.ndarray) for name in ARRAYS]
        except (ValueError, EOFError) as error:
            raise DamagedPostingsError(str(error)) from error
        indptr, rows, weights, size = arrays
        types = [(array.dtype.str, array.ndim) for array in arrays]
        if types != ARRAY_TYPES or not indptr.size:
            message = "The arrays have unexpected types."
            raise DamagedPostingsError(message)
        if indptr[0] or not indptr[-1] == rows.size == weights.size or (np.diff(indptr) < 0).any():
            message = "The lists are not as long as the pointers say."
            raise DamagedPostingsError(message)
        return cls(indptr, rows, weights, int(size))

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write the arrays into a folder, which is created; equal postings give identical bytes on every machine."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        for name in ARRAYS:
            array = np.asarray(getattr(self, name))
            np.save(Path(folder, f"{name}.npy"), array.astype(array.dtype.newbyteorder("<"), copy=False))

    def check(self) -> None:
        """Validate all lists. Raises DamagedPostingsError for a row out of range, a duplicate, or an invalid weight."""
        ascending = np.diff(self.rows) > 0
        starts = self.indptr[1:-1]
        ascending[starts[(starts > 0) & (starts < self.rows.size)] - 1] = True
        if not ascending.all() or (
            self.rows.size and not 0 <= self.rows.min() <= self.rows.max() < self.size
        ):
            message = "A list contains a row that is out of range or not ascending."
            raise DamagedPostingsError(message)
        if not (np.isfinite(self.weights).all() and (self.weights >= 0).all()):
            message = "A list contains a weight that is not finite or is negative."
            raise DamagedPostingsError(message)

    @property
    def terms(self) -> int:
        """The number of terms, those without documents included."""
        return len(self.indptr) - 1

    @property
    def nbytes(self) -> int:
        """The size of the arrays in bytes, in memory as on disk."""
        return self.indptr.nbytes + self.rows.nbytes + self.weights.nbytes

    def rows_of(self, column: int) -> Rows:
        """Return the documents that contain a term, ascending; none for an unknown term."""
        return self.rows[self._span(column)]

    def _span(self, column: int) -> slice:
        if not 0 <= column < self.terms:
            return slice(0, 0)
        return slice(int(self.indptr[column]), int(self.indptr[column + 1]))

    def scores(self, columns: IntSequence, weights: FloatSequence) -> Weights:
        """Return the score of every document in float32: the sum over terms of query weight times document weight.

        Precise enough to select candidates; `contributions` gives exact values for the few rows that are shown.
        """
        query_columns, query_weights = validate_query(columns, weights)
        is_known = self._is_known(query_columns)
        scores = np.zeros(self.size, dtype=np.float32)
        self.add(scores, query_columns[is_known], query_weights[is_known])
        return scores

    @cached_property
    def _term_count(self) -> np.ndarray[Any, np.dtype[np.uint64]]:
        """The number of terms as an array, which compares four times as fast as a Python integer."""
        return np.array(self.terms, dtype=np.uint64)

    @cached_property
    def _spans(self) -> Pointers:
        """The start and end of each list, as a view of the pointers in pairs."""
        return np.lib.stride_tricks.sliding_window_view(self.indptr, 2)

    def add(self, scores: Weights, columns: Pointers, factors: Vector) -> None:
        """Add some lists to the scores, each multiplied by its factor, in float32.

        SciPy's routine processes the range from each pointer to the next. With the lists in descending order, the
        range from the end of one list to the start of the next is empty, so a single call processes all of them.
        """
        order = columns.argsort()[::-1]
        columns, factors32 = columns[order], factors[order].astype(np.float32)
        if _csc_matvec is None or self.rows.size > MAX_INT32:
            for (start, end), factor in zip(self._spans[columns].tolist(), factors32, strict=True):
                scores[self.rows[start:end]] += factor * self.weights[start:end]
        elif columns.size:
            pointers = self._spans[columns].astype(np.int32).ravel()
            column_factors = np.zeros(pointers.size, dtype=np.float32)
            column_factors[0::2] = factors32
            _csc_matvec(
                self.size, pointers.size - 1, pointers, self.rows, self.weights, column_factors, scores
            )

    def top(
        self, columns: IntSequence, weights: FloatSequence, count: int, *, margin: float = 0.0
    ) -> tuple[Rows, Weights]:
        """Return the `count` rows with the highest scores, and those that may be at most `margin` below the last.

        Highest first, ties by row. Scores are float32 as in `scores`, so rows are also returned whose exact score may
        be as high as that of the last: with `contributions` the caller can order them exactly. Rows that contain none
        of the terms are omitted. Query weights must not be negative.
        """
        query_columns, query_weights = validate_query(columns, weights)
        if min(query_weights.tolist(), default=0.0) < 0:
            message = "Top-k retrieval needs query weights from 0 up."
            raise InvalidPostingsError(message)
        is_known = self._is_known(query_columns)
        query_columns, query_weights = query_columns[is_known], query_weights[is_known]
        if count <= 0 or not query_columns.size or not self.size:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        span = self._span(int(query_columns[0]))
        if query_columns.size == 1 and span.stop - span.start <= MAX_LIST_TO_PARTITION:
            # The rows of a single list are distinct: no need to score the other documents.
            scores = self.weights[span] * query_weights.astype(np.float32)
            is_selected = scores >= threshold_below(kth_highest(scores, count), margin, 1)
            rows, scores = self.rows[span][is_selected], scores[is_selected]
        else:
            size = group_size(self.size, count)
            buffer = score_buffer(-(-self.size // size) * size)
            self.add(buffer, query_columns, query_weights)
            rows = select_rows(buffer, size, count, margin, len(query_columns))
            scores = buffer[rows]
        order = (-scores).argsort(kind="stable")  # stable: rows are ascending, so ties stay ordered by row
        rows, scores = rows[order], scores[order]
        if len(rows) > count:  # the threshold for selecting them was that of group maxima, which is lower
            is_kept = scores >= threshold_below(float(scores[count - 1]), margin, len(query_columns))
            rows, scores = rows[is_kept], scores[is_kept]
        return rows, scores

    def contributions(self, columns: IntSequence, weights: FloatSequence, rows: IntSequence) -> Vector:
        """Return the exact contribution of each query term to each of a few rows: rows by columns.

        Each row of the result adds up to the document's score.
        """
        query_columns, query_weights = validate_query(columns, weights)
        row_indices = np.asarray(rows, dtype=np.int32)
        contributions = np.zeros((len(row_indices), len(query_columns)))
        is_known = self._is_known(query_columns)
        if contributions.size and is_known.any():
            values = self._lookup(self._spans[query_columns[is_known]], row_indices)
            contributions[:, is_known] = values.reshape(-1, len(row_indices)).T * query_weights[is_known]
        return contributions

    def _lookup(self, spans: Pointers, rows: Rows) -> Weights:
        """Return the weights of lists in rows, list by list; 0 where a row is not in a list.

        SciPy's routine picks values from a matrix by row and column, with binary search if the matrix is sorted. It
        is passed a matrix without rows, so that it does not check the order, and row numbers beyond the end that
        address every second range of the pointers, which are the lists.
        """
        values = np.zeros(len(spans) * len(rows), dtype=np.float32)
        if _csr_sample_values is None or self.rows.size > MAX_INT32 or rows.min() < 0:
            for list_index, (start, end) in enumerate(spans.tolist()):
                values[list_index * len(rows) :][: len(rows)] = self._lookup_slowly(start, end, rows)
        else:
            pointers = np.append(np.int32(0), spans.astype(np.int32))
            lists = np.arange(1, spans.size, 2, dtype=np.int32).repeat(len(rows))
            tiled_rows = np.tile(rows, len(spans))
            _csr_sample_values(
                0, self.size, pointers, self.rows, self.weights, values.size, lists, tiled_rows, values
            )
        return values

    def _lookup_slowly(self, start: int, end: int, rows: Rows) -> Weights:
        values = np.zeros(len(rows), dtype=np.float32)
        list_rows = self.rows[start:end]
        positions = list_rows.searchsorted(rows)
        is_present = positions < list_rows.size
        is_present[is_present] = list_rows[positions[is_present]] == rows[is_present]
        values[is_present] = self.weights[start:end][positions[is_present]]
        return values

    def _is_known(self, columns: Pointers) -> Mask:
        known: Mask = columns.view(np.uint64) < self._term_count  # negative columns become very large
        return known
