"""Texts as vectors over a vocabulary, for the model of needs: counts that repeating a word can hardly raise."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from marketplace.matching.analysis.analyzer import Token
from marketplace.matching.storage.string_table import Vocabulary

MOST_REPEATS = 3.0
"""How often a word counts within one text, so that repeating it gains nothing."""


def weights_of(tokens: Sequence[Token], parts_weight: float) -> dict[str, float]:
    """Return how often each term comes in a text, at most `MOST_REPEATS` times; a compound's parts count less."""
    weights: dict[str, float] = {}
    for token in tokens:
        weights[token.term] = weights.get(token.term, 0.0) + 1.0
        for part in token.parts:
            weights[part] = weights.get(part, 0.0) + parts_weight
    return {term: min(weight, MOST_REPEATS) for term, weight in weights.items()}


def matrix_of(vocabulary: Vocabulary, texts: Sequence[Mapping[str, float]]) -> Any:
    """Return texts by terms; what is no term of the vocabulary is left out."""
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


def dampened(matrix: Any) -> Any:
    """Return the square roots of counts, so that repeating a word gains little."""
    damped = matrix.copy()
    damped.data = np.sqrt(damped.data)
    return damped
