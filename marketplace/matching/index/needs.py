"""From people's own words to services: a linear model with one TF-IDF vector per service.

All phrases of a service, and profiles of suppliers that have ticked few others, make one long text per service.
Its terms are weighted with the square root of their count and scikit-learn's smoothed idf over services, and scaled
to length 1 (a centroid classifier; C. Manning, P. Raghavan and H. Schütze, "Introduction to Information Retrieval",
chapters 6 and 14). A text's cosines with the services, raised to a power, say what it is about; for people they
become probabilities by logistic regression (`CALIBRATION`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer

from marketplace.matching.analysis import Analyzer, Token
from marketplace.matching.glossary import Glossary
from marketplace.matching.index.fuzzy import FuzzyTerms
from marketplace.matching.index.strings import Vocabulary, mapped
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
_LISTS = ("data", "indices", "indptr")
MOST_REMEMBERED = 20_000
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


@dataclass(frozen=True, eq=False)
class Learnt:
    """What a need model has learnt: its terms, how rare each is, and the services' vectors (services by terms)."""

    vocabulary: Vocabulary
    idf: Vector
    centroids: Any
    fuzzy: FuzzyTerms

    @classmethod
    def of(
        cls,
        glossary: Glossary,
        analyzer: Analyzer,
        parts_weight: float,
        profiles: Iterable[tuple[Sequence[Token], Sequence[str]]] = (),
    ) -> Self:
        """Learn from a glossary's phrases, and from suppliers' texts with the services that they ticked."""
        row = {code: i for i, code in enumerate(glossary.services)}
        counts: list[Counts] = [defaultdict(float) for _ in row]

        def add(tokens: Sequence[Token], services: Sequence[str]) -> None:
            for code in services:
                for term, weight in _weights(tokens, parts_weight).items():
                    counts[row[code]][term] += weight

        for phrase in glossary.phrases:
            add(analyzer.tokens(phrase.text, phrase.lang), phrase.services)
        seen: Counter[str] = Counter()
        for tokens, services in profiles:
            wanted = [code for code in services if code in row and seen[code] < MOST_PROFILES]
            if wanted and len(services) <= MOST_TICKS:
                seen.update(wanted)
                add(tokens, wanted)
        terms = sorted({term for count in counts for term in count})
        vocabulary = Vocabulary.of(terms)
        raw = _matrix(vocabulary, counts)
        weighting = TfidfTransformer().fit(raw)
        centroids = sparse.csc_array(weighting.transform(_dampen(raw)))
        return cls(vocabulary, weighting.idf_, centroids, FuzzyTerms(terms, 1, TYPING_ERROR))

    def save(self, folder: Path) -> None:
        """Write the arrays into a folder."""
        self.vocabulary.save(folder, "terms")
        np.save(folder / "idf.npy", self.idf)
        for name in _LISTS:
            np.save(folder / f"centroids-{name}.npy", getattr(self.centroids, name))
        self.fuzzy.save(folder)

    @classmethod
    def open(cls, folder: Path, services: int) -> Self:
        """Map what `save` wrote, of so many services."""
        vocabulary = Vocabulary.open(folder, "terms")
        lists = tuple(mapped(folder / f"centroids-{name}.npy") for name in _LISTS)
        centroids = sparse.csc_array(lists, (services, len(vocabulary)))
        fuzzy = FuzzyTerms.open(folder, vocabulary.strings, 1, TYPING_ERROR)
        return cls(vocabulary, mapped(folder / "idf.npy"), centroids, fuzzy)


