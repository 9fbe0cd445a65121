"""Words of a text that are reasons for each service: those that point strongly to it, and that a reader accepts."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from ..analysis.analyzer import Token
from ..analysis.reason_words import NEVER, ReasonWords
from ..storage.bounded_dict import BoundedDict
from ..storage.string_table import Vocabulary
from ..storage.types import IntSequence, Vector

MAX_MATCHED_WORDS = 4
CACHE_SIZE = 4_000
"""How many terms, and how many words, are cached: more than occur in two result pages."""


class Strengths(NamedTuple):
    """The services that a term points to (`rows`), how strongly, and from which relative strength it is a reason."""

    rows: IntSequence
    values: Vector
    minima: Vector


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
        self._explained: BoundedDict[str, frozenset[int]] = BoundedDict(CACHE_SIZE)

    def set_minima(self, minima: Mapping[str, Mapping[str, float]]) -> None:
        """Set the minimum strengths by term and service; other terms are never a reason."""
        terms, self.minima = self._vocabulary.strings, np.full(len(self._centroids.data), NEVER)
        for column, (start, end) in enumerate(pairwise(self._centroids.indptr.tolist())):
            if by_service := minima.get(terms[column]):
                rows = self._centroids.indices[start:end].tolist()
                self.minima[start:end] = [by_service.get(self.services[row], NEVER) for row in rows]
        self._cache.clear()
        self._explained.clear()

    def of(self, term: str) -> Strengths | None:
        """Return the strengths of a term, without those less than half the strongest; None for an unknown term."""
        strengths = self._cache.get(term)
        if strengths is not None:
            return strengths
        column = self._vocabulary.get(term)
        if column is None:
            return None  # not cached: most terms of a large directory are unknown to the model
        strengths = self._cache[term] = self._compute(column)
        return strengths

    def _compute(self, column: int) -> Strengths:
        start, end = self._centroids.indptr[column : column + 2].tolist()
        values = self._centroids.data[start:end] * self._idf[column]
        is_strong = values * 2 >= values.max()
        rows, minima = self._centroids.indices[start:end], self.minima[start:end]
        return Strengths(rows[is_strong], values[is_strong], minima[is_strong])

    def reasons(self, row: int) -> frozenset[str]:
        """Return the terms that may be a reason for a service."""
        columns = np.repeat(np.arange(len(self._vocabulary)), np.diff(self._centroids.indptr))
        is_reason = (self._centroids.indices == row) & (self.minima < NEVER)
        return frozenset(self._vocabulary.strings[column] for column in columns[is_reason].tolist())

    def explained_by(self, term: str) -> frozenset[int]:
        """Return the rows of the services that a term is a reason for."""
        rows = self._explained.get(term)
        if rows is None:
            strengths = self.of(term)
            if strengths is None:
                return frozenset()
            is_reason = strengths.values >= strengths.minima * strengths.values.max()
            rows = self._explained[term] = frozenset(strengths.rows[is_reason].tolist())
        return rows


class ServiceWords:
    """Finds the words of a text to show for each service.

    Words that a reader would not accept as a reason are omitted, and so are words that point more strongly to other
    services. `parts_weight` is the weight of a compound's part relative to the whole word.
    """

    def __init__(self, strengths: TermStrengths, reasons: ReasonWords | None, parts_weight: float) -> None:
        self.strengths = strengths
        self._reasons = reasons or ReasonWords()
        self._parts_weight = parts_weight
        self._cache: BoundedDict[Token, Mapping[int, float]] = BoundedDict(CACHE_SIZE)
        self._terms_of_service: dict[int, frozenset[str]] = {}

    def of(self, tokens: Iterable[Token]) -> "TextWords":
        """Return the words of a text by service."""
        return TextWords(self, tuple(dict.fromkeys(tokens)))

    def reasons(self, row: int) -> frozenset[str]:
        """Return the terms that may be a reason for a service."""
        reasons = self._terms_of_service.get(row)
        if reasons is None:
            reasons = self._terms_of_service[row] = self.strengths.reasons(row)
        return reasons

    def of_word(self, word: Token) -> Mapping[int, float]:
        """Return how strongly a word points to each service that it explains, by row."""
        strengths = self._cache.get(word)
        if strengths is None:
            strengths = self._cache[word] = self._compute(*word)
        return strengths

    def _compute(self, surface: str, term: str, parts: tuple[str, ...]) -> Mapping[int, float]:
        if self._reasons.is_general(surface) or term in self._reasons.general:
            return {}
        total = np.zeros(len(self.strengths.services))
        minima = np.full_like(total, NEVER)
        for one, weight in ((term, 1.0), *((part, self._parts_weight) for part in parts)):
            if strengths := self.strengths.of(one):
                total[strengths.rows] += weight * strengths.values
                minima[strengths.rows] = np.minimum(minima[strengths.rows], strengths.minima)
        explained = np.flatnonzero((total > 0) & (total >= minima * total.max(initial=0.0)))
        return dict(zip(explained.tolist(), total[explained].tolist(), strict=True))


class TextWords:
    """The words of one text to show for each service, strongest first. Computed for the services asked for."""

    def __init__(self, service_words: ServiceWords, tokens: Sequence[Token]) -> None:
        self._service_words = service_words
        self._tokens = tokens
        self._words: dict[str, tuple[str, ...]] = {}

    def of(self, service: str) -> tuple[str, ...]:
        """Return the words to show for a service."""
        if service not in self._words:
            self._words[service] = self._find(self._service_words.strengths.services.index(service))
        return self._words[service]

    def _find(self, row: int) -> tuple[str, ...]:
        best: dict[str, float] = {}
        reasons = self._service_words.reasons(row)
        for token in self._tokens:
            if token.term in reasons or not reasons.isdisjoint(token.parts):
                strength = self._service_words.of_word(token).get(row, 0.0)
                best[token.surface] = max(strength, best.get(token.surface, 0.0))
        best = {surface: strength for surface, strength in best.items() if strength}
        ranked = sorted(best, key=lambda word: -best[word])
        return tuple(word for word in ranked[:MAX_MATCHED_WORDS] if best[word] >= best[ranked[0]] / 3)
