"""Selection of the highest scores, without sorting all of them.

Only the maxima of groups of scores are compared; NumPy computes many of them per instruction.
"""

import math
import threading
from typing import Any

import numpy as np

from .types import Rows, Weights

FLOAT32_UNIT_ROUNDOFF = 2.0**-24
SMALLEST_FLOAT32 = float(np.finfo(np.float32).smallest_subnormal)

_buffers = threading.local()


def score_buffer(size: int) -> Weights:
    """Return a zeroed buffer, reused per thread: allocating it again takes as long as a tenth of the search."""
    buffer: Weights | None = getattr(_buffers, "scores", None)
    if buffer is None or buffer.size != size:
        buffer = _buffers.scores = np.zeros(size, dtype=np.float32)
    else:
        buffer.fill(0.0)
    return buffer


def group_size(size: int, count: int) -> int:
    """Return how many scores form a group when the `count` highest of `size` scores are wanted.

    With larger groups there are fewer maxima to compare, but more scores in the selected groups.
    """
    return max(1, math.isqrt(size // count))


def threshold_below(kth_score: float, margin: float, term_count: int) -> float:
    """Return the float32 score that a row needs if its exact score is at most `margin` below the k-th highest.

    A float32 score differs from the exact one by at most one rounding per term and two per product.
    """
    factor = 1.0 - 2.0 * FLOAT32_UNIT_ROUNDOFF * (term_count + 3)
    return max((kth_score * factor - margin) * factor, SMALLEST_FLOAT32)


def kth_highest(scores: np.ndarray[Any, Any], count: int) -> float:
    """Return the `count`-th highest score, or 0 if there are fewer scores."""
    if scores.size < count:
        return 0.0
    ordered = scores.copy()
    ordered.partition(scores.size - count)
    return float(ordered[scores.size - count])


def select_rows(scores: Weights, size: int, count: int, margin: float, term_count: int) -> Rows:
    """Return the rows, ascending, that have the `count` highest positive scores or may be at most `margin` below.

    The k-th highest group maximum is at most the k-th highest score, and no selected row is in a group whose maximum
    is below the threshold. The number of scores must be a multiple of the group size `size`. The members of a group
    are as far apart as there are groups.
    """
    groups = scores.reshape(size, -1)
    maxima = np.maximum.reduce(groups)
    threshold = threshold_below(kth_highest(maxima, count), margin, term_count)
    selected = (maxima >= threshold).nonzero()[0]
    members, positions = (groups.take(selected, axis=1) >= threshold).nonzero()
    rows: Rows = (members * maxima.size + selected[positions]).astype(np.int32)
    return rows
