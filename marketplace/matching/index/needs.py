"""From people's own words to services: a linear model with one TF-IDF vector per service.

All phrases of a service, and profiles of suppliers that have ticked few others, make one long text per service.
Its terms are weighted with the logarithm of their count and scikit-learn's smoothed idf over services, and scaled
to length 1 (a centroid classifier; C. Manning, P. Raghavan and H. Schütze, "Introduction to Information Retrieval",
chapters 6 and 14). A text's cosine with each service becomes a probability by softmax.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer

from marketplace.matching.analysis import Analyzer, Token
from marketplace.matching.glossary import Glossary
from marketplace.matching.index.fuzzy import FuzzyTerms
from marketplace.matching.records import to_plain

Vector = np.ndarray[Any, np.dtype[np.float64]]
Truths = np.ndarray[Any, np.dtype[np.bool_]]
MOST_TICKS = 3
MOST_PROFILES = 20
MATCHED_WORDS = 4
TYPING_ERROR = 0.5
"""How alike (0 to 1) an unknown word must be to a known one to be read as it."""
CALIBRATION = (-5.6, 15.4, 4.0)
"""Logistic regression on 63 texts with known services: intercept, weight of the cosine, and of the cosine
relative to the likeliest service's. Of what it calls 80 to 100 % likely, nine of ten were right."""


