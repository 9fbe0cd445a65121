"""Term vectors for the need model, with counts capped so that repeating a word gains little."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from ..analysis.analyzer import Token
from ..storage.string_table import Vocabulary

MAX_REPEATS = 3.0
"""Maximum count of a term within one text."""


def term_weights(tokens: Sequence[Token], parts_weight: float) -> dict[str, float]:
    """Return the count of each term, at most `MAX_REPEATS`; compound parts count `parts_weight` each."""
    weights: dict[str, float] = {}
    for token in tokens:
        weights[token.term] = weights.get(token.term, 0.0) + 1.0
        for part in token.parts:
            weights[part] = weights.get(part, 0.0) + parts_weight
    return {term: min(weight, MAX_REPEATS) for term, weight in weights.items()}


def term_matrix(vocabulary: Vocabulary, texts: Sequence[Mapping[str, float]]) -> Any:
    """Return a sparse matrix, texts by terms, of the terms that are in the vocabulary."""
    rows, columns, values = [], [], []
    for row, weights in enumerate(texts):
        for term, weight in weights.items():
            column = vocabulary.get(term)
            if column is not None:
                rows.append(row)
                columns.append(column)
                values.append(weight)
    shape = (len(texts), len(vocabulary))
    return sparse.csr_array((np.array(values, dtype=np.float64), (rows, columns)), shape)


def sqrt_counts(matrix: Any) -> Any:
    """Return a copy of a sparse matrix with the square root of each count."""
    damped = matrix.copy()
    damped.data = np.sqrt(damped.data)
    return damped
