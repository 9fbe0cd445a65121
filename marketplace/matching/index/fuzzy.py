"""Words that the index does not know: find the terms that are spelled most like them.

Terms are compared by the cosine of their character 2- to 4-grams, so that a typing error, the other written form
of Norwegian or an unseen compound still finds its way. W. B. Cavnar and J. M. Trenkle (1994) for the n-grams.
"""

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer


class FuzzyTerms:
    """The terms of an index, to look up unknown words in. Built at the first unknown word."""

    def __init__(self, terms: Sequence[str], count: int, floor: float) -> None:
        self.terms = terms
        self.count = count
        self.floor = floor
        self._vectorizer: TfidfVectorizer | None = None
        self._known: dict[str, tuple[tuple[int, float], ...]] = {}

    def alike(self, word: str) -> tuple[tuple[int, float], ...]:
        """Return up to `count` terms (column, similarity 0 to 1) that look like a word, most alike first."""
        if word not in self._known:
            self._known[word] = self._search(word)
        return self._known[word]

    def _search(self, word: str) -> tuple[tuple[int, float], ...]:
        if len(word) < 4 or not any(self.terms):  # noqa: PLR2004 because shorter words look like everything
            return ()
        if self._vectorizer is None:
            self._vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4))
            self._matrix = self._vectorizer.fit_transform(self.terms)
        similarity = (self._matrix @ self._vectorizer.transform([word]).T).toarray().ravel()
        best = np.argsort(-similarity, kind="stable")[: self.count]
        return tuple((int(i), float(similarity[i])) for i in best if similarity[i] >= self.floor)
