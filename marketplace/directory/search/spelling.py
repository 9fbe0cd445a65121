"""Spelling correction of query words: the nearest known word by optimal string alignment distance.

Words are compared with folded letters, so a missing ring or slash is no error. One edit is allowed in words of five
to seven letters, not in the first letter, and two in longer ones (R. A. Wagner and R. Lowrance, "An extension of the
string-to-string correction problem", 1975, with rapidfuzz). Rankings do not use this: the matcher compares n-grams of
characters (`matching/index/fuzzy.py`).
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from marketplace.core.cache import BoundedCache
from marketplace.matching.analysis.stemming import stem

MIN_LENGTH = 5
"""Shorter words have too many neighbours."""
LONG_LENGTH = 8
"""Words of at least this length may have two errors."""
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
    example without Norwegian letters.
    """

    def __init__(self, frequencies: Mapping[str, int], fold: Callable[[str], str] = str.lower) -> None:
        self._fold = fold
        self._written: dict[str, str] = {}
        self._frequencies: dict[str, int] = {}
        for word, count in frequencies.items():
            folded = self._fold(word)
            if folded not in self._written or count > frequencies[self._written[folded]]:
                self._written[folded] = word
            self._frequencies[folded] = self._frequencies.get(folded, 0) + count
        self._stems = {stem(folded, "nb") for folded in self._written}
        self._candidates = [folded for folded in self._written if len(folded) >= MIN_LENGTH - 1]
        self._cache: BoundedCache[str, tuple[str, ...]] = BoundedCache(CACHE_SIZE)

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
        if len(folded) < MIN_LENGTH or not folded.isalpha():
            return ()
        allowed = 2 if len(folded) >= LONG_LENGTH else 1
        nearest = process.extract(
            folded, self._candidates, scorer=OSA.distance, score_cutoff=allowed, limit=MAX_CANDIDATES
        )
        ranked = sorted(
            _Candidate(int(distance), candidate[0] != folded[0], -self._frequencies[candidate], candidate)
            for candidate, distance, _ in nearest
            if allowed > 1 or candidate[0] == folded[0]
        )
        return tuple(self._written[candidate.word] for candidate in ranked)
