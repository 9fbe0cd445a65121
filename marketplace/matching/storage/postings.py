"""For each term the documents that hold it and how much it weighs there: 8 bytes each, and one pass to score all.

A query touches only the lists of its own terms, so it costs what those lists are long, not what the directory is
large. The lists are SciPy's compressed columns, and are walked by the routine behind SciPy's own product of a sparse
matrix and a vector. That routine is private to SciPy; without it NumPy does the same, list by list.
"""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from scipy import sparse

from marketplace.matching.storage.maxscore import TopK, zeroed_buffer
from marketplace.matching.storage.types import (
    FloatSequence,
    IntSequence,
    Mask,
    Pointers,
    Rows,
    Vector,
    Weights,
)

try:
    from scipy.sparse._sparsetools import csc_matvec as _csc_matvec
    from scipy.sparse._sparsetools import csr_matvec as _csr_matvec
    from scipy.sparse._sparsetools import csr_sample_values as _csr_sample_values
except ImportError:  # pragma: no cover because SciPy has it today; a test walks the other way too
    _csc_matvec = _csr_matvec = _csr_sample_values = None

MAX_FLOAT32 = float(np.finfo(np.float32).max)
MAX_INT32 = 2**31 - 1
"""The last place in the lists that one call of the private routine can name: it takes pointers as wide as rows."""
MAX_FORWARD_INDEX = 1_000_000
"""Up to how many postings each process also keeps them by document: to look rows up in the lists takes longer."""
LOOKUP_BATCH = 4096
"""How many equal rows are looked up together, so that a word that everybody writes takes little memory."""
ARRAYS = ("indptr", "rows", "weights", "max_weights", "size")
ARRAY_TYPES = [("<i8", 1), ("<i4", 1), ("<f4", 1), ("<f4", 1), ("<i8", 0)]


class DamagedPostingsError(Exception):
    """Files that cannot be what `Postings.save` wrote."""


class InvalidPostingsError(ValueError):
    """A matrix that cannot be kept as postings, or a query that cannot be asked of them."""


