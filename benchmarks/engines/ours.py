"""The matcher's own engine: BM25 weights stored as postings and memory-mapped."""

import random
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from benchmarks.engines.peers import TOP_K, Engine
from benchmarks.engines.texts import GeneratedTexts
from marketplace.matching.index.bm25 import FieldedBM25Transformer
from marketplace.matching.storage.hash_table import NOT_FOUND
from marketplace.matching.storage.postings import Postings
from marketplace.matching.storage.string_table import Vocabulary

STREAM_BYTES = 400_000_000
"""Much larger than the processor's caches, so that reads come from memory."""


class OwnEngine(Engine):
    """Postings, with changed documents in a small second segment."""

    name = "ours"
    _stream_buffer: np.ndarray | None = None
    _random = random.Random(1)

    def build(self, texts: Path, folder: Path) -> None:
        """Read and weight the profiles, save the postings, and open them."""
        counter = CountVectorizer(analyzer=str.split)
        with texts.open(encoding="utf-8") as lines:
            counts = counter.fit_transform(lines).tocsr()
        self._weigh(counter, counts, folder)

    def build_counted(self, seed: int, size: int, folder: Path) -> None:
        """Weight generated term counts, save the postings, and open them."""
        generated = GeneratedTexts(seed)
        counter = CountVectorizer(analyzer=str.split, vocabulary=generated.words.tolist())
        counter._validate_vocabulary()  # noqa: SLF001 because there are no texts to fit
        self._weigh(counter, generated.counts(size), folder)

    def _weigh(self, counter: CountVectorizer, counts: Any, folder: Path) -> None:
        self._counter = counter
        self._weighting = FieldedBM25Transformer({"text": 1.0}).fit({"text": counts})
        Postings.of(self._weighting.transform({"text": counts})).save(folder)
        self._vocabulary = Vocabulary.of(counter.get_feature_names_out().tolist())
        self._postings = Postings.open(folder)
        self._delta: tuple[Postings, int] | None = None
        self.postings = self._postings.rows.size
        self.bytes = self._postings.nbytes

    def _query(self, words: list[str]) -> tuple[np.ndarray, np.ndarray]:
        columns = self._vocabulary.indices(words)
        return columns, np.ones(len(columns))

    def ask(self, words: list[str]) -> list[int]:
        """Return the top results of both segments."""
        columns, weights = self._query(words)
        if self._delta is None:
            return self._postings.top(columns, weights, TOP_K)[0][:TOP_K].tolist()
        delta, changed_row = self._delta
        rows, scores = self._postings.top(columns, weights, TOP_K + 1)
        is_current = rows != changed_row
        fresh, fresh_scores = delta.top(columns, weights, TOP_K)
        rows = np.concatenate([rows[is_current], np.full(len(fresh), changed_row)])
        order = np.argsort(-np.concatenate([scores[is_current], fresh_scores]), kind="stable")[:TOP_K]
        return rows[order].tolist()

    def change(self, row: int, text: str) -> None:
        """Replace one supplier's text, with unchanged term statistics."""
        counts = {"text": self._counter.transform([text]).tocsr()}
        self._delta = Postings.of(self._weighting.transform(counts)), row

    def columns(self, words: list[str]) -> list[int]:
        """Return the columns of a brief's words."""
        return self._query(words)[0].tolist()

    def scan(self, words: list[str]) -> None:
        """Score every supplier."""
        self._postings.scores(*self._query(words))

    def touched_bytes(self, words: list[str]) -> int:
        """Return the size of the posting lists of a brief's words in bytes."""
        columns = self._query(words)[0]
        columns = columns[columns != NOT_FOUND]
        return 8 * int((self._postings.indptr[columns + 1] - self._postings.indptr[columns]).sum())

    def stream(self, words: list[str]) -> None:
        """Read the same number of bytes sequentially in NumPy's fastest way: the maximum."""
        self._random_slice(words).max()

    def stream_sum(self, words: list[str]) -> None:
        """Read the same number of bytes and sum them."""
        self._random_slice(words).sum()

    def _random_slice(self, words: list[str]) -> np.ndarray:
        if self._stream_buffer is None:
            self._stream_buffer = np.ones(STREAM_BYTES // 4, dtype=np.float32)
        count = self.touched_bytes(words) // 4
        start = self._random.randrange(max(self._stream_buffer.size - count, 1))
        return self._stream_buffer[start : start + count]
