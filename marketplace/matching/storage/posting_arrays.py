"""Checks and helpers for the arrays of posting lists and of queries on them."""

import math
from typing import Any

import numpy as np

from .types import FloatSequence, IntSequence, Pointers, Vector

MAX_FLOAT32 = float(np.finfo(np.float32).max)


class InvalidPostingsError(ValueError):
    """A matrix that cannot be stored as postings, or an invalid query."""


def validate_query(columns: IntSequence, weights: FloatSequence) -> tuple[Pointers, Vector]:
    """Return a query as arrays. Raises InvalidPostingsError unless each term has one finite weight."""
    query_columns, query_weights = (
        np.asarray(columns, dtype=np.int64),
        np.asarray(weights, dtype=np.float64),
    )
    if query_columns.ndim != 1 or query_columns.shape != query_weights.shape:
        message = "A query needs one weight per term."
        raise InvalidPostingsError(message)
    # The norm is at least the largest absolute value; False for NaN. Faster than NumPy's minimum and maximum.
    if not math.hypot(*query_weights.tolist()) <= MAX_FLOAT32:
        message = "A query's weights must be finite."
        raise InvalidPostingsError(message)
    return query_columns, query_weights


def read_only(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Protect an array against writes and return it."""
    array.flags.writeable = False
    return array
