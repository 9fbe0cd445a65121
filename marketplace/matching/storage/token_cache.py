"""Cached stems and compound parts of every word in the training vocabulary.

The cache is stored on disk and shared by processes. For a large directory, a cache in each process would take more
memory than all its other data.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import numpy as np

from .string_table import StringTable, Vocabulary, memory_map

StemAndParts = tuple[str, tuple[str, ...]]


class TokenCache:
    """Terms per word: `terms[term_indices[ends[i]:ends[i + 1]]]` are the stem of word i and those of its parts."""

    def __init__(self, words: Vocabulary, terms: StringTable, term_indices: Any, ends: Any) -> None:
        self._words, self._terms = words, terms
        self._arrays = term_indices, ends
        self._term_indices, self._ends = memoryview(term_indices), memoryview(ends)

    @classmethod
    def of(cls, words: Vocabulary, analyze: Callable[[str], StemAndParts]) -> Self:
        """Analyze all words of a vocabulary."""
        term_index: dict[str, int] = {}
        term_indices, ends = [], [0]
        for term, parts in map(analyze, words):
            term_indices += [term_index.setdefault(stem, len(term_index)) for stem in (term, *parts)]
            ends.append(len(term_indices))
        return cls(
            words,
            StringTable.of(term_index),
            np.array(term_indices, dtype=np.int32),
            np.array(ends, dtype=np.int64),
        )

    def get(self, word: str) -> StemAndParts | None:
        """Return a word's stem and those of its compound parts, or None if the word is not cached."""
        index = self._words.get(word)
        if index is None:
            return None
        at = self._terms.at
        term, *parts = self._term_indices[self._ends[index] : self._ends[index + 1]]
        return at(term), tuple(map(at, parts))

    def save(self, folder: Path) -> None:
        """Write the arrays into a folder; the caller saves the words."""
        self._terms.save(folder, "read")
        for name, array in zip(("numbers", "ends"), self._arrays, strict=True):
            np.save(folder / f"read-{name}.npy", array)

    @classmethod
    def open(cls, folder: Path, words: Vocabulary) -> Self:
        """Memory-map the files that `save` wrote."""
        return cls(
            words,
            StringTable.open(folder, "read"),
            memory_map(folder / "read-numbers.npy"),
            memory_map(folder / "read-ends.npy"),
        )
