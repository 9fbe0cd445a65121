"""From people's own words to services: a linear model with one TF-IDF vector per service.

All phrases of a service, and profiles of suppliers that have ticked few others, make one long text per service.
Its terms are weighted with the square root of their count and scikit-learn's smoothed idf over services, and scaled
to length 1 (a centroid classifier; C. Manning, P. Raghavan and H. Schütze, "Introduction to Information Retrieval",
chapters 6 and 14). A text's cosines with the services, raised to a power, say what it is about; for people they
become probabilities by logistic regression (`CALIBRATION`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import TfidfTransformer

from marketplace.matching.analysis.analyzer import Analyzer, Token
from marketplace.matching.analysis.glossary import Glossary
from marketplace.matching.index.fuzzy import FuzzyTerms
from marketplace.matching.index.vectors import dampened, matrix_of, weights_of
from marketplace.matching.serialization import to_plain
from marketplace.matching.storage.string_table import Vocabulary, mapped
from marketplace.matching.storage.types import Vector

Counts = defaultdict[str, float]
Text = Sequence[tuple[Sequence[Token], float]]
"""Tokens, each part of the text with the weight of one of its words."""
Sample = tuple[Sequence[Token], Sequence[str]]
"""A text's tokens with the services that it is about."""
MOST_TICKS = 3
MOST_PROFILES = 20
MATCHED_WORDS = 4
_LISTS = ("data", "indices", "indptr")
CACHE_SIZE = 1_000
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


