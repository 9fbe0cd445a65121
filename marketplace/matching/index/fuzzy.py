"""Words that the index does not know: find the terms that are spelled most like them.

Terms are compared by the cosine of their character 2- to 4-grams, so that a typing error, the other written form
of Norwegian or an unseen compound still finds its way. W. B. Cavnar and J. M. Trenkle (1994) for the n-grams.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer

from marketplace.matching.storage.postings import Postings
from marketplace.matching.storage.string_table import Vocabulary, mapped

Alike = tuple[tuple[int, float], ...]
SHORTEST = 4
"""Shorter words look like everything."""
CACHE_SIZE = 20_000


class NgramIndex(NamedTuple):
    """The n-grams, how rare each is, and which terms hold it: rows of length 1."""

    known: Vocabulary
    idf: np.ndarray[Any, np.dtype[np.float64]]
    postings: Postings


class FuzzyTerms(TransformerMixin, BaseEstimator):  # type: ignore[misc] # because scikit-learn has no types
    """Finds terms that look like a word: up to `count`, at least `floor` (0 to 1) alike.

    `fit` learns which terms there are (`terms_`). Their n-grams are counted at the first unknown word.
    """

    def __init__(self, count: int = 4, floor: float = 0.35) -> None:
        self.count = count
        self.floor = floor

    def fit(self, terms: Sequence[str], y: object = None) -> Self:
        """Learn the terms to look words up in; a term's place is its column."""
        del y
        return self.take(terms, None)

    def take(self, terms: Sequence[str], grams: NgramIndex | None) -> Self:
        """Take over the terms and, if they are there, their n-grams."""
        self.terms_ = terms
        self._read = grams
        self._known: dict[str, Alike] = {}
        return self

    @property
    def grams_(self) -> NgramIndex:
        """Return the n-grams of the terms."""
        if self._read is None:
            vectorizer = TfidfVectorizer(**_READING)
            matrix = vectorizer.fit_transform(self.terms_)
            known = Vocabulary.of(vectorizer.get_feature_names_out().tolist())
            self._read = NgramIndex(known, vectorizer.idf_, Postings.of(matrix))
        return self._read

    def save(self, folder: Path) -> None:
        """Write what was learnt, but for the terms themselves, into a folder."""
        if any(self.terms_[:2]):
            grams = self.grams_
            grams.known.save(folder, "grams")
            np.save(folder / "grams-idf.npy", grams.idf)
            grams.postings.save(folder / "grams")

    def open(self, folder: Path, terms: Sequence[str]) -> Self:
        """Map what `save` wrote."""
        if not any(terms[:2]):
            return self.take(terms, None)
        known, idf = Vocabulary.open(folder, "grams"), mapped(folder / "grams-idf.npy")
        return self.take(terms, NgramIndex(known, idf, Postings.open(folder / "grams")))

    def transform(self, words: Iterable[str]) -> list[Alike]:
        """Return what each word looks like."""
        return [self.alike(word) for word in words]

    def alike(self, word: str) -> Alike:
        """Return the terms (column, similarity 0 to 1) that look like a word, most alike first."""
        if word not in self._known:
            if len(self._known) >= CACHE_SIZE:
                self._known.clear()
            self._known[word] = self._search(word)
        return self._known[word]

    def _search(self, word: str) -> Alike:
        if len(word) < SHORTEST or not any(self.terms_[:2]):
            return ()
        known, idf, postings = self.grams_
        counts: dict[int, float] = {}
        foreign: Counter[str] = Counter()
        for gram in _split(word):
            column = known.get(gram)
            if column is None:
                foreign[gram] += 1
            else:
                counts[column] = counts.get(column, 0.0) + float(idf[column])
        if not counts:
            return ()
        columns = sorted(counts)
        weights = np.array([counts[column] for column in columns])
        # What no term has makes a word less like all of them, or a word of which little is known would be like much.
        rarest = np.log1p(len(self.terms_)) + 1.0
        weights /= np.hypot(np.linalg.norm(weights), rarest * np.linalg.norm([*foreign.values()]))
        rows, _ = postings.top(columns, weights, self.count, margin=1e-5)
        similarity = postings.contributions(columns, weights, rows).sum(axis=1)
        best = sorted(zip((-similarity).tolist(), rows.tolist(), strict=True))[: self.count]
        return tuple((row, -score) for score, row in best if -score >= self.floor)


_READING: dict[str, Any] = {"analyzer": "char_wb", "ngram_range": (2, 4)}
_split = TfidfVectorizer(**_READING).build_analyzer()
