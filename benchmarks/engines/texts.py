"""Synthetic supplier profiles in any number: words of our own data with realistic frequencies."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import sparse

SEED = 2026
VOCABULARY_SIZE = 60_000
ZIPF_OFFSET = 12.0
"""Offset of Zipf's law (Mandelbrot), which flattens it as if stop words were removed."""
MIN_WORDS, MAX_WORDS = 60, 100
QUERY_WORDS = 100
BATCH = 50_000
TRADES, TRADE_WORDS = 40, 1_500
TRADE_SEED = 7
SOURCES = ("demo/content/*.yaml", "data/*.yaml", "data/guide/**/*.yaml")


def vocabulary() -> list[str]:
    """Return the words of our own data, then compounds of two of them, in a random but fixed order."""
    root = Path(__file__).parents[2] / "marketplace"
    files = sorted(path for pattern in SOURCES for path in root.glob(pattern))
    text = " ".join(path.read_text(encoding="utf-8").lower() for path in files)
    words = sorted(set(re.findall(r"[a-zæøå]{4,20}", text)))
    rng = random.Random(SEED)
    rng.shuffle(words)
    vocabulary_words = dict.fromkeys(words[:VOCABULARY_SIZE])
    while len(vocabulary_words) < VOCABULARY_SIZE:
        vocabulary_words[rng.choice(words) + rng.choice(words)] = None
    return list(vocabulary_words)


class GeneratedTexts:
    """Draws profiles and briefs from one word distribution."""

    def __init__(self, seed: int = SEED) -> None:
        self.words = np.array(vocabulary(), dtype=object)
        shares = 1.0 / (np.arange(VOCABULARY_SIZE) + ZIPF_OFFSET)
        self._cumulative = np.cumsum(shares / shares.sum())
        self._rng = np.random.default_rng(seed)

    def _draw(self, count: int) -> np.ndarray:
        return np.minimum(np.searchsorted(self._cumulative, self._rng.random(count)), VOCABULARY_SIZE - 1)

    def _batches(self, count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the ends of profiles, and their words as indices."""
        for first in range(0, count, BATCH):
            ends = np.cumsum(self._rng.integers(MIN_WORDS, MAX_WORDS + 1, min(BATCH, count - first)))
            yield ends, self._draw(int(ends[-1]))

    def profiles(self, count: int) -> Iterator[str]:
        """Yield profiles of 60 to 100 words."""
        for ends, word_indices in self._batches(count):
            words, start = self.words[word_indices].tolist(), 0
            for end in ends.tolist():
                yield " ".join(words[start:end])
                start = end

    def counts(self, count: int) -> sparse.csr_array:
        """Return the term counts of profiles: the same as counting the words of `profiles`, but faster."""
        parts = []
        for ends, word_indices in self._batches(count):
            pointers = np.concatenate([[0], ends])
            part = sparse.csr_array(
                (np.ones(len(word_indices)), word_indices, pointers), shape=(len(ends), VOCABULARY_SIZE)
            )
            part.sum_duplicates()
            parts.append(part)
        return sparse.vstack(parts, format="csr")

    def briefs(self, count: int, length: int = QUERY_WORDS) -> Iterator[list[str]]:
        """Yield briefs of distinct words."""
        for _ in range(count):
            indices = list(dict.fromkeys(self._brief_words(3 * length + 8).tolist()))
            yield self.words[indices[:length]].tolist()

    def _brief_words(self, count: int) -> np.ndarray:
        return self._draw(count)


class TradeTexts(GeneratedTexts):
    """Suppliers and briefs of 40 trades: half of the words of a text are drawn from its trade's 1,500 words."""

    def __init__(self, seed: int = SEED) -> None:
        super().__init__(seed)
        trade_rng = np.random.default_rng(TRADE_SEED)
        self._trade_words = np.stack(
            [trade_rng.choice(VOCABULARY_SIZE, TRADE_WORDS, replace=False) for _ in range(TRADES)]
        )
        shares = 1.0 / (np.arange(TRADE_WORDS) + ZIPF_OFFSET)
        self._cumulative_in_trade = np.cumsum(shares / shares.sum())

    def _mix(self, words: np.ndarray, trades: np.ndarray) -> np.ndarray:
        is_own = self._rng.random(len(words)) < 0.5
        ranks = np.searchsorted(self._cumulative_in_trade, self._rng.random(int(is_own.sum())))
        words[is_own] = self._trade_words[trades[is_own], np.minimum(ranks, TRADE_WORDS - 1)]
        return words

    def _batches(self, count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for ends, words in super()._batches(count):
            trades = self._rng.integers(TRADES, size=len(ends))
            yield ends, self._mix(words, trades.repeat(np.diff(ends, prepend=0)))

    def _brief_words(self, count: int) -> np.ndarray:
        return self._mix(self._draw(count), np.full(count, self._rng.integers(TRADES)))
