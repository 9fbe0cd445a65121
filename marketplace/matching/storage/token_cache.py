"""The words that an index has read, with their stems and parts: to show a text again nobody cuts its words up anew.

They lie on disk and are shared. What each process would otherwise find out and remember for itself takes more memory than
all else that it has of a large directory.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import numpy as np

from marketplace.matching.storage.string_table import Strings, Vocabulary, mapped

Read = tuple[str, tuple[str, ...]]


class SeenWords:
    """For each word of a vocabulary its terms: `terms[numbers[ends[i]:ends[i + 1]]]`, the stem and then those of parts."""

    def __init__(self, words: Vocabulary, terms: Strings, numbers: Any, ends: Any) -> None:
        self._words, self._terms = words, terms
        self._arrays = numbers, ends
        self._numbers, self._ends = memoryview(numbers), memoryview(ends)

    @classmethod
    def of(cls, words: Vocabulary, read: Callable[[str], Read]) -> Self:
        """Read all words of a vocabulary."""
        known: dict[str, int] = {}
        numbers, ends = [], [0]
        for term, parts in map(read, words):
            numbers += [known.setdefault(one, len(known)) for one in (term, *parts)]
            ends.append(len(numbers))
        return cls(
            words, Strings.of(known), np.array(numbers, dtype=np.int32), np.array(ends, dtype=np.int64)
        )

    def get(self, word: str) -> Read | None:
        """Return the stem of a word and those of its parts, or None for a word that was not read."""
        number = self._words.get(word)
        if number is None:
            return None
        at = self._terms.at
        term, *parts = self._numbers[self._ends[number] : self._ends[number + 1]]
        return at(term), tuple(map(at, parts))

    def save(self, folder: Path) -> None:
        """Write the arrays into a folder, but not the words."""
        self._terms.save(folder, "read")
        for name, array in zip(("numbers", "ends"), self._arrays, strict=True):
            np.save(folder / f"read-{name}.npy", array)

    @classmethod
    def open(cls, folder: Path, words: Vocabulary) -> Self:
        """Map what `save` wrote."""
        return cls(
            words,
            Strings.open(folder, "read"),
            mapped(folder / "read-numbers.npy"),
            mapped(folder / "read-ends.npy"),
        )