@dataclass(frozen=True, eq=False)
class Postings:
    """Term `c` is held by `rows[indptr[c]:indptr[c + 1]]`, ascending, with the weights at the same places."""

    indptr: Pointers
    rows: Rows
    weights: Weights
    max_weights: Weights
    """The highest weight of each term, 0 when nobody holds it."""
    size: int
    """The number of documents, those that hold nothing included."""

    @classmethod
    def of(cls, matrix: Any) -> Self:
        """Return the postings of a sparse matrix, documents by terms, of weights from 0 up.

        The matrix is left as it was; weights are rounded to float32, and what is then 0 takes no place.
        """
        columns = sparse.csc_array(matrix, dtype=np.float32, copy=True)
        columns.sum_duplicates()
        columns.eliminate_zeros()
        if columns.shape[0] > MAX_INT32:
            message = "Rows are numbered in 32 bits."
            raise InvalidPostingsError(message)
        if not (np.isfinite(columns.data).all() and (columns.data >= 0).all()):
            message = "Weights must be finite, and not below 0."
            raise InvalidPostingsError(message)
        indptr, rows = columns.indptr.astype(np.int64), columns.indices.astype(np.int32)
        max_weights = _max_weights_of(indptr, columns.data)
        return cls(
            _read_only(indptr),
            _read_only(rows),
            _read_only(columns.data),
            _read_only(max_weights),
            columns.shape[0],
        )

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Self:
        """Return saved postings without reading the lists: processes that open the same files share the memory.

        That the files belong together is checked. What the lists hold is not, because it would read all of them:
        `check` does that, and whoever cannot vouch for the files calls it before the first query.
        """
        try:
            arrays = [np.load(Path(folder, f"{name}.npy"), mmap_mode="r").view(np.ndarray) for name in ARRAYS]
        except (ValueError, EOFError) as error:
            raise DamagedPostingsError(str(error)) from error
        indptr, rows, weights, max_weights, size = arrays
        types = [(array.dtype.str, array.ndim) for array in arrays]
        if types != ARRAY_TYPES or len(indptr) != len(max_weights) + 1:
            message = "The lists are not of the kind that is written."
            raise DamagedPostingsError(message)
        if indptr[0] or not indptr[-1] == rows.size == weights.size or (np.diff(indptr) < 0).any():
            message = "The lists are not as long as the pointers say."
            raise DamagedPostingsError(message)
        return cls(indptr, rows, weights, max_weights, int(size))

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write the arrays into a folder, which is made; the same postings give the same bytes everywhere."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        for name in ARRAYS:
            array = np.asarray(getattr(self, name))
            np.save(Path(folder, f"{name}.npy"), array.astype(array.dtype.newbyteorder("<"), copy=False))

    def check(self) -> None:
        """Read everything, and raise when a list leads out of the documents or holds one twice."""
        ascending = np.diff(self.rows) > 0
        starts = self.indptr[1:-1]
        ascending[starts[(starts > 0) & (starts < self.rows.size)] - 1] = True
        if not ascending.all() or (
            self.rows.size and not 0 <= self.rows.min() <= self.rows.max() < self.size
        ):
            message = "A list names documents that are not there, or one twice."
            raise DamagedPostingsError(message)
        if not (np.isfinite(self.weights).all() and (self.weights >= 0).all()):
            message = "A list holds a weight that is none."
            raise DamagedPostingsError(message)
        if not np.array_equal(self.max_weights, _max_weights_of(self.indptr, self.weights)):
            message = "What a term weighs at most is not what its list says."
            raise DamagedPostingsError(message)

    @property
    def terms(self) -> int:
        """Return the number of terms, those that nobody holds included."""
        return len(self.indptr) - 1

    @property
    def nbytes(self) -> int:
        """Return how many bytes the arrays take, in memory as on disk."""
        return self.indptr.nbytes + self.rows.nbytes + self.weights.nbytes + self.max_weights.nbytes

    def rows_of(self, column: int) -> Rows:
        """Return who holds a term, ascending. A term that is not known is held by nobody."""
        return self.rows[self._span(column)]

    def weights_of(self, column: int) -> Weights:
        """Return what a term weighs in each of `rows_of`."""
        return self.weights[self._span(column)]

    def _span(self, column: int) -> slice:
        if not 0 <= column < self.terms:
            return slice(0, 0)
        return slice(int(self.indptr[column]), int(self.indptr[column + 1]))

    def scores(self, columns: IntSequence, weights: FloatSequence) -> Weights:
        """Return for every document the sum, over the query's terms, of query weight times weight, in float32.

        Good for ordering; `contributions` gives the same to the last digit for the few rows that are shown.
        """
        query_columns, query_weights = self._validate_query(columns, weights)
        is_known = self._is_known(query_columns)
        scores = np.zeros(self.size, dtype=np.float32)
        self.add(scores, query_columns[is_known], query_weights[is_known])
        return scores

    @cached_property
    def forward_index(self) -> tuple[Rows, Rows, Vector]:
        """Return the same by document, 12 bytes each: where it starts and ends, its terms, their weights in float64."""
        columns = sparse.csc_array((self.weights, self.rows, self.indptr), (self.size, self.terms))
        rows = columns.tocsr()
        spans = np.lib.stride_tricks.sliding_window_view(rows.indptr.astype(np.int32), 2)
        return spans, rows.indices.astype(np.int32), rows.data.astype(np.float64)

    @cached_property
    def _spans(self) -> Pointers:
        """Return where each list starts and ends: the pointers seen in pairs, no memory of its own."""
        return np.lib.stride_tricks.sliding_window_view(self.indptr, 2)

    def add(self, scores: Weights, columns: Pointers, factors: Vector) -> None:
        """Add to the scores some lists, each times its factor, in float32.

        SciPy's routine walks neighbouring columns: from each pointer to the next. Named last one first, there is
        nothing to walk from the end of a list to the start of the next, and one call walks them all.
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
        self,
        columns: IntSequence,
        weights: FloatSequence,
        count: int,
        *,
        margin: float = 0.0,
        alive: Mask | None = None,
    ) -> tuple[Rows, Vector]:
        """Return the `count` rows of the highest scores, and those at most `margin` below the last of them.

        Highest first, equal ones by row; scores are exact (float64). Rows that hold none of the terms, or that are
        not `alive`, are never among them. Query weights may not be below 0.
        """
        query_columns, query_weights = self._validate_query(columns, weights)
        if query_weights.min(initial=0.0) < 0:
            message = "Only weights from 0 up have highest rows that hold the words."
            raise InvalidPostingsError(message)
        has_effect = self._is_known(query_columns)
        has_effect &= query_weights > 0
        query_columns, query_weights = query_columns[has_effect], query_weights[has_effect]
        rows = TopK(self, count, margin, alive).rows(query_columns, query_weights)
        if _csr_matvec is None or self.rows.size > MAX_FORWARD_INDEX:
            exact = self._score_by_lookup(query_columns, query_weights, rows)
        else:
            exact = self._score_by_document(query_columns, query_weights, rows)
        order = (-exact).argsort(kind="stable")  # the rows come ascending
        rows, exact = rows[order], exact[order]
        if len(rows) > count:
            is_kept = exact >= exact[count - 1] - margin
            rows, exact = rows[is_kept], exact[is_kept]
        return rows, exact

    def contributions(self, columns: IntSequence, weights: FloatSequence, rows: IntSequence) -> Vector:
        """Return what each of the query's terms gives each of a few rows, exactly: rows by columns.

        A row of it adds up to that row's score.
        """
        query_columns, query_weights = self._validate_query(columns, weights)
        row_indices = np.asarray(rows, dtype=np.int32)
        contributions = np.zeros((len(row_indices), len(query_columns)))
        is_known = self._is_known(query_columns)
        if contributions.size and is_known.any():
            values = self._lookup(self._spans[query_columns[is_known]], row_indices)
            contributions[:, is_known] = values.reshape(-1, len(row_indices)).T * query_weights[is_known]
        return contributions

    def _lookup(self, spans: Pointers, wanted: Rows) -> Weights:
        """Return what each of some lists holds for each of some rows, 0 when nothing: list by list.

        SciPy's routine picks values out of a matrix by row and column, by halving when the rows of the matrix are
        in order. It is told of a matrix without rows, so that it reads none of them to see whether they are; and
        of every second row behind the end: those are the lists.
        """
        values = np.zeros(len(spans) * len(wanted), dtype=np.float32)
        if _csr_sample_values is None or self.rows.size > MAX_INT32 or wanted.min() < 0:
            for list_index, (start, end) in enumerate(spans.tolist()):
                values[list_index * len(wanted) :][: len(wanted)] = self._lookup_slowly(start, end, wanted)
        else:
            pointers = np.append(np.int32(0), spans.astype(np.int32))
            lists = np.arange(1, spans.size, 2, dtype=np.int32).repeat(len(wanted))
            row_indices = np.tile(wanted, len(spans))
            _csr_sample_values(
                0, self.size, pointers, self.rows, self.weights, values.size, lists, row_indices, values
            )
        return values

    def weights_at(self, column: int, rows: Rows) -> Weights:
        """Return what a known term weighs in some rows, 0 where it is not held."""
        return self._lookup(self._spans[column : column + 1], rows) if len(rows) else np.zeros(0, np.float32)

    def _lookup_slowly(self, start: int, end: int, wanted: Rows) -> Weights:
        values = np.zeros(len(wanted), dtype=np.float32)
        list_rows = self.rows[start:end]
        positions = list_rows.searchsorted(wanted)
        is_present = positions < list_rows.size
        is_present[is_present] = list_rows[positions[is_present]] == wanted[is_present]
        values[is_present] = self.weights[start:end][positions[is_present]]
        return values

    def _score_by_lookup(self, columns: Pointers, weights: Vector, rows: Rows) -> Vector:
        """Return the exact scores of some rows, from the lists."""
        sums = [
            self.contributions(columns, weights, rows[start : start + LOOKUP_BATCH]).sum(axis=1)
            for start in range(0, len(rows), LOOKUP_BATCH)
        ]
        return np.concatenate([np.zeros(0), *sums])

    def _score_by_document(self, columns: Pointers, weights: Vector, rows: Rows) -> Vector:
        """Return the exact scores of some ascending rows, from what each document holds: every second one, as in `add`."""
        if not len(rows):
            return np.zeros(0)
        spans, terms, weights_by_document = self.forward_index
        pointers = spans[rows[::-1]].ravel()
        sums, query_vector = np.zeros(pointers.size), zeroed_buffer(self.terms)
        try:
            np.add.at(query_vector, columns, weights)  # a term may be asked for twice
            _csr_matvec(
                pointers.size - 1, self.terms, pointers, terms, weights_by_document, query_vector, sums
            )
        finally:
            query_vector[columns] = 0.0
        return sums[0::2][::-1]

    def _validate_query(self, columns: IntSequence, weights: FloatSequence) -> tuple[Pointers, Vector]:
        query_columns, query_weights = (
            np.asarray(columns, dtype=np.int64),
            np.asarray(weights, dtype=np.float64),
        )
        if query_columns.ndim != 1 or query_columns.shape != query_weights.shape:
            message = "A query has one weight for each of its terms."
            raise InvalidPostingsError(message)
        if (
            query_weights.size
            and not -MAX_FLOAT32 <= query_weights.min() <= query_weights.max() <= MAX_FLOAT32
        ):
            message = "A query's weights must be finite."
            raise InvalidPostingsError(message)
        return query_columns, query_weights

    def _is_known(self, columns: Pointers) -> Mask:
        known: Mask = columns.view(np.uint64) < self.terms  # where those below 0 are very high
        return known


def _read_only(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    array.flags.writeable = False
    return array


def _max_weights_of(indptr: Pointers, weights: Weights) -> Weights:
    maxima, is_nonempty = np.zeros(len(indptr) - 1, dtype=np.float32), np.diff(indptr) > 0
    if is_nonempty.any():
        maxima[is_nonempty] = np.maximum.reduceat(weights, indptr[:-1][is_nonempty])
    return maxima
