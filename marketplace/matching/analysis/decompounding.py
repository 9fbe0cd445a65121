"""Norwegian writes its compounds together: "gårdsutsalg" is found by "gård" and by "utsalg".

The splitter learns from the texts themselves which words exist. A word is split where both sides are known words
of at least four letters (listed first parts and heads may be shorter), with a joint of nothing, s or e between
them; of several splits the one whose rarer part is most used wins. After E. Airio, "Word normalization and
decompounding in mono- and bilingual IR", Information Retrieval 9 (2006).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Self

from sklearn.base import BaseEstimator, TransformerMixin

from marketplace.matching.analysis.stemming import stem

JOINTS = ("", "s", "e")
ENDINGS = ("ene", "ane", "ens", "ets", "en", "et", "er", "ar", "a", "e", "s", "r", "n", "t")
MIN_PART = 4
MIN_WORD = 7
MAX_PARTS = 4
CACHE_SIZE = 50_000


class CompoundSplitter(TransformerMixin, BaseEstimator):  # type: ignore[misc] # because scikit-learn has no types
    """Splits compounds into words that it has seen. `fit` learns the words (`words_`), `split` uses them."""

    def __init__(
        self, first_parts: AbstractSet[str] = frozenset(), heads: AbstractSet[str] = frozenset()
    ) -> None:
        self.first_parts = first_parts
        self.heads = heads

    @classmethod
    def from_resources(cls, resources: Mapping[str, Any]) -> "CompoundSplitter":
        """Read the listed first parts and heads from the parsed file of language resources."""
        return cls(
            frozenset(resources.get("compound_first", ())), frozenset(resources.get("compound_head", ()))
        )

    def fit(self, words: Iterable[str], y: object = None) -> Self:
        """Learn which words exist and how often; a stem counts for all its forms."""
        del y
        counts: Counter[str] = Counter()
        for word in words:
            if word.isalpha():
                counts[word] += 1
        known: Counter[str] = Counter()
        for word, count in counts.items():
            if len(word) >= MIN_PART:
                known[word] += count
                stemmed = stem(word, "nb")
                if stemmed != word and len(stemmed) >= MIN_PART:
                    known[stemmed] += count
        return self.take(known)

    def take(self, words: Mapping[str, int]) -> Self:
        """Take over which words exist and how often, as another one has learnt it."""
        self.words_ = words
        self._known: dict[str, tuple[str, ...]] = {}
        return self

    def transform(self, words: Iterable[str]) -> list[tuple[str, ...]]:
        """Return the parts of each word."""
        return [self.split(word) for word in words]

    def split(self, word: str) -> tuple[str, ...]:
        """Return the parts of a compound, first to last, or () when it is none we can see."""
        if len(word) < MIN_WORD or not word.isalpha():
            return ()
        if word not in self._known:
            if len(self._known) >= CACHE_SIZE:
                self._known.clear()
            self._known[word] = self._best_split(word)
        return self._known[word]

    def _count(self, part: str, *, is_head: bool) -> int:
        listed = self.heads if is_head else self.first_parts
        if part in listed:
            return 3 + self.words_.get(part, 0)
        if len(part) < MIN_PART:
            return 0
        count = self.words_.get(part, 0)
        if count == 0 and is_head:
            bases = (part.removesuffix(ending) for ending in ENDINGS if part.endswith(ending))
            count = max((self.words_.get(base, 0) for base in bases if len(base) >= MIN_PART), default=0)
        return count

    def _best_split(self, word: str, depth: int = 2) -> tuple[str, ...]:
        best: tuple[int, int, tuple[str, ...]] = (0, 0, ())
        for cut in range(3, len(word) - 2):
            head = word[cut:]
            head_count = self._count(head, is_head=True)
            if not head_count:
                continue
            for joint in JOINTS:
                first = word[:cut].removesuffix(joint) if joint and word[:cut].endswith(joint) else word[:cut]
                if joint and first == word[:cut]:
                    continue
                first_count = self._count(first, is_head=False)
                if first_count:
                    best = max(best, (min(first_count, head_count), len(head), (first, head)))
        if not best[2]:
            return ()
        if depth == 0:
            return best[2]
        first, head = best[2]
        first_parts = self._best_split(first, depth - 1) if len(first) >= MIN_WORD else ()
        head_parts = self._best_split(head, depth - 1) if len(head) >= MIN_WORD else ()
        return ((first_parts or (first,)) + (head_parts or (head,)))[:MAX_PARTS]