class NeedModel(BaseEstimator):  # type: ignore[misc] # because scikit-learn has no types
    """Says which services a text speaks of.

    `services` are the codes that there are, `related` names for some of them others that are near, `fillers` are words
    that are never shown as a reason, and `parts_weight` is what a compound's part counts beside the word.
    """

    def __init__(
        self,
        services: Sequence[str],
        related: Mapping[str, Sequence[str]] | None = None,
        fillers: AbstractSet[str] = frozenset(),
        parts_weight: float = 0.55,
    ) -> None:
        self.services = services
        self.related = related
        self.fillers = fillers
        self.parts_weight = parts_weight

    @classmethod
    def reading(cls, glossary: Glossary, parts_weight: float) -> Self:
        """Return a model of a glossary's services that has learnt nothing yet."""
        return cls(glossary.services, glossary.related, glossary.analyzer.stop_words.fillers, parts_weight)

    @classmethod
    def train(
        cls, glossary: Glossary, analyzer: Analyzer, parts_weight: float, profiles: Iterable[Sample] = ()
    ) -> Self:
        """Return a model that has learnt a glossary and suppliers' texts with the services they ticked."""
        model = cls.reading(glossary, parts_weight)
        phrases = ((analyzer.tokens(p.text, p.lang), p.services) for p in glossary.phrases)
        texts, ticked = zip(*profiles, strict=True) if (profiles := list(profiles)) else ((), ())
        return model.fit(texts, ticked, phrases)

    def fit(
        self,
        texts: Iterable[Sequence[Token]],
        services: Iterable[Sequence[str]],
        phrases: Iterable[Sample] = (),
    ) -> Self:
        """Learn from profiles, each with the services that it has ticked, and from phrases that each say a service.

        Of profiles those count that have ticked few, and not too many for one service. What is learnt is a vector for
        each service (`centroids_`) over the terms that there are (`vocabulary_`).
        """
        self._row = {code: row for row, code in enumerate(self.services)}
        counts: list[Counts] = [defaultdict(float) for _ in self.services]
        for tokens, meant in phrases:
            self._add(counts, tokens, meant)
        seen: Counter[str] = Counter()
        for tokens, ticked in zip(texts, services, strict=True):
            wanted = [code for code in ticked if code in self._row and seen[code] < MOST_PROFILES]
            if wanted and len(ticked) <= MOST_TICKS:
                seen.update(wanted)
                self._add(counts, tokens, wanted)
        vocabulary = Vocabulary.of(sorted({term for count in counts for term in count}) or [""])
        raw = matrix_of(vocabulary, counts)
        weighting = TfidfTransformer().fit(raw)
        centroids = sparse.csc_array(weighting.transform(dampened(raw)))
        return self.take(vocabulary, weighting.idf_, centroids, _fuzzy().fit(vocabulary.strings))

    def take(self, vocabulary: Vocabulary, idf: Vector, centroids: Any, fuzzy: FuzzyTerms) -> Self:
        """Take over what another one has learnt."""
        self._row = {code: row for row, code in enumerate(self.services)}
        self.vocabulary_ = vocabulary
        self.weighting_ = TfidfTransformer()
        self.weighting_.idf_ = idf
        self.centroids_ = centroids
        self.relatedness_ = self._neighbours(self.related or {})
        self.fuzzy_ = fuzzy
        self._loud: dict[str, Mapping[int, float]] = {}
        return self

    def save(self, folder: Path) -> None:
        """Write what was learnt into a folder."""
        self.vocabulary_.save(folder, "terms")
        np.save(folder / "idf.npy", self.weighting_.idf_)
        for name in _LISTS:
            np.save(folder / f"centroids-{name}.npy", getattr(self.centroids_, name))
        self.fuzzy_.save(folder)

    @classmethod
    def open(cls, folder: Path, glossary: Glossary, parts_weight: float) -> Self:
        """Map what `save` wrote."""
        vocabulary = Vocabulary.open(folder, "terms")
        lists = tuple(mapped(folder / f"centroids-{name}.npy") for name in _LISTS)
        centroids = sparse.csc_array(lists, (len(glossary.services), len(vocabulary)))
        fuzzy = _fuzzy().open(folder, vocabulary.strings)
        return cls.reading(glossary, parts_weight).take(
            vocabulary, mapped(folder / "idf.npy"), centroids, fuzzy
        )

    @property
    def relatedness(self) -> Vector:
        """Return services by services: what a need for one says of another."""
        found: Vector = self.relatedness_
        return found

    def predict_proba(self, texts: Iterable[Sequence[Token]]) -> Vector:
        """Return texts, each as its tokens, by services: how likely it is that a text speaks of each."""
        return self.probabilities([[(tokens, 1.0)] for tokens in texts])

    def _add(self, counts: list[Counts], tokens: Sequence[Token], services: Sequence[str]) -> None:
        for code in services:
            count = counts[self._row[code]]
            for term, weight in weights_of(tokens, self.parts_weight).items():
                count[term] += weight

    def _neighbours(self, related: Mapping[str, Sequence[str]]) -> Vector:
        """Return services by services: 1 for itself, `TOGETHER` where either names the other as related."""
        relatedness = np.eye(len(self.services))
        for code, others in related.items():
            for other in others:
                if code in self._row and other in self._row:
                    one, two = self._row[code], self._row[other]
                    relatedness[one, two] = relatedness[two, one] = TOGETHER
        return relatedness

    def _vectors(self, texts: Sequence[Text]) -> Any:
        weighted = []
        for text in texts:
            total: dict[str, float] = {}
            for tokens, weight in text:
                for term, value in weights_of(tokens, self.parts_weight).items():
                    total[term] = total.get(term, 0.0) + weight * value
            weighted.append(total)
        return self.weighting_.transform(dampened(matrix_of(self.vocabulary_, weighted)))

    def cosines(self, texts: Sequence[Text]) -> Vector:
        """Return texts by services: how alike the words are, 0 to 1."""
        alike: Vector = np.asarray((self._vectors(texts) @ self.centroids_.T).toarray())
        return alike

    def topic_vectors(self, texts: Sequence[Text], sharpness: float) -> Vector:
        """Return texts by services: what each text is about, as cosines to the power of `sharpness`.

        A text that speaks of no service gives zeros. Rows are not normalised.
        """
        cosines = self.cosines(texts)
        cosines[cosines.max(axis=1) < LEAST_ALIKE] = 0.0
        topic_vectors: Vector = cosines**sharpness
        return topic_vectors

    def asked(self, text: Text, sharpness: float) -> Vector:
        """Return one row: what a brief's words ask for, with a little for services related to those."""
        known = [([self._nearest(token) for token in part], weight) for part, weight in text]
        asked: Vector = self.topic_vectors([known], sharpness) @ self.relatedness_
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
        known = self._loud.get(term)
        if known is not None:
            return known
        column = self.vocabulary_.get(term)
        if column is None:
            return {}  # not remembered: of the words of a large directory most are such
        if len(self._loud) >= CACHE_SIZE:
            self._loud.clear()
        known = self._loud[term] = self._read_loudness(column)
        return known

    def _read_loudness(self, column: int) -> Mapping[int, float]:
        start, end = self.centroids_.indptr[column : column + 2].tolist()
        loud = (self.centroids_.data[start:end] * self.weighting_.idf_[column]).tolist()
        loudest = max(loud)
        rows = self.centroids_.indices[start:end].tolist()
        return {row: value for row, value in zip(rows, loud, strict=True) if value * 2 >= loudest}

    def words(self, tokens: Iterable[Token]) -> dict[str, tuple[str, ...]]:
        """Return for each service that a text has words for those that speak most for it, strongest first.

        A word that speaks more than twice as loud for another service, or is filler, is left out.
        """
        loud: dict[int, dict[str, float]] = {}
        for token in tokens:
            surface = token.surface
            for row, value in self._speaks_of(token).items():
                words = loud.setdefault(row, {})
                words[surface] = max(value, words.get(surface, 0.0))
        return {self.services[row]: _strongest(words) for row, words in loud.items()}

    def _speaks_of(self, token: Token) -> Mapping[int, float]:
        if token.surface.lower() in self.fillers:
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
        words, services = self.words(tokens), self.services
        return [NeedSuggestion(services[i], float(probable[i]), words.get(services[i], ())) for i in found]

    def _nearest(self, token: Token) -> Token:
        """Return a token that the model knows: itself, or the term that is spelled most like it."""
        if token.term in self.vocabulary_ or any(part in self.vocabulary_ for part in token.parts):
            return token
        alike = self.fuzzy_.alike(token.term)
        return token._replace(term=self.vocabulary_.strings[alike[0][0]]) if alike else token


def _fuzzy() -> FuzzyTerms:
    return FuzzyTerms(1, TYPING_ERROR)


def _strongest(values: Mapping[str, float]) -> tuple[str, ...]:
    ranked = sorted((word for word in values if values[word] > 0), key=lambda word: -values[word])
    return tuple(word for word in ranked[:MATCHED_WORDS] if values[word] >= values[ranked[0]] / 3)
