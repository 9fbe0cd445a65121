"""Decompounding of Norwegian compounds: "gårdsutsalg" is also indexed under "gård" and "utsalg".

The splitter learns from the texts which words exist. A word is split if both sides are known words of at least four
letters (listed modifiers and heads may be shorter), joined by nothing, s or e. Of several splits the one whose less
frequent part is most frequent is chosen. After E. Airio, "Word normalization and decompounding in mono- and bilingual
IR", Information Retrieval 9 (2006).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Set as AbstractSet
from typing import Any, Self

from sklearn.base import BaseEstimator, TransformerMixin

from .stemming import stem

LINKING_LETTERS = frozenset({"s", "e"})
INFLECTIONS = frozenset({"ene", "ane", "ens", "ets", "en", "et", "er", "ar", "a", "e", "s", "r", "n", "t"})
MAX_INFLECTION = 3
MIN_PART = 4
MIN_WORD = 7
MAX_PARTS = 4


class CompoundSplitter(TransformerMixin, BaseEstimator):  # type: ignore[misc] # because scikit-learn has no types
    """Splits compounds into words seen in training. `fit` counts the words (`words_`), `split` uses the counts.

    `brands` are never split: the parts of Facebook are no words of a text about it.
    """

    def __init__(
        self,
        first_parts: AbstractSet[str] = frozenset(),
        heads: AbstractSet[str] = frozenset(),
        brands: AbstractSet[str] = frozenset(),
    ) -> None:
        self.first_parts = first_parts
        self.heads = heads
        self.brands = brands

    @classmethod
    def from_resources(cls, resources: Mapping[str, Any]) -> "CompoundSplitter":
        """Read the listed modifiers, heads and brands from the parsed language resources."""
        return cls(
            *(frozenset(resources.get(name, ())) for name in ("compound_first", "compound_head", "brands"))
        )

    def fit(self, words: Iterable[str], y: object = None) -> Self:
        """Count the words of the training texts; a word also counts for its stem."""
        del y
        frequencies: Counter[str] = Counter()
        for word, count in Counter(words).items():
            if len(word) >= MIN_PART and word.isalpha():
                frequencies[word] += count
                stemmed = stem(word, "nb")
                if stemmed != word and len(stemmed) >= MIN_PART:
                    frequencies[stemmed] += count
        return self.restore(frequencies)

    def restore(self, words: Mapping[str, int]) -> Self:
        """Set the word frequencies, as computed by `fit` or loaded from disk."""
        self.words_ = words
        return self

    def transform(self, words: Iterable[str]) -> list[tuple[str, ...]]:
        """Return the parts of each word."""
        return [self.split(word) for word in words]

    def split(self, word: str) -> tuple[str, ...]:
        """Return the parts of a compound, first to last, or an empty tuple if it cannot be split."""
        if len(word) < MIN_WORD or not word.isalpha():
            return ()
        return self._best_split(word)

    def _count(self, part: str, *, is_head: bool) -> int:
        listed = self.heads if is_head else self.first_parts
        if part in listed:
            return 3 + self.words_.get(part, 0)
        if len(part) < MIN_PART:
            return 0
        count = self.words_.get(part, 0)
        if count == 0 and is_head:
            for length in range(1, min(MAX_INFLECTION, len(part) - MIN_PART) + 1):
                if part[-length:] in INFLECTIONS:
                    count = max(count, self.words_.get(part[:-length], 0))
        return count

    def _best_split(self, word: str, depth: int = 2) -> tuple[str, ...]:
        if word in self.brands:
            return ()
        best: tuple[int, int, tuple[str, ...]] = (0, 0, ())
        for position in range(3, len(word) - 2):
            head = word[position:]
            head_count = self._count(head, is_head=True)
            if not head_count:
                continue
            start = word[:position]
            for modifier in (start, start[:-1]) if start[-1] in LINKING_LETTERS else (start,):
                modifier_count = self._count(modifier, is_head=False)
                if modifier_count:
                    best = max(best, (min(modifier_count, head_count), len(head), (modifier, head)))
        if not best[2]:
            return ()
        if depth == 0:
            return best[2]
        modifier, head = best[2]
        modifier_parts = self._best_split(modifier, depth - 1) if len(modifier) >= MIN_WORD else ()
        head_parts = self._best_split(head, depth - 1) if len(head) >= MIN_WORD else ()
        return ((modifier_parts or (modifier,)) + (head_parts or (head,)))[:MAX_PARTS]
