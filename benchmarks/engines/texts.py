"""Made-up suppliers' profiles in any number: our own words, common and rare ones as often as words are in life."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import sparse

SEED = 2026
WORDS = 60_000
EVENNESS = 12.0
"""The most common word is this much less common than by Zipf's law alone: words that say nothing are left out."""
SHORTEST, LONGEST = 60, 100
QUERY_WORDS = 100
BATCH = 50_000
SOURCES = ("demo/content/*.yaml", "data/*.yaml", "data/guide/**/*.yaml")


def vocabulary() -> list[str]:
    """Return words of our own data, and then compounds of two of them, in a random order that is always the same."""
    root = Path(__file__).parents[2] / "marketplace"
    files = sorted(path for pattern in SOURCES for path in root.glob(pattern))
    text = " ".join(path.read_text(encoding="utf-8").lower() for path in files)
    words = sorted(set(re.findall(r"[a-zæøå]{4,20}", text)))
    chance = random.Random(SEED)
    chance.shuffle(words)
    made = dict.fromkeys(words[:WORDS])
    while len(made) < WORDS:
        made[chance.choice(words) + chance.choice(words)] = None
    return list(made)


class Texts:
    """Draws profiles and briefs of one law."""

    def __init__(self, seed: int = SEED) -> None:
        self.words = np.array(vocabulary(), dtype=object)
        shares = 1.0 / (np.arange(WORDS) + EVENNESS)
        self._until = np.cumsum(shares / shares.sum())
        self._chance = np.random.default_rng(seed)

    def _draw(self, count: int) -> np.ndarray:
        return np.minimum(np.searchsorted(self._until, self._chance.random(count)), WORDS - 1)

    def _batches(self, count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield where profiles end, and their words as numbers."""
        for start in range(0, count, BATCH):
            ends = np.cumsum(self._chance.integers(SHORTEST, LONGEST + 1, min(BATCH, count - start)))
            yield ends, self._draw(int(ends[-1]))

    def profiles(self, count: int) -> Iterator[str]:
        """Yield profiles of 60 to 100 words."""
        for ends, numbers in self._batches(count):
            words, before = self.words[numbers].tolist(), 0
            for end in ends.tolist():
                yield " ".join(words[before:end])
                before = end

    def counts(self, count: int) -> sparse.csr_array:
        """Return how often each profile has each word: what counting the words of `profiles` gives, but quicker."""
        parts = []
        for ends, numbers in self._batches(count):
            pointers = np.concatenate([[0], ends])
            part = sparse.csr_array((np.ones(len(numbers)), numbers, pointers), shape=(len(ends), WORDS))
            part.sum_duplicates()
            parts.append(part)
        return sparse.vstack(parts, format="csr")

    def briefs(self, count: int) -> Iterator[list[str]]:
        """Yield briefs of 100 different words."""
        for _ in range(count):
            drawn = list(dict.fromkeys(self._draw(3 * QUERY_WORDS).tolist()))
            yield self.words[drawn[:QUERY_WORDS]].tolist()
