"""Fuzzy matching of unknown words: find the indexed terms with the most similar spelling.

Similarity is the cosine of TF-IDF weighted character 2- to 4-grams, so that misspellings, the other written standard of
Norwegian and unseen compounds still match. N-grams as in W. B. Cavnar and J. M. Trenkle, "N-gram-based text
categorization" (1994).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer

from ..storage.bounded_dict import BoundedDict
from ..storage.postings import Postings
from ..storage.string_table import Vocabulary, memory_map
from ..storage.types import Vector

SimilarTerms = tuple[tuple[int, float], ...]
MIN_LENGTH = 4
"""Shorter words are similar to too many terms."""
CACHE_SIZE = 20_000


class NgramIndex(NamedTuple):
    """The n-grams of all terms, their idf, and the postings of terms by n-gram (rows of length 1)."""

    vocabulary: Vocabulary
    idf: Vector
    postings: Postings


class FuzzyTerms(TransformerMixin, BaseEstimator):  # type: ignore[misc] # because scikit-learn has no types
    """Finds up to `count` terms with a similarity (0 to 1) to a word of at least `floor`.

    `fit` sets the terms (`terms_`). Their n-grams are indexed when the first unknown word is looked up.
    """

    def __init__(self, count: int = 4, floor: float = 0.35) -> None:
        self.count = count
        self.floor = floor

    def fit(self, terms: Sequence[str], y: object = None) -> Self:
        """Set the terms to search in; a term's position is its column."""
        del y
        return self.restore(terms, None)

    def restore(self, terms: Sequence[str], ngrams: NgramIndex | None) -> Self:
        """Set the fitted state: the terms, and their n-grams if already indexed."""
        self.terms_ = terms
        self._ngrams = ngrams
        self._cache: BoundedDict[str, SimilarTerms] = BoundedDict(CACHE_SIZE)
        return self

    @property
    def ngrams_(self) -> NgramIndex:
        """The n-gram index of the terms, built on first use."""
        if self._ngrams is None:
            vectorizer = TfidfVectorizer(**_VECTORIZER_OPTIONS)
            matrix = vectorizer.fit_transform(self.terms_)
            vocabulary = Vocabulary.of(vectorizer.get_feature_names_out().tolist())
            self._ngrams = NgramIndex(vocabulary, vectorizer.idf_, Postings.of(matrix))
        return self._ngrams

    def save(self, folder: Path) -> None:
        """Write the n-gram index into a folder; the caller stores the terms."""
        if any(self.terms_[:2]):
            ngrams = self.ngrams_
            ngrams.vocabulary.save(folder, "ngrams")
            np.save(folder / "ngrams-idf.npy", ngrams.idf)
            ngrams.postings.save(folder / "ngrams")

    def open(self, folder: Path, terms: Sequence[str]) -> Self:
        """Memory-map what `save` wrote."""
        if not any(terms[:2]):
            return self.restore(terms, None)
        vocabulary, idf = Vocabulary.open(folder, "ngrams"), memory_map(folder / "ngrams-idf.npy")
        return self.restore(terms, NgramIndex(vocabulary, idf, Postings.open(folder / "ngrams")))

    def transform(self, words: Iterable[str]) -> list[SimilarTerms]:
        """Return the similar terms of each word."""
        return [self.similar(word) for word in words]

    def similar(self, word: str) -> SimilarTerms:
        """Return the terms most similar to a word as (column, similarity 0 to 1), most similar first."""
        similar = self._cache.get(word)
        if similar is None:
            similar = self._cache[word] = self._search(word)
        return similar

    def _search(self, word: str) -> SimilarTerms:
        if len(word) < MIN_LENGTH or not any(self.terms_[:2]):
            return ()
        vocabulary, idf, postings = self.ngrams_
        counts: dict[int, float] = {}
        unknown: Counter[str] = Counter()
        for ngram in _split_ngrams(word):
            column = vocabulary.get(ngram)
            if column is None:
                unknown[ngram] += 1
            else:
                counts[column] = counts.get(column, 0.0) + float(idf[column])
        if not counts:
            return ()
        columns = sorted(counts)
        weights = np.array([counts[column] for column in columns])
        # Unknown n-grams count towards the length of the vector. Otherwise a word with few known n-grams would seem
        # similar to many terms.
        unknown_idf = np.log1p(len(self.terms_)) + 1.0
        weights /= np.hypot(np.linalg.norm(weights), unknown_idf * np.linalg.norm([*unknown.values()]))
        rows, _ = postings.top(columns, weights, self.count, margin=1e-5)
        similarity = postings.contributions(columns, weights, rows).sum(axis=1)
        best = sorted(zip((-similarity).tolist(), rows.tolist(), strict=True))[: self.count]
        return tuple((row, -score) for score, row in best if -score >= self.floor)


_VECTORIZER_OPTIONS: dict[str, Any] = {"analyzer": "char_wb", "ngram_range": (2, 4)}
_split_ngrams = TfidfVectorizer(**_VECTORIZER_OPTIONS).build_analyzer()