class NeedModel:
    """Says which services a text speaks of."""

    def __init__(self, glossary: Glossary, parts_weight: float, learnt: Learnt) -> None:
        self.services = glossary.services
        self.parts_weight = parts_weight
        self.learnt = learnt
        self._row = {code: row for row, code in enumerate(self.services)}
        self.together = self._neighbours(glossary.related)
        self._fillers = glossary.analyzer.stop_words.fillers
        self._weighting = TfidfTransformer()
        self._weighting.idf_ = learnt.idf
        self._loud: dict[str, Mapping[int, float]] = {}

    def _neighbours(self, related: Mapping[str, Sequence[str]]) -> Vector:
        """Return services by services: 1 for itself, `TOGETHER` where either names the other as related."""
        together = np.eye(len(self.services))
        for code, others in related.items():
            for other in others:
                if code in self._row and other in self._row:
                    one, two = self._row[code], self._row[other]
                    together[one, two] = together[two, one] = TOGETHER
        return together

    def _vectors(self, texts: Sequence[Text]) -> Any:
        weighted = []
        for text in texts:
            total: dict[str, float] = {}
            for tokens, weight in text:
                for term, value in _weights(tokens, self.parts_weight).items():
                    total[term] = total.get(term, 0.0) + weight * value
            weighted.append(total)
        return self._weighting.transform(_dampen(_matrix(self.learnt.vocabulary, weighted)))

    def cosines(self, texts: Sequence[Text]) -> Vector:
        """Return texts by services: how alike the words are, 0 to 1."""
        alike: Vector = np.asarray((self._vectors(texts) @ self.learnt.centroids.T).toarray())
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

    def _speaks(self, term: str) -> Mapping[int, float]:
        """Return how loud a term speaks for services, by the service's row; those twice as quiet as another are left out."""
        if term not in self._loud:
            if len(self._loud) >= MOST_REMEMBERED:
                self._loud.clear()
            self._loud[term] = self._read_loudness(term)
        return self._loud[term]

    def _read_loudness(self, term: str) -> Mapping[int, float]:
        column = self.learnt.vocabulary.get(term)
        if column is None:
            return {}
        start, end = self.learnt.centroids.indptr[column : column + 2].tolist()
        loud = (self.learnt.centroids.data[start:end] * self.learnt.idf[column]).tolist()
        loudest = max(loud)
        rows = self.learnt.centroids.indices[start:end].tolist()
        return {row: value for row, value in zip(rows, loud, strict=True) if value * 2 >= loudest}

    def words_for(self, tokens: Iterable[Token], services: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return for each of some services the words of a text that speak most for it, strongest first.

        A word that speaks more than twice as loud for another service, or is filler, is left out.
        """
        wanted: dict[int, dict[str, float]] = {self._row[code]: {} for code in services}
        for token in tokens:
            for row, value in self._speaks_of(token).items():
                if row in wanted:
                    words = wanted[row]
                    words[token.surface] = max(value, words.get(token.surface, 0.0))
        return {code: _strongest(wanted[self._row[code]]) for code in services}

    def _speaks_of(self, token: Token) -> Mapping[int, float]:
        if token.surface.lower() in self._fillers:
            return {}
        if not token.parts:
            return self._speaks(token.term)
        total = dict(self._speaks(token.term))
        for part in token.parts:
            for row, value in self._speaks(part).items():
                total[row] = total.get(row, 0.0) + self.parts_weight * value
        return total

    def suggest(self, text: Text, limit: int) -> list[NeedSuggestion]:
        """Return the likeliest services, with the words behind each; none for a text that says nothing."""
        tokens = [token for part, _ in text for token in part]
        known = [([self._nearest(token) for token in part], weight) for part, weight in text]
        cosines = self.cosines([known])
        probable = self._probabilities(cosines)[0]
        best = [int(i) for i in np.argsort(-cosines[0], kind="stable")[:limit]]
        found = [i for i in best if probable[i] > 0 and cosines[0, i] > 0]
        words = self.words_for(tokens, [self.services[i] for i in found])
        return [NeedSuggestion(self.services[i], float(probable[i]), words[self.services[i]]) for i in found]

    def _nearest(self, token: Token) -> Token:
        """Return a token that the model knows: itself, or the term that is spelled most like it."""
        if token.term in self.learnt.vocabulary or any(
            part in self.learnt.vocabulary for part in token.parts
        ):
            return token
        alike = self.learnt.fuzzy.alike(token.term)
        return token._replace(term=self.learnt.vocabulary.strings[alike[0][0]]) if alike else token


def _weights(tokens: Sequence[Token], parts_weight: float) -> dict[str, float]:
    weights: dict[str, float] = {}
    for token in tokens:
        weights[token.term] = weights.get(token.term, 0.0) + 1.0
        for part in token.parts:
            weights[part] = weights.get(part, 0.0) + parts_weight
    return {term: min(weight, MOST_REPEATS) for term, weight in weights.items()}


def _matrix(vocabulary: Vocabulary, texts: Sequence[Mapping[str, float]]) -> Any:
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


def _strongest(values: Mapping[str, float]) -> tuple[str, ...]:
    ranked = sorted((word for word in values if values[word] > 0), key=lambda word: -values[word])
    return tuple(word for word in ranked[:MATCHED_WORDS] if values[word] >= values[ranked[0]] / 3)


def _dampen(matrix: Any) -> Any:
    """Return the square roots of counts, so that repeating a word gains little."""
    damped = matrix.copy()
    damped.data = np.sqrt(damped.data)
    return damped
