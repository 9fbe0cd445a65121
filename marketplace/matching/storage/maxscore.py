"""Top-k retrieval with MaxScore pruning: find the highest scores without reading all posting lists of a query.

Long lists of common words take most of the time and add least to the scores. Lists are therefore read in order of
maximum score per posting. Once the maximum total of the remaining lists is small compared with the scores reached,
those lists are skipped, and only rows that can still be among the highest are looked up in them.

H. Turtle and J. Flood, "Query evaluation: strategies and optimizations", Information Processing & Management 31
(1995). This is the term-at-a-time variant; the better known document-at-a-time one is slow in Python.
"""

import threading
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from .types import Mask, Pointers, Rows, Vector, Weights

MIN_POSTINGS_TO_PRUNE = 2_000_000
"""Number of postings below which scoring all of them is cheaper than pruning."""
READ_FIRST_SHARE = 0.5
"""Share of all postings that is read before deciding which lists to skip."""
MAX_SKIPPED_SHARE = 0.2
"""Maximum total of the skipped lists, as a share of the lowest score in the top k."""
MAX_LOOKUPS = 20_000
"""If more rows than this can still be among the highest, the remaining lists are read after all."""
MAX_GROUP_SIZE = 256
MAXIMA_PER_RESULT = 32
"""Number of group maxima compared per wanted row; with fewer, too many rows pass the threshold."""
FLOAT32_UNIT_ROUNDOFF = 2.0**-24
SMALLEST_FLOAT32 = float(np.finfo(np.float32).smallest_subnormal)


class PostingLists(Protocol):
    """The part of `Postings` that top-k retrieval reads."""

    @property
    def indptr(self) -> Pointers:
        """Where each term's list starts and ends."""

    @property
    def rows(self) -> Rows:
        """The documents of all lists."""

    @property
    def max_weights(self) -> Weights:
        """The highest weight in each term's list."""

    @property
    def size(self) -> int:
        """The number of documents."""

    def add(self, scores: Weights, columns: Pointers, factors: Vector) -> None:
        """Add the given lists, each multiplied by its factor, to the scores."""

    def weights_at(self, column: int, rows: Rows) -> Weights:
        """Return a term's weights in the given rows."""


