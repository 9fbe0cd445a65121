"""Checks and helpers for the arrays of posting lists and of queries on them."""

from typing import Any

import numpy as np

from .types import FloatSequence, IntSequence, Pointers, Vector, Weights

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
    if query_weights.size and not -MAX_FLOAT32 <= query_weights.min() <= query_weights.max() <= MAX_FLOAT32:
        message = "A query's weights must be finite."
        raise InvalidPostingsError(message)
    return query_columns, query_weights


def read_only(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Protect an array against writes and return it."""
    array.flags.writeable = False
    return array


def max_weights_of(indptr: Pointers, weights: Weights) -> Weights:
    """Return the highest weight in each posting list, 0 for an empty one."""
    maxima, is_nonempty = np.zeros(len(indptr) - 1, dtype=np.float32), np.diff(indptr) > 0
    if is_nonempty.any():
        maxima[is_nonempty] = np.maximum.reduceat(weights, indptr[:-1][is_nonempty])
    return maxima
