"""Term vectors for the need model, with counts capped so that repeating a word gains little."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from ..analysis.analyzer import Token
from ..storage.hash_table import NOT_FOUND
from ..storage.string_table import Vocabulary
from ..storage.types import Vector

MAX_REPEATS = 3.0
"""Maximum count of a term within one text."""


def term_weights(tokens: Sequence[Token], parts_weight: float) -> dict[str, float]:
    """Return the count of each term, at most `MAX_REPEATS`; compound parts count `parts_weight` each."""
    weights: dict[str, float] = {}
    for token in tokens:
        weights[token.term] = weights.get(token.term, 0.0) + 1.0
        for part in token.parts:
            weights[part] = weights.get(part, 0.0) + parts_weight
    for term, weight in weights.items():
        if weight > MAX_REPEATS:
            weights[term] = MAX_REPEATS
    return weights


def term_matrix(vocabulary: Vocabulary, texts: Sequence[Mapping[str, float]]) -> Any:
    """Return a sparse matrix, texts by terms, of the terms that are in the vocabulary."""
    columns = vocabulary.indices([term for weights in texts for term in weights])
    values = np.fromiter((value for weights in texts for value in weights.values()), dtype=np.float64)
    ends = np.cumsum([0, *map(len, texts)])
    is_known = columns != NOT_FOUND
    pointers = np.concatenate([[0], np.cumsum(is_known)])[ends]
    matrix = sparse.csr_array((values[is_known], columns[is_known], pointers), (len(texts), len(vocabulary)))
    matrix.sort_indices()
    return matrix


def tfidf_vectors(damped_counts: Any, idf: Vector) -> Any:
    """Multiply damped counts by idf in place, and scale the rows to length 1.

    The same as scikit-learn's `TfidfTransformer`, which takes a millisecond to check its input.
    """
    vectors = damped_counts
    vectors.data *= idf[vectors.indices]
    rows = np.repeat(np.arange(vectors.shape[0]), np.diff(vectors.indptr))
    lengths = np.sqrt(np.bincount(rows, weights=vectors.data**2, minlength=vectors.shape[0]))
    vectors.data /= lengths[rows]
    return vectors


def sqrt_counts(matrix: Any) -> Any:
    """Return a copy of a sparse matrix with the square root of each count."""
    damped = matrix.copy()
    damped.data = np.sqrt(damped.data)
    return damped


def log_counts(matrix: Any) -> Any:
    """Return a copy of a sparse matrix of counts with one plus the logarithm of each."""
    damped = matrix.copy()
    damped.data = 1.0 + np.log(damped.data)
    return damped