@dataclass(frozen=True, slots=True)
class NeedSuggestion:
    """A service that a text seems to ask for, how likely (0 to 1), and the words that say so."""

    service: str
    probability: float
    words: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the suggestion as JSON values."""
        return to_plain(self)


class NeedModel:
    """Says which services a text speaks of. `profiles` are suppliers' texts with the services they ticked."""

    def __init__(
        self,
        glossary: Glossary,
        analyzer: Analyzer,
        parts_weight: float,
        profiles: Iterable[tuple[Sequence[Token], Sequence[str]]] = (),
    ) -> None:
        self.services = glossary.services
        self.parts_weight = parts_weight
        self._row = {code: row for row, code in enumerate(self.services)}
        counts: list[Counter[str]] = [Counter() for _ in self.services]
        for phrase in glossary.phrases:
            self._add(counts, analyzer.tokens(phrase.text, phrase.lang), phrase.services)
        seen: Counter[str] = Counter()
        for tokens, services in profiles:
            wanted = [code for code in services if code in self._row and seen[code] < MOST_PROFILES]
            if wanted and len(services) <= MOST_TICKS:
                seen.update(wanted)
                self._add(counts, tokens, wanted)
        terms = sorted({term for count in counts for term in count})
        self._column = {term: column for column, term in enumerate(terms)}
        raw = self._matrix(counts)
        self._weighting = TfidfTransformer().fit(raw)
        self._centroids = sparse.csc_array(self._weighting.transform(_dampen(raw)))
        self._speaks = self._centroids.toarray() * self._weighting.idf_
        self._loudest = self._speaks.max(axis=0)
        self._fillers = glossary.analyzer.stop_words.fillers
        self._terms = terms
        self._fuzzy = FuzzyTerms(terms, 1, TYPING_ERROR)

    def _add(self, counts: list[Counter[str]], tokens: Sequence[Token], services: Sequence[str]) -> None:
        for code in services:
            count = counts[self._row[code]]
            for term, weight in self._weights(tokens).items():
                count[term] += weight  # type: ignore[assignment] # because a part counts as a share of a word

    def _weights(self, tokens: Sequence[Token]) -> dict[str, float]:
        weights: dict[str, float] = {}
        for token in tokens:
            weights[token.term] = weights.get(token.term, 0.0) + 1.0
            for part in token.parts:
                weights[part] = weights.get(part, 0.0) + self.parts_weight
        return weights

    def _matrix(self, texts: Sequence[Mapping[str, float]]) -> Any:
        rows, columns, values = [], [], []
        for row, weights in enumerate(texts):
            for term, weight in weights.items():
                column = self._column.get(term)
                if column is not None:
                    rows.append(row)
                    columns.append(column)
                    values.append(weight)
        return sparse.csr_array(
            (np.array(values, dtype=np.float64), (rows, columns)), (len(texts), len(self._column))
        )

    def _vectors(self, texts: Sequence[Sequence[tuple[Sequence[Token], float]]]) -> Any:
        weighted = []
        for text in texts:
            total: dict[str, float] = {}
            for tokens, weight in text:
                for term, value in self._weights(tokens).items():
                    total[term] = total.get(term, 0.0) + weight * value
            weighted.append(total)
        return self._weighting.transform(_dampen(self._matrix(weighted)))

    def probabilities(
        self, texts: Sequence[Sequence[tuple[Sequence[Token], float]]], sharpness: float
    ) -> Vector:
        """Return texts by services: how likely each service is what a text speaks of. Rows add up to 1.

        A text is a list of tokens with a weight. One that shares no word with any service gives an even row.
        """
        cosines = np.asarray((self._vectors(texts) @ self._centroids.T).toarray())
        powers = np.exp((cosines - cosines.max(axis=1, keepdims=True)) * sharpness)
        result: Vector = powers / powers.sum(axis=1, keepdims=True)
        return result

    def says_something(self, probabilities: Vector) -> Truths:
        """Return, per row of probabilities, whether any service stands out from an even chance."""
        return np.asarray(probabilities.max(axis=1) >= 2.0 / len(self.services))

    def words_for(self, tokens: Sequence[Token], service: str) -> tuple[str, ...]:
        """Return the words of a text that speak most for a service, strongest first.

        A word that speaks more than twice as loud for another service, or is filler, is left out.
        """
        row = self._row[service]
        values: dict[str, float] = {}
        for token in tokens:
            if token.surface.lower() in self._fillers:
                continue
            value = 0.0
            for term, share in ((token.term, 1.0), *((part, self.parts_weight) for part in token.parts)):
                column = self._column.get(term)
                if column is not None and self._speaks[row, column] * 2 >= self._loudest[column]:
                    value += share * float(self._speaks[row, column])
            if value > 0:
                values[token.surface] = max(value, values.get(token.surface, 0.0))
        ranked = sorted(values, key=lambda word: -values[word])
        return tuple(word for word in ranked[:MATCHED_WORDS] if values[word] >= values[ranked[0]] / 3)

    def suggest(self, texts: Sequence[tuple[Sequence[Token], float]], limit: int) -> list[NeedSuggestion]:
        """Return the likeliest services, with the words behind each; none for a text that says nothing."""
        tokens = [token for part, _ in texts for token in part]
        known = [([self._nearest(token) for token in part], weight) for part, weight in texts]
        cosines = np.asarray((self._vectors([known]) @ self._centroids.T).toarray())[0]
        top = float(cosines.max())
        if top <= 0:
            return []
        best = [int(i) for i in np.argsort(-cosines, kind="stable")[:limit]]
        intercept, slope, relative = CALIBRATION
        return [
            NeedSuggestion(
                self.services[i],
                1.0 / (1.0 + math.exp(-(intercept + slope * cosines[i] + relative * cosines[i] / top))),
                self.words_for(tokens, self.services[i]),
            )
            for i in best
            if cosines[i] > 0
        ]

    def _nearest(self, token: Token) -> Token:
        """Return a token that the model knows: itself, or the term that is spelled most like it."""
        if token.term in self._column or any(part in self._column for part in token.parts):
            return token
        alike = self._fuzzy.alike(token.term)
        return replace(token, term=self._terms[alike[0][0]]) if alike else token


def _dampen(matrix: Any) -> Any:
    """Return counts with the logarithm of what is over 1, so that repeating a word gains little."""
    damped = matrix.copy()
    over = damped.data >= 1.0
    damped.data[over] = 1.0 + np.log(damped.data[over])
    return damped
