"""Words of a text that are reasons for each service: those that point strongly to it, and that a reader accepts."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..analysis.analyzer import Token
from ..analysis.reason_words import NEVER, ReasonWords
from ..storage.bounded_dict import BoundedDict
from ..storage.string_table import Vocabulary
from ..storage.types import Vector

Strengths = Mapping[int, tuple[float, float]]
"""By row: how strongly a term points to a service, and how strongly a word has to, relative to others, to be shown."""
MAX_MATCHED_WORDS = 4
CACHE_SIZE = 1_000


class TermStrengths:
    """How strongly each term points to each service, by the centroids of a need model (CSC, services by terms).

    `minima` is how strongly a term has to point to a service to be a reason for it, relative to the service that it
    points to most strongly, in the order of the centroids' values. By default every term is a reason.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        services: Sequence[str],
        idf: Vector,
        centroids: Any,
        minima: Vector | None = None,
    ) -> None:
        self.services = services
        self._vocabulary = vocabulary
        self._idf = idf
        self._centroids = centroids
        self.minima: Vector = np.zeros(len(centroids.data)) if minima is None else minima
        self._cache: BoundedDict[str, Strengths] = BoundedDict(CACHE_SIZE)

    def set_minima(self, minima: Mapping[str, Mapping[str, float]]) -> None:
        """Set the minimum strengths by term and service; other terms are never a reason."""
        terms, self.minima = self._vocabulary.strings, np.full(len(self._centroids.data), NEVER)
        for column, (start, end) in enumerate(pairwise(self._centroids.indptr.tolist())):
            if by_service := minima.get(terms[column]):
                rows = self._centroids.indices[start:end].tolist()
                self.minima[start:end] = [by_service.get(self.services[row], NEVER) for row in rows]
        self._cache.clear()

    def of(self, term: str) -> Strengths:
        """Return the strengths of a term by row, without those less than half the strongest."""
        strengths = self._cache.get(term)
        if strengths is not None:
            return strengths
        column = self._vocabulary.get(term)
        if column is None:
            return {}  # not cached: most terms of a large directory are unknown to the model
        strengths = self._cache[term] = self._compute(column)
        return strengths

    def _compute(self, column: int) -> Strengths:
        start, end = self._centroids.indptr[column : column + 2].tolist()
        strengths = (self._centroids.data[start:end] * self._idf[column]).tolist()
        strongest = max(strengths)
        rows, minima = self._centroids.indices[start:end].tolist(), self.minima[start:end].tolist()
        return {
            row: (value, minimum)
            for row, value, minimum in zip(rows, strengths, minima, strict=True)
            if value * 2 >= strongest
        }

    def is_reason(self, term: str) -> bool:
        """Return True if a term may be a reason for some service."""
        column = self._vocabulary.get(term)
        if column is None:
            return False
        start, end = self._centroids.indptr[column : column + 2].tolist()
        return bool((self.minima[start:end] < NEVER).any())


class ServiceWords:
    """Finds the words of a text to show for each service.

    Words that a reader would not accept as a reason are omitted, and so are words that point more strongly to other
    services. `parts_weight` is the weight of a compound's part relative to the whole word.
    """

    def __init__(self, strengths: TermStrengths, reasons: ReasonWords | None, parts_weight: float) -> None:
        self.strengths = strengths
        self._reasons = reasons or ReasonWords()
        self._parts_weight = parts_weight

    def by_service(self, tokens: Iterable[Token]) -> dict[str, tuple[str, ...]]:
        """Return the words of a text for each service, strongest first."""
        strengths: dict[int, dict[str, float]] = {}
        for token in tokens:
            surface = token.surface
            for row, value in self._strengths(token).items():
                words = strengths.setdefault(row, {})
                words[surface] = max(value, words.get(surface, 0.0))
        services = self.strengths.services
        return {services[row]: _strongest(words) for row, words in strengths.items()}

    def explains(self, term: str) -> bool:
        """Return True if a term may be a reason for some service."""
        return self.strengths.is_reason(term)

    def _strengths(self, token: Token) -> dict[int, float]:
        if self._reasons.is_general(token.surface) or token.term in self._reasons.general:
            return {}
        total: dict[int, float] = {}
        minima: dict[int, float] = {}
        for term, weight in ((token.term, 1.0), *((part, self._parts_weight) for part in token.parts)):
            for row, (value, minimum) in self.strengths.of(term).items():
                total[row] = total.get(row, 0.0) + weight * value
                minima[row] = min(minimum, minima.get(row, NEVER))
        strongest = max(total.values(), default=0.0)
        return {row: value for row, value in total.items() if value >= minima[row] * strongest}


def _strongest(strengths: Mapping[str, float]) -> tuple[str, ...]:
    ranked = sorted((word for word in strengths if strengths[word] > 0), key=lambda word: -strengths[word])
    return tuple(word for word in ranked[:MAX_MATCHED_WORDS] if strengths[word] >= strengths[ranked[0]] / 3)
