"""Our own engine: the product's weights, kept as postings and opened by memory mapping."""

import random
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from benchmarks.engines.peers import FIRST, Engine
from benchmarks.engines.texts import Texts
from marketplace.matching.index.bm25 import FieldedBM25Transformer
from marketplace.matching.storage.hash_table import NOT_FOUND
from marketplace.matching.storage.postings import Postings
from marketplace.matching.storage.string_table import Vocabulary

STREAM_BYTES = 400_000_000
"""Much more than a processor's caches hold, so that what is read comes from memory."""


class Ours(Engine):
    """Postings, with what changed in a small part of its own that is asked beside the big one."""

    name = "ours"
    _stream: np.ndarray | None = None
    _chance = random.Random(1)

    def build(self, texts: Path, folder: Path) -> None:
        """Read the profiles, weigh and save them, and open what was saved."""
        counter = CountVectorizer(analyzer=str.split)
        with texts.open(encoding="utf-8") as lines:
            counts = counter.fit_transform(lines).tocsr()
        self._weigh(counter, counts, folder)

    def build_counted(self, seed: int, size: int, folder: Path) -> None:
        """Do the same with words that are counted already."""
        drawn = Texts(seed)
        counter = CountVectorizer(analyzer=str.split, vocabulary=drawn.words.tolist())
        counter._validate_vocabulary()  # noqa: SLF001 because nothing is to be read
        self._weigh(counter, drawn.counts(size), folder)

    def _weigh(self, counter: CountVectorizer, counts: Any, folder: Path) -> None:
        self._counter = counter
        self._weighting = FieldedBM25Transformer({"text": 1.0}).fit({"text": counts})
        Postings.of(self._weighting.transform({"text": counts})).save(folder)
        self._vocabulary = Vocabulary.of(counter.get_feature_names_out().tolist())
        self._postings = Postings.open(folder)
        self._delta: tuple[Postings, int] | None = None
        self._alive: np.ndarray | None = None
        self.postings = self._postings.rows.size
        self.bytes = self._postings.nbytes

    def _asked(self, words: list[str]) -> tuple[np.ndarray, np.ndarray]:
        columns = self._vocabulary.indices(words)
        return columns, np.ones(len(columns))

    def ask(self, words: list[str]) -> list[int]:
        """Return the first of all, and what changed among them."""
        columns, weights = self._asked(words)
        rows, scores = self._postings.top(columns, weights, FIRST, alive=self._alive)
        if self._delta is None:
            return rows.tolist()
        part, row = self._delta
        fresh, fresh_scores = part.top(columns, weights, FIRST)
        order = np.argsort(-np.concatenate([scores, fresh_scores]), kind="stable")[:FIRST]
        return np.concatenate([rows, np.full(len(fresh), row)])[order].tolist()

    def change(self, row: int, text: str) -> None:
        """Take one supplier's text anew, with statistics as they were."""
        counts = {"text": self._counter.transform([text]).tocsr()}
        alive = np.ones(self._postings.size, dtype=bool) if self._alive is None else self._alive
        alive[row] = False
        self._delta, self._alive = (Postings.of(self._weighting.transform(counts)), row), alive

    def columns(self, words: list[str]) -> list[int]:
        """Return the columns of a brief's words."""
        return self._asked(words)[0].tolist()

    def scan(self, words: list[str]) -> None:
        """Give every supplier its score, skipping nothing."""
        self._postings.scores(*self._asked(words))

    def touched(self, words: list[str]) -> int:
        """Return how many bytes the postings of a brief's words take."""
        columns = self._asked(words)[0]
        columns = columns[columns != NOT_FOUND]
        return 8 * int((self._postings.indptr[columns + 1] - self._postings.indptr[columns]).sum())

    def stream(self, words: list[str]) -> None:
        """Read as many bytes, one after the other, in the quickest way that NumPy has: the highest of all."""
        self._flow(words).max()

    def stream_sum(self, words: list[str]) -> None:
        """Read as many bytes and add them up."""
        self._flow(words).sum()

    def _flow(self, words: list[str]) -> np.ndarray:
        if self._stream is None:
            self._stream = np.ones(STREAM_BYTES // 4, dtype=np.float32)
        count = self.touched(words) // 4
        start = self._chance.randrange(max(self._stream.size - count, 1))
        return self._stream[start : start + count]
