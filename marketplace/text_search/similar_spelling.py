"""Spelling correction of query words: the nearest known word by optimal string alignment distance.

Words are compared with folded letters, so a missing ring or slash is no error. One edit is allowed in words of five
to seven letters, not in the first letter, two in longer ones, and three in words of at least twelve letters (R. A.
Wagner and R. Lowrance, "An extension of the string-to-string correction problem", 1975, with rapidfuzz). Rankings do
not use this: the matcher compares n-grams of characters (`matching/analysis/fuzzy_terms.py`).
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from marketplace.core.cache import BoundedCache
from marketplace.matching.analysis.stemming import stem

MIN_LENGTH = 5
"""Shorter words have too many neighbours."""
_LENGTHS = (0, 8, 12)
"""Words of at least these lengths may have one, two or three errors."""
MAX_CANDIDATES = 12
CACHE_SIZE = 2_000


class _Candidate(NamedTuple):
    """A known word, ordered by how likely it is that it was meant."""

    distance: int
    has_other_initial: bool
    negative_frequency: int
    word: str


class Spelling:
    """Finds known words with a similar spelling.

    `frequencies` counts the occurrences of each known word. `fold` returns a word in its simplest spelling, for
    example without Norwegian letters. Words shorter than `min_length` are not corrected.
    """

    def __init__(
        self,
        frequencies: Mapping[str, int],
        fold: Callable[[str], str] = str.lower,
        *,
        min_length: int = MIN_LENGTH,
    ) -> None:
        self._fold = fold
        self._written: dict[str, str] = {}
        self._frequencies: dict[str, int] = {}
        for word, count in frequencies.items():
            folded = self._fold(word)
            if folded not in self._written or count > frequencies[self._written[folded]]:
                self._written[folded] = word
            self._frequencies[folded] = self._frequencies.get(folded, 0) + count
        self._min_length = min_length
        self._candidates = [folded for folded in self._written if len(folded) >= min_length - 1]
        self._cache: BoundedCache[str, tuple[str, ...]] = BoundedCache(CACHE_SIZE)

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(stem(folded, "nb") for folded in self._written)

    def is_known(self, word: str) -> bool:
        """Return True if a word, or one with the same stem, is known with or without Norwegian letters."""
        folded = self._fold(word)
        return any(form in self._written or form in self._stems for form in (folded, stem(folded, "nb")))

    def nearest(self, word: str, max_distance: int = 2) -> str | None:
        """Return the known word that was probably meant by an unknown one, or None."""
        similar = self.similar(word)
        if not similar or OSA.distance(self._fold(word), self._fold(similar[0])) > max_distance:
            return None
        return similar[0]

    def similar(self, word: str) -> tuple[str, ...]:
        """Return the known words within the allowed distance, most probable first."""
        return self._cache.get_or_create(word, lambda: self._search(self._fold(word)))

    def _search(self, folded: str) -> tuple[str, ...]:
        if len(folded) < self._min_length or not folded.isalpha():
            return ()
        allowed = bisect_right(_LENGTHS, len(folded))
        nearest = process.extract(
            folded, self._candidates, scorer=OSA.distance, score_cutoff=allowed, limit=MAX_CANDIDATES
        )
        ranked = sorted(
            _Candidate(int(distance), candidate[0] != folded[0], -self._frequencies[candidate], candidate)
            for candidate, distance, _ in nearest
            if allowed > 1 or candidate[0] == folded[0]
        )
        return tuple(self._written[candidate.word] for candidate in ranked)
