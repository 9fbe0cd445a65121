"""Words that the index does not know: find the terms that are spelled most like them.

Terms are compared by the cosine of their character 2- to 4-grams, so that a typing error, the other written form
of Norwegian or an unseen compound still finds its way. W. B. Cavnar and J. M. Trenkle (1994) for the n-grams.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from marketplace.matching.index.postings import Postings
from marketplace.matching.index.strings import Vocabulary, mapped

SHORTEST = 4
"""Shorter words look like everything."""
MOST_REMEMBERED = 20_000


class Grams(NamedTuple):
    """The n-grams, how rare each is, and which terms hold it: rows of length 1."""

    known: Vocabulary
    idf: np.ndarray[Any, np.dtype[np.float64]]
    postings: Postings


class FuzzyTerms:
    """The terms of an index, to look up unknown words in. Read at the first unknown word."""

    def __init__(self, terms: Sequence[str], count: int, floor: float, grams: Grams | None = None) -> None:
        self.terms = terms
        self.count = count
        self.floor = floor
        self._read = grams
        self._known: dict[str, tuple[tuple[int, float], ...]] = {}

    @property
    def _grams(self) -> Grams:
        if self._read is None:
            vectorizer = TfidfVectorizer(**_READING)
            matrix = vectorizer.fit_transform(self.terms)
            known = Vocabulary.of(vectorizer.get_feature_names_out().tolist())
            self._read = Grams(known, vectorizer.idf_, Postings.of(matrix))
        return self._read

    def save(self, folder: Path) -> None:
        """Write what was learnt into a folder."""
        if any(self.terms[:2]):
            grams = self._grams
            grams.known.save(folder, "grams")
            np.save(folder / "grams-idf.npy", grams.idf)
            grams.postings.save(folder / "grams")

    @classmethod
    def open(cls, folder: Path, terms: Sequence[str], count: int, floor: float) -> Self:
        """Map what `save` wrote."""
        if not any(terms[:2]):
            return cls(terms, count, floor)
        known, idf = Vocabulary.open(folder, "grams"), mapped(folder / "grams-idf.npy")
        return cls(terms, count, floor, Grams(known, idf, Postings.open(folder / "grams")))

    def alike(self, word: str) -> tuple[tuple[int, float], ...]:
        """Return up to `count` terms (column, similarity 0 to 1) that look like a word, most alike first."""
        if word not in self._known:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[word] = self._search(word)
        return self._known[word]

    def _search(self, word: str) -> tuple[tuple[int, float], ...]:
        if len(word) < SHORTEST or not any(self.terms[:2]):
            return ()
        known, idf, postings = self._grams
        counts: dict[int, float] = {}
        for gram in _split(word):
            column = known.get(gram)
            if column is not None:
                counts[column] = counts.get(column, 0.0) + float(idf[column])
        if not counts:
            return ()
        columns = sorted(counts)
        weights = np.array([counts[column] for column in columns])
        weights /= np.linalg.norm(weights)
        rows, _ = postings.top(columns, weights, self.count, margin=1e-5)
        similarity = postings.contributions(columns, weights, rows).sum(axis=1)
        best = sorted(zip((-similarity).tolist(), rows.tolist(), strict=True))[: self.count]
        return tuple((row, -score) for score, row in best if -score >= self.floor)


_READING: dict[str, Any] = {"analyzer": "char_wb", "ngram_range": (2, 4)}
_split = TfidfVectorizer(**_READING).build_analyzer()
