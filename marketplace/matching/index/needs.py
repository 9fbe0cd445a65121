"""From people's own words to services: a linear model with one TF-IDF vector per service.

All phrases of a service, and profiles of suppliers that have ticked few others, make one long text per service.
Its terms are weighted with the square root of their count and scikit-learn's smoothed idf over services, and scaled
to length 1 (a centroid classifier; C. Manning, P. Raghavan and H. Schütze, "Introduction to Information Retrieval",
chapters 6 and 14). A text's cosines with the services, raised to a power, say what it is about; for people they
become probabilities by logistic regression (`CALIBRATION`).
"""

from collections import Counter, defaultdict
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
Counts = defaultdict[str, float]
Text = Sequence[tuple[Sequence[Token], float]]
"""Tokens, each part of the text with the weight of one of its words."""
MOST_TICKS = 3
MOST_PROFILES = 20
MOST_REPEATS = 3.0
"""How often a word counts within one text, so that repeating it gains nothing."""
MATCHED_WORDS = 4
TOGETHER = 0.1
"""What a need says of the services that the taxonomy names as related to it, beside 1 for the service itself."""
LEAST_ALIKE = 0.04
"""Cosine with the nearest service under which a text speaks of none."""
TYPING_ERROR = 0.5
"""How alike (0 to 1) an unknown word must be to a known one to be read as it."""
CALIBRATION = (-7.0, 22.6, 4.3)
"""Logistic regression on 216 texts with known services: intercept, weight of the cosine, and of the cosine
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
        counts: list[Counts] = [defaultdict(float) for _ in self.services]
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
        self.together = self._neighbours(glossary.related)
        self._speaks = self._centroids.toarray() * self._weighting.idf_
        self._loudest = self._speaks.max(axis=0)
        self._fillers = glossary.analyzer.stop_words.fillers
        self._terms = terms
        self._fuzzy = FuzzyTerms(terms, 1, TYPING_ERROR)

    def _add(self, counts: list[Counts], tokens: Sequence[Token], services: Sequence[str]) -> None:
        for code in services:
            count = counts[self._row[code]]
            for term, weight in self._weights(tokens).items():
                count[term] += weight

    def _weights(self, tokens: Sequence[Token]) -> dict[str, float]:
        weights: dict[str, float] = {}
        for token in tokens:
            weights[token.term] = weights.get(token.term, 0.0) + 1.0
            for part in token.parts:
                weights[part] = weights.get(part, 0.0) + self.parts_weight
        return {term: min(weight, MOST_REPEATS) for term, weight in weights.items()}

    def _neighbours(self, related: Mapping[str, Sequence[str]]) -> Vector:
        """Return services by services: 1 for itself, `TOGETHER` where either names the other as related."""
        together = np.eye(len(self.services))
        for code, others in related.items():
            for other in others:
                if code in self._row and other in self._row:
                    one, two = self._row[code], self._row[other]
                    together[one, two] = together[two, one] = TOGETHER
        return together

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

    def _vectors(self, texts: Sequence[Text]) -> Any:
        weighted = []
        for text in texts:
            total: dict[str, float] = {}
            for tokens, weight in text:
                for term, value in self._weights(tokens).items():
                    total[term] = total.get(term, 0.0) + weight * value
            weighted.append(total)
        return self._weighting.transform(_dampen(self._matrix(weighted)))

    def cosines(self, texts: Sequence[Text]) -> Vector:
        """Return texts by services: how alike the words are, 0 to 1."""
        alike: Vector = np.asarray((self._vectors(texts) @ self._centroids.T).toarray())
        return alike

    def leanings(self, texts: Sequence[Text], sharpness: float) -> Vector:
        """Return texts by services: what each text is about, as cosines to the power of `sharpness`.

        A text that speaks of no service gives zeros. Rows are not normalised.
        """
        cosines = self.cosines(texts)
        cosines[cosines.max(axis=1) < LEAST_ALIKE] = 0.0
        leanings: Vector = cosines**sharpness
        return leanings

    def asked(self, text: Text, sharpness: float) -> Vector:
        """Return one row: what a brief's words ask for, with a little for services related to those."""
        known = [([self._nearest(token) for token in part], weight) for part, weight in text]
        asked: Vector = self.leanings([known], sharpness) @ self.together
        return asked

    @staticmethod
    def _probabilities(cosines: Vector) -> Vector:
        intercept, slope, relative = CALIBRATION
        top = cosines.max(axis=1, keepdims=True)
        probable: Vector = 1.0 / (
            1.0 + np.exp(-(intercept + slope * cosines + relative * cosines / np.where(top > 0, top, 1.0)))
        )
        return np.where(top >= LEAST_ALIKE, probable, 0.0)

    def probabilities(self, texts: Sequence[Text]) -> Vector:
        """Return texts by services: how likely it is that a text speaks of each, 0 to 1."""
        return self._probabilities(self.cosines(texts))

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

    def suggest(self, text: Text, limit: int) -> list[NeedSuggestion]:
        """Return the likeliest services, with the words behind each; none for a text that says nothing."""
        tokens = [token for part, _ in text for token in part]
        known = [([self._nearest(token) for token in part], weight) for part, weight in text]
        cosines = self.cosines([known])
        probable = self._probabilities(cosines)[0]
        best = [int(i) for i in np.argsort(-cosines[0], kind="stable")[:limit]]
        return [
            NeedSuggestion(self.services[i], float(probable[i]), self.words_for(tokens, self.services[i]))
            for i in best
            if probable[i] > 0 and cosines[0, i] > 0
        ]

    def _nearest(self, token: Token) -> Token:
        """Return a token that the model knows: itself, or the term that is spelled most like it."""
        if token.term in self._column or any(part in self._column for part in token.parts):
            return token
        alike = self._fuzzy.alike(token.term)
        return replace(token, term=self._terms[alike[0][0]]) if alike else token


def _dampen(matrix: Any) -> Any:
    """Return the square roots of counts, so that repeating a word gains little."""
    damped = matrix.copy()
    damped.data = np.sqrt(damped.data)
    return damped
