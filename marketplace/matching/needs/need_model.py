"""Need model: map free text to services with one TF-IDF centroid per service.

All phrases of a service, and the profiles of suppliers that offer only a few services, make one long text per
service. Its terms are weighted by the square root of their count and scikit-learn's smoothed idf over services, and
the vector is scaled to length 1: a centroid classifier (C. Manning, P. Raghavan and H. Schütze, "Introduction to
Information Retrieval", chapters 6 and 14). A text's cosines with the centroids, raised to a power, are its topic
vector. A second classifier (`classifier`) reads the same text by characters. Logistic regression turns
the cosines and its margins into probabilities (`need_probabilities`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import TfidfTransformer

from ..analysis.analyzer import Analyzer, Token
from ..analysis.fuzzy_terms import FuzzyTerms
from ..analysis.glossary import Glossary
from ..analysis.reason_words import ReasonWords, min_strengths
from ..storage.string_table import Vocabulary, memory_map
from ..storage.types import Vector
from .classifier import NeedClassifier
from .need_text import NeedText, Reading, WeightedTokens
from .probabilities import (
    MIN_COSINE,
    Readings,
    probabilities_of,
    unit_rows,
    wanted_shares,
)
from .service_words import ServiceWords, TermStrengths, TextWords
from .term_vectors import sqrt_counts, term_matrix, term_weights, tfidf_vectors

Counts = defaultdict[str, float]
Sample = tuple[Sequence[Token], Sequence[str]]
"""The tokens of a text, with the services that it is labelled with."""
MAX_TRAINING_TICKS = 3
"""Profiles with more ticked services are too unspecific to learn from."""
MAX_PROFILES_PER_SERVICE = 20
_CSC_ARRAYS = ("data", "indices", "indptr")
RELATED_WEIGHT = 0.1
"""Weight of services that the taxonomy names as related to a need, relative to 1 for the service itself."""
MIN_REASON_PROBABILITY = 0.9
"""Minimum probability of a service that nobody has confirmed for its words to be shown as a reason."""
TYPO_SIMILARITY = 0.5
"""How similar (0 to 1) an unknown word must be to a known one to be read as a misspelling of it."""


class NeedModel(BaseEstimator):  # type: ignore[misc] # because scikit-learn has no types
    """Centroid classifier that predicts which services a text is about.

    `services` are the service codes, `related` maps some of them to related ones, `reason_words` contains the words
    that are never shown in explanations, and `parts_weight` is the weight of a compound's part relative to the whole
    word.
    """

    def __init__(
        self,
        services: Sequence[str],
        related: Mapping[str, Sequence[str]] | None = None,
        reason_words: ReasonWords | None = None,
        parts_weight: float = 0.55,
    ) -> None:
        self.services = services
        self.related = related
        self.reason_words = reason_words
        self.parts_weight = parts_weight

    @classmethod
    def unfitted(cls, glossary: Glossary, parts_weight: float) -> Self:
        """Return an unfitted model for the services of a glossary."""
        return cls(glossary.services, glossary.related, glossary.reason_words, parts_weight)

    @classmethod
    def train(
        cls,
        glossary: Glossary,
        analyzer: Analyzer,
        parts_weight: float,
        profiles: Iterable[Sample] = (),
        classifier: NeedClassifier | None = None,
    ) -> Self:
        """Return a model fitted to the phrases of a glossary, and to profiles labelled with their ticked services.

        Only `predict_proba` and `query_vector` need the fitted `classifier`.
        """
        model = cls.unfitted(glossary, parts_weight)
        phrases = [(analyzer.tokens(p.text, p.lang), p.services) for p in glossary.phrases]
        texts, ticks = zip(*profiles, strict=True) if (profiles := list(profiles)) else ((), ())
        labelled = zip(phrases, glossary.phrases, strict=True)
        model.fit(texts, ticks, phrases, classifier)
        model.words_.strengths.set_minima(
            min_strengths(
                ((tokens, services, phrase.is_term) for (tokens, services), phrase in labelled),
                glossary.neighbours,
                glossary.reason_words.general,
            )
        )
        return model

    def fit(
        self,
        texts: Iterable[Sequence[Token]],
        services: Iterable[Sequence[str]],
        phrases: Iterable[Sample] = (),
        classifier: NeedClassifier | None = None,
    ) -> Self:
        """Fit a centroid per service (`centroids_`) over the terms of the training data (`vocabulary_`).

        `texts` are profiles with their ticked `services`; only profiles with few ticks are used, and a limited number
        per service. `phrases` are short texts labelled with services. Without a fitted `classifier`, the centroids
        decide alone.
        """
        self._row = {code: row for row, code in enumerate(self.services)}
        counts: list[Counts] = [defaultdict(float) for _ in self.services]
        for tokens, labels in phrases:
            self._add(counts, tokens, labels)
        profiles_used: Counter[str] = Counter()
        for tokens, ticks in zip(texts, services, strict=True):
            labels = [
                code for code in ticks if code in self._row and profiles_used[code] < MAX_PROFILES_PER_SERVICE
            ]
            if labels and len(ticks) <= MAX_TRAINING_TICKS:
                profiles_used.update(labels)
                self._add(counts, tokens, labels)
        vocabulary = Vocabulary.of(sorted({term for count in counts for term in count}) or [""])
        raw = term_matrix(vocabulary, counts)
        weighting = TfidfTransformer().fit(raw)
        centroids = sparse.csc_array(weighting.transform(sqrt_counts(raw)))
        fuzzy = _typo_terms().fit(vocabulary.strings)
        return self.restore(vocabulary, weighting.idf_, centroids, fuzzy, classifier)

    def restore(  # noqa: PLR0913 because each is a part of the fitted state
        self,
        vocabulary: Vocabulary,
        idf: Vector,
        centroids: Any,
        fuzzy: FuzzyTerms,
        classifier: NeedClassifier | None,
        *,
        minima: Vector | None = None,
    ) -> Self:
        """Set the fitted state, as computed by `fit` or loaded from disk.

        `minima` is how strongly each term has to point to each service to be shown as a reason (see `ReasonWords`), in
        the order of the centroids' values; by default every term is.
        """
        self._row = {code: row for row, code in enumerate(self.services)}
        self.vocabulary_ = vocabulary
        self.weighting_ = TfidfTransformer()
        self.weighting_.idf_ = idf
        self.centroids_ = centroids
        self.relatedness_: Vector = self._relatedness_of(self.related or {})
        self.fuzzy_ = fuzzy
        self.classifier_ = classifier or NeedClassifier(self.services).fit(())
        strengths = TermStrengths(vocabulary, self.services, idf, centroids, minima)
        self.words_ = ServiceWords(strengths, self.reason_words, self.parts_weight)
        return self

    def save(self, folder: Path) -> None:
        """Write the fitted state into a folder."""
        self.vocabulary_.save(folder, "terms")
        np.save(folder / "idf.npy", self.weighting_.idf_)
        for name in _CSC_ARRAYS:
            np.save(folder / f"centroids-{name}.npy", getattr(self.centroids_, name))
        np.save(folder / "minima.npy", self.words_.strengths.minima)
        self.fuzzy_.save(folder)
        self.classifier_.save(folder)

    @classmethod
    def open(cls, folder: Path, glossary: Glossary, parts_weight: float) -> Self:
        """Memory-map the files that `save` wrote."""
        vocabulary = Vocabulary.open(folder, "terms")
        arrays = tuple(memory_map(folder / f"centroids-{name}.npy") for name in _CSC_ARRAYS)
        centroids = sparse.csc_array(arrays, (len(glossary.services), len(vocabulary)))
        fuzzy = _typo_terms().open(folder, vocabulary.strings)
        return cls.unfitted(glossary, parts_weight).restore(
            vocabulary,
            memory_map(folder / "idf.npy"),
            centroids,
            fuzzy,
            NeedClassifier.open(folder, glossary.services),
            minima=memory_map(folder / "minima.npy"),
        )

    def predict_proba(self, texts: Iterable[Sequence[Token]]) -> Vector:
        """Return the probability that each text (its tokens) is about each service: texts by services."""
        texts = list(texts)
        written = [" ".join(token.surface for token in tokens) for tokens in texts]
        cosines = self.cosines([[(tokens, 1.0)] for tokens in texts])
        return probabilities_of(Readings(cosines, self.classifier_.decision_function(written)))

    def _add(self, counts: list[Counts], tokens: Sequence[Token], services: Sequence[str]) -> None:
        for code in services:
            count = counts[self._row[code]]
            for term, weight in term_weights(tokens, self.parts_weight).items():
                count[term] += weight

    def _relatedness_of(self, related: Mapping[str, Sequence[str]]) -> Vector:
        """Return services by services: 1 on the diagonal, `RELATED_WEIGHT` where either names the other as related."""
        matrix = np.eye(len(self.services))
        for code, others in related.items():
            for other in others:
                if code in self._row and other in self._row:
                    i, j = self._row[code], self._row[other]
                    matrix[i, j] = matrix[j, i] = RELATED_WEIGHT
        return matrix

    def _tfidf_vectors(self, texts: Sequence[WeightedTokens]) -> Any:
        weighted = []
        for text in texts:
            total: dict[str, float] = {}
            for tokens, weight in text:
                for term, value in term_weights(tokens, self.parts_weight).items():
                    total[term] = total.get(term, 0.0) + weight * value
            weighted.append(total)
        return tfidf_vectors(sqrt_counts(term_matrix(self.vocabulary_, weighted)), self.weighting_.idf_)

    def cosines(self, texts: Sequence[WeightedTokens]) -> Vector:
        """Return the cosines of texts with the centroids: texts by services, 0 to 1."""
        cosines: Vector = np.asarray((self._tfidf_vectors(texts) @ self.centroids_.T).toarray())
        return cosines

    @staticmethod
    def topics_of(cosines: Vector, sharpness: float) -> Vector:
        """Return the topic vectors of texts from their cosines with the centroids: these to the power of `sharpness`.

        A text that is about no service gives zeros. Rows are not normalised.
        """
        is_about_a_service = cosines.max(axis=1, keepdims=True) >= MIN_COSINE
        vectors: Vector = np.where(is_about_a_service, cosines**sharpness, 0.0)
        return vectors

    def query_vector(self, readings: Readings, sharpness: float) -> Vector:
        """Return the topic vector of a query (one row), spread to related services."""
        topics = self.topics_of(readings.cosines[:1], sharpness)
        probabilities = probabilities_of(readings)
        topics = unit_rows(topics) + unit_rows(probabilities[:1])
        return (topics @ self.relatedness_) * wanted_shares(probabilities)

    @staticmethod
    def wanted_probabilities(readings: Readings) -> Vector:
        """Return the probability, 0 to 1, that a query asks for each service."""
        probabilities = probabilities_of(readings)
        wanted: Vector = probabilities[0] * wanted_shares(probabilities)
        return wanted

    def read(self, text: NeedText) -> Readings:
        """Read the wanted text (first row) and the unwanted parts of a brief, with misspellings corrected."""
        rows = text.readings
        return Readings(
            self.corrected_cosines(rows), self.classifier_.decision_function([row.text for row in rows])
        )

    def corrected_cosines(self, readings: Sequence[Reading]) -> Vector:
        """Return the cosines of texts with the centroids, with misspellings corrected."""
        return self.cosines(
            [
                [([self._nearest(token) for token in tokens], weight) for tokens, weight in reading.tokens]
                for reading in readings
            ]
        )

    def words_of(self, tokens: Iterable[Token]) -> TextWords:
        """Return the words of a text that are reasons for each service."""
        return self.words_.of(tokens)

    def explained_by(self, term: str) -> frozenset[int]:
        """Return the rows of the services that a term is a reason for."""
        return self.words_.strengths.explained_by(term)

    def _nearest(self, token: Token) -> Token:
        """Return the token itself if the model knows it, else one with the most similarly spelled known term."""
        if token.term in self.vocabulary_ or any(part in self.vocabulary_ for part in token.parts):
            return token
        similar = self.fuzzy_.similar(token.term)
        return token._replace(term=self.vocabulary_.strings[similar[0][0]]) if similar else token


def _typo_terms() -> FuzzyTerms:
    return FuzzyTerms(1, TYPO_SIMILARITY)
