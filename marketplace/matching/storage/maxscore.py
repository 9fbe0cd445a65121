"""The rows of the highest scores, found without reading all that a query's lists hold.

Long lists of common words cost most of the reading and give the fewest points. So the lists that give most for what
they cost are read first. When what the others could give at most, all together, is little beside the scores that
are already reached, then they are not read: only the rows that could still get there are looked up in them.

This is MaxScore, list by list: H. Turtle and J. Flood, "Query evaluation: strategies and optimizations", Information
Processing & Management 31 (1995). Document by document, as it is mostly told, it is slow without a compiler.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from marketplace.matching.storage.postings import Numbers, Pointers, Postings, Rows, Truths, Weights

WORTH_SKIPPING = 2_000_000
"""From how many postings on reading them all costs more than thinking about it."""
READ_FIRST = 0.5
"""The share of all postings that is read before it is decided which to skip."""
LEFT_OUT = 0.2
"""What skipped lists may give together, as a share of the score of the last row that is wanted."""
MOST_LOOKED_UP = 20_000
"""When more rows than these could still get there, then the lists are read after all."""
MOST_PARTS = 256
MAXIMA_A_ROW = 32
"""How many maxima are compared for each row that is wanted: fewer would let too many rows through."""
ROUNDING = 2.0**-24
LEAST = float(np.finfo(np.float32).smallest_subnormal)


class Highest:
    """One search for the rows that can be among the `count` highest, or at most `margin` below the last of them.

    Rows that hold none of the terms, or that are not `alive`, are not among them. Some that are found may turn out
    not to be among the highest, because scores are in float32 here: the exact ones decide.
    """

    def __init__(
        self, postings: "Postings", count: int, margin: float = 0.0, alive: "Truths | None" = None
    ) -> None:
        self.postings = postings
        self.count = count
        self.margin = margin
        self.alive = alive
        self.parts = min(max(postings.size // (MAXIMA_A_ROW * max(count, 1)), 1), MOST_PARTS)
        self.size = -(-postings.size // self.parts) * self.parts

    def rows(self, columns: "Pointers", factors: "Numbers") -> "Rows":
        """Return the rows that can be among the highest; the terms are known and their factors above 0."""
        if self.count <= 0 or not self.postings.size:
            return np.zeros(0, dtype=np.int32)
        # What float32 can have taken from a score at most: a rounding for each term, and two for each product.
        self.trust = 1.0 - 2.0 * ROUNDING * (len(columns) + 3)
        scores = _scratch(self.size)
        if self.postings.rows.size > WORTH_SKIPPING:
            lengths = self.postings.indptr[columns + 1] - self.postings.indptr[columns]
            if lengths.sum() > WORTH_SKIPPING:
                return self._skip(scores, columns, factors, lengths)
        return self._read(scores, columns, factors)

    def _read(self, scores: "Weights", columns: "Pointers", factors: "Numbers") -> "Rows":
        self._add(scores, columns, factors)
        return near_the_top(scores, self.parts, self.count, self._cut)

    def _add(self, scores: "Weights", columns: "Pointers", factors: "Numbers") -> None:
        self.postings.add(scores, columns, factors)
        if self.alive is not None:
            scores[: self.postings.size] *= self.alive

    def _cut(self, last: float, missing: float = 0.0) -> float:
        """Return what a row needs to get there, when the last one has `last` and others may be `missing` so much."""
        return (last * self.trust - self.margin - missing) * self.trust

    def _skip(
        self, scores: "Weights", columns: "Pointers", factors: "Numbers", lengths: "Pointers"
    ) -> "Rows":
        gives = factors * self.postings.most[columns]
        order = np.argsort(lengths / np.maximum(gives, LEAST), kind="stable")
        columns, factors, gives = columns[order], factors[order], gives[order]
        until_half = np.searchsorted(np.cumsum(lengths[order]), READ_FIRST * lengths.sum(), side="right")
        read = max(1, int(until_half))
        self._add(scores, columns[:read], factors[:read])
        missing = np.cumsum(gives[::-1])[::-1]
        last = _last_of(_maxima(scores, self.parts), self.count)
        until = max(read, int(np.count_nonzero(missing > LEFT_OUT * (last - self.margin))))
        if until == len(columns):
            return self._read(scores, columns[read:], factors[read:])
        if until > read:
            self._add(scores, columns[read:until], factors[read:until])
        rows = (scores[: self.postings.size] >= self._cut(last, missing[until])).nonzero()[0]
        if len(rows) > MOST_LOOKED_UP:
            return self._read(scores, columns[until:], factors[until:])
        return self._look_up(rows.astype(np.int32), scores[rows], columns[until:], factors[until:])

    def _look_up(self, rows: "Rows", scores: "Weights", columns: "Pointers", factors: "Numbers") -> "Rows":
        """Give each row what it has in lists that were skipped, and drop it when it can no longer get there."""
        gives = factors * self.postings.most[columns]
        missing = np.cumsum(gives[::-1])[::-1]
        reached = scores.astype(np.float64)
        for at, (column, factor) in enumerate(zip(columns.tolist(), factors.tolist(), strict=True)):
            rows, reached = self._kept(rows, reached, missing[at])
            reached += factor * self.postings.weights_at(column, rows)
        return self._kept(rows, reached)[0]

    def _kept(self, rows: "Rows", reached: "Numbers", missing: float = 0.0) -> "tuple[Rows, Numbers]":
        kept = reached >= self._cut(_last_of(reached, self.count), missing)
        return rows[kept], reached[kept]


_kept = threading.local()


def _scratch(size: int) -> "Weights":
    """Return zeros that stay with the thread: to ask the system for the memory anew takes as long as a tenth of it."""
    array: Weights | None = getattr(_kept, "array", None)
    if array is None or array.size != size:
        array = _kept.array = np.zeros(size, dtype=np.float32)
    else:
        array.fill(0.0)
    return array


def left_empty(size: int) -> "Numbers":
    """Return zeros that stay with the thread; who fills some leaves them empty again."""
    array: Numbers | None = getattr(_kept, "empty", None)
    if array is None or array.size != size:
        array = _kept.empty = np.zeros(size)
    return array


def _last_of(scores: np.ndarray[Any, Any], count: int) -> float:
    """Return the `count`-th highest, or 0 when there are fewer."""
    if scores.size < count:
        return 0.0
    ordered = scores.copy()
    ordered.partition(scores.size - count)
    return float(ordered[scores.size - count])


def _maxima(scores: "Weights", parts: int) -> "Weights":
    """Return the maxima of groups of `parts` scores, each score in one of them: as far apart as there are groups.

    A group is no neighbourhood: one read in reading order takes the maximum of many at once.
    """
    highest: Weights = np.maximum.reduce(scores.reshape(parts, -1))
    return highest


def near_the_top(scores: "Weights", parts: int, count: int, cut_below: Callable[[float], float]) -> "Rows":
    """Return the rows of the `count` highest scores above 0, and more: all down to `cut_below` the last of them.

    Only the highest of every few hundred scores are compared. The last of those is at most the last of all; no row
    that counts stands in a group whose maximum is below the cut. There are `parts` scores in each group, and as many
    scores as fill the groups: one that is not full would have to be looked at by itself.
    """
    maxima = _maxima(scores, parts)
    cut = max(cut_below(_last_of(maxima, count)), LEAST)
    groups = (maxima >= cut).nonzero()[0]
    rows = (np.arange(0, scores.size, maxima.size)[:, np.newaxis] + groups).ravel()
    found: Rows = rows[scores[rows] >= cut].astype(np.int32)
    return found