class TopK:
    """One search for the rows with the `count` highest scores, and those at most `margin` below the last of them.

    Rows that contain none of the terms or are not `alive` are omitted. The result is a superset, because scores are
    float32 here; the caller selects from it by exact scores.
    """

    def __init__(
        self, postings: PostingLists, count: int, margin: float = 0.0, alive: Mask | None = None
    ) -> None:
        self.postings = postings
        self.count = count
        self.margin = margin
        self.alive = alive
        self.group_size = min(max(postings.size // (MAXIMA_PER_RESULT * max(count, 1)), 1), MAX_GROUP_SIZE)
        self.padded_size = -(-postings.size // self.group_size) * self.group_size

    def rows(self, columns: Pointers, factors: Vector) -> Rows:
        """Return candidate rows. All terms must be known and their factors positive."""
        if self.count <= 0 or not self.postings.size:
            return np.zeros(0, dtype=np.int32)
        # Upper bound of the float32 error: one rounding per term and two per product.
        self.rounding_factor = 1.0 - 2.0 * FLOAT32_UNIT_ROUNDOFF * (len(columns) + 3)
        scores = _score_buffer(self.padded_size)
        if self.postings.rows.size > MIN_POSTINGS_TO_PRUNE:
            lengths = self.postings.indptr[columns + 1] - self.postings.indptr[columns]
            if lengths.sum() > MIN_POSTINGS_TO_PRUNE:
                return self._score_pruned(scores, columns, factors, lengths)
        return self._score_all(scores, columns, factors)

    def _score_all(self, scores: Weights, columns: Pointers, factors: Vector) -> Rows:
        self._add_lists(scores, columns, factors)
        return select_candidates(scores, self.group_size, self.count, self._threshold)

    def _add_lists(self, scores: Weights, columns: Pointers, factors: Vector) -> None:
        self.postings.add(scores, columns, factors)
        if self.alive is not None:
            scores[: self.postings.size] *= self.alive

    def _threshold(self, kth_score: float, remaining: float = 0.0) -> float:
        """Return the score a row needs to stay, given the k-th score and the maximum it can still gain."""
        return (kth_score * self.rounding_factor - self.margin - remaining) * self.rounding_factor

    def _score_pruned(self, scores: Weights, columns: Pointers, factors: Vector, lengths: Pointers) -> Rows:
        upper_bounds = factors * self.postings.max_weights[columns]
        order = np.argsort(lengths / np.maximum(upper_bounds, SMALLEST_FLOAT32), kind="stable")
        columns, factors, upper_bounds = columns[order], factors[order], upper_bounds[order]
        first_half = np.searchsorted(
            np.cumsum(lengths[order]), READ_FIRST_SHARE * lengths.sum(), side="right"
        )
        read_count = max(1, int(first_half))
        self._add_lists(scores, columns[:read_count], factors[:read_count])
        remaining = np.cumsum(upper_bounds[::-1])[::-1]
        kth_score = _kth_highest(_maxima(scores, self.group_size), self.count)
        stop = max(
            read_count, int(np.count_nonzero(remaining > MAX_SKIPPED_SHARE * (kth_score - self.margin)))
        )
        if stop == len(columns):
            return self._score_all(scores, columns[read_count:], factors[read_count:])
        if stop > read_count:
            self._add_lists(scores, columns[read_count:stop], factors[read_count:stop])
        rows = (scores[: self.postings.size] >= self._threshold(kth_score, remaining[stop])).nonzero()[0]
        if len(rows) > MAX_LOOKUPS:
            return self._score_all(scores, columns[stop:], factors[stop:])
        return self._add_skipped(rows.astype(np.int32), scores[rows], columns[stop:], factors[stop:])

    def _add_skipped(self, rows: Rows, scores: Weights, columns: Pointers, factors: Vector) -> Rows:
        """Look up each row in the skipped lists, dropping rows that can no longer reach the top k."""
        upper_bounds = factors * self.postings.max_weights[columns]
        remaining = np.cumsum(upper_bounds[::-1])[::-1]
        partial_scores = scores.astype(np.float64)
        for position, (column, factor) in enumerate(zip(columns.tolist(), factors.tolist(), strict=True)):
            rows, partial_scores = self._prune(rows, partial_scores, remaining[position])
            partial_scores += factor * self.postings.weights_at(column, rows)
        return self._prune(rows, partial_scores)[0]

    def _prune(self, rows: Rows, partial_scores: Vector, remaining: float = 0.0) -> tuple[Rows, Vector]:
        still_possible = partial_scores >= self._threshold(
            _kth_highest(partial_scores, self.count), remaining
        )
        return rows[still_possible], partial_scores[still_possible]


_buffers = threading.local()


def _score_buffer(size: int) -> Weights:
    """Return a zeroed buffer, reused per thread: allocating it again takes as long as a tenth of the search."""
    buffer: Weights | None = getattr(_buffers, "scores", None)
    if buffer is None or buffer.size != size:
        buffer = _buffers.scores = np.zeros(size, dtype=np.float32)
    else:
        buffer.fill(0.0)
    return buffer


def zeroed_buffer(size: int) -> Vector:
    """Return a zeroed buffer, reused per thread. The caller must reset what it changes to zero."""
    buffer: Vector | None = getattr(_buffers, "zeros", None)
    if buffer is None or buffer.size != size:
        buffer = _buffers.zeros = np.zeros(size)
    return buffer


def _kth_highest(scores: np.ndarray[Any, Any], count: int) -> float:
    """Return the `count`-th highest score, or 0 if there are fewer scores."""
    if scores.size < count:
        return 0.0
    ordered = scores.copy()
    ordered.partition(scores.size - count)
    return float(ordered[scores.size - count])


def _maxima(scores: Weights, group_size: int) -> Weights:
    """Return the maxima of groups of `group_size` scores.

    The members of a group are as far apart as there are groups, so that NumPy computes many maxima per instruction.
    """
    maxima: Weights = np.maximum.reduce(scores.reshape(group_size, -1))
    return maxima


def select_candidates(
    scores: Weights, group_size: int, count: int, threshold_for: Callable[[float], float]
) -> Rows:
    """Return the rows of the `count` highest positive scores, and all others down to `threshold_for(k-th score)`.

    Only the maxima of groups are compared. The k-th highest maximum is at most the k-th highest score, and no
    selected row is in a group whose maximum is below the threshold. The number of scores must be a multiple of
    `group_size`.
    """
    maxima = _maxima(scores, group_size)
    threshold = max(threshold_for(_kth_highest(maxima, count)), SMALLEST_FLOAT32)
    groups = (maxima >= threshold).nonzero()[0]
    rows = (np.arange(0, scores.size, maxima.size)[:, np.newaxis] + groups).ravel()
    candidates: Rows = rows[scores[rows] >= threshold].astype(np.int32)
    return candidates
