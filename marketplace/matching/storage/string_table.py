"""Strings stored in NumPy arrays that can be memory-mapped and shared by processes.

`StringTable` is a sequence. `Vocabulary` also maps each string to its index with a hash table: open addressing and
linear probing (D. Knuth, "The Art of Computer Programming", volume 3, section 6.4, algorithm L), at most half full.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np

from .hash_table import NOT_FOUND, HashTable, Indices
from .lazy_sequence import LazySequence

Offsets = np.ndarray[Any, np.dtype[np.int64]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Slots = np.ndarray[Any, np.dtype[np.int32]]
MAX_DICT_SIZE = 20_000
"""Up to this size a vocabulary also builds a dictionary per process, which is faster and still small."""
MAX_HASH_TABLE_SIZE = 100_000
"""Up to this size a vocabulary also builds a `HashTable` per process: 12 bytes for each of up to four slots per
string."""

MAX_SINGLE_LOOKUPS = 8
"""Up to this many strings are looked up one by one, because the fixed cost of a batch lookup is higher."""


class StringTable(LazySequence[str]):
    """Immutable sequence of strings."""

    def __init__(self, blob: Bytes, offsets: Offsets) -> None:
        self._blob, self._offsets = blob, offsets
        self._bytes, self._ends = _memory_view(blob), _memory_view(offsets)
        self._size = len(offsets) - 1

    @classmethod
    def of(cls, strings: Iterable[str]) -> Self:
        """Store the given strings in arrays."""
        return cls.of_bytes([string.encode() for string in strings])

    @classmethod
    def of_bytes(cls, encoded: Sequence[bytes]) -> Self:
        """Store byte strings in arrays; unless they are UTF-8, they can only be read with `raw`."""
        offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(string_bytes) for string_bytes in encoded], out=offsets[1:])
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets)

    def __len__(self) -> int:
        """Return the number of strings."""
        return self._size

    def at(self, index: int) -> str:
        """Return the string at an index."""
        return str(self.raw(index), "utf-8")

    def __iter__(self) -> Iterator[str]:
        """Iterate over the strings, faster than indexing one by one."""
        for start, end in pairwise(self._ends):
            yield str(self._bytes[start:end], "utf-8")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the arrays."""
        return type(self), (np.asarray(self._blob), np.asarray(self._offsets))

    def raw(self, index: int) -> memoryview:
        """Return the UTF-8 bytes of the string at an index, without a copy."""
        return self._bytes[self._ends[index] : self._ends[index + 1]]

    def save(self, folder: Path, name: str) -> None:
        """Write the two arrays into a folder."""
        np.save(folder / f"{name}-bytes.npy", self._blob)
        np.save(folder / f"{name}-offsets.npy", self._offsets)

    @classmethod
    def open(cls, folder: Path, name: str) -> Self:
        """Memory-map the files that `save` wrote."""
        return cls(memory_map(folder / f"{name}-bytes.npy"), memory_map(folder / f"{name}-offsets.npy"))


class Vocabulary(Mapping[str, int]):
    """Distinct strings mapped to their indices in insertion order."""

    def __init__(self, strings: StringTable, slots: Slots) -> None:
        self._strings = strings
        self._slots, self._mask = slots, len(slots) - 1
        self._table = _memory_view(slots)
        self.strings: Sequence[str] = strings

    @cached_property
    def _dict(self) -> dict[str, int] | None:
        """A dictionary of the indices for small vocabularies, built on first use."""
        if len(self._strings) > MAX_DICT_SIZE:
            return None
        return {string: index for index, string in enumerate(self._strings)}

    @cached_property
    def _hash_table(self) -> HashTable | None:
        """A hash table for batch lookups, unless a table in each process would take too much memory."""
        return HashTable(self._strings) if len(self._strings) <= MAX_HASH_TABLE_SIZE else None

    def indices(self, strings: Sequence[str]) -> Indices:
        """Return the index of each string, -1 for unknown ones; faster than looking them up one by one."""
        if len(strings) <= MAX_SINGLE_LOOKUPS or self._hash_table is None:
            return np.fromiter(map(self._find, strings), dtype=np.int64, count=len(strings))
        return self._hash_table.indices(strings)

    @classmethod
    def of(cls, strings: Iterable[str]) -> Self:
        """Build a vocabulary of distinct strings."""
        string_table = StringTable.of(strings)
        size = 1 << max(1, (2 * len(string_table)).bit_length())
        slots = np.full(size, NOT_FOUND, dtype=np.int32)
        table = _memory_view(slots)
        for index in range(len(string_table)):
            slot = zlib.crc32(string_table.raw(index)) & (size - 1)
            while table[slot] != NOT_FOUND:
                slot = (slot + 1) & (size - 1)
            table[slot] = index
        return cls(string_table, slots)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the arrays."""
        return type(self), (self._strings, np.asarray(self._slots))

    def _find(self, string: str) -> int:
        if self._dict is not None:
            return self._dict.get(string, NOT_FOUND)
        encoded = string.encode()
        slot = zlib.crc32(encoded) & self._mask
        while (index := self._table[slot]) != NOT_FOUND:
            if self._strings.raw(index) == encoded:
                return index
            slot = (slot + 1) & self._mask
        return NOT_FOUND

    def __getitem__(self, string: str) -> int:
        """Return the index of a string. Raises KeyError if it is unknown."""
        index = self._find(string)
        if index == NOT_FOUND:
            raise KeyError(string)
        return index

    def get(self, string: str, default: Any = None) -> Any:
        """Return the index of a string, or the default if it is unknown."""
        index = self._find(string)
        return default if index == NOT_FOUND else index

    def __contains__(self, string: object) -> bool:
        """Return True if the string is in the vocabulary."""
        return isinstance(string, str) and self._find(string) != NOT_FOUND

    def __iter__(self) -> Iterator[str]:
        """Iterate over the strings in index order."""
        return iter(self.strings)

    def __len__(self) -> int:
        """Return the number of strings."""
        return len(self.strings)

    def save(self, folder: Path, name: str) -> None:
        """Write the arrays into a folder."""
        self._strings.save(folder, name)
        np.save(folder / f"{name}-slots.npy", self._slots)

    @classmethod
    def open(cls, folder: Path, name: str) -> Self:
        """Memory-map the files that `save` wrote."""
        return cls(StringTable.open(folder, name), memory_map(folder / f"{name}-slots.npy"))


class CountedVocabulary(Mapping[str, int]):
    """Distinct strings mapped to counts."""

    def __init__(self, vocabulary: Vocabulary, counts: Slots) -> None:
        self.vocabulary, self._counts = vocabulary, counts

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Self:
        """Store a mapping of counts in arrays."""
        words = sorted(counts)
        return cls(Vocabulary.of(words), np.array([counts[word] for word in words], dtype=np.int32))

    def get(self, string: str, default: Any = None) -> Any:
        """Return the count of a string, or the default if it is unknown."""
        index = self.vocabulary.get(string)
        return default if index is None else int(self._counts[index])

    def __getitem__(self, string: str) -> int:
        """Return the count of a string. Raises KeyError if it is unknown."""
        return int(self._counts[self.vocabulary[string]])

    def __iter__(self) -> Iterator[str]:
        """Iterate over the strings."""
        return iter(self.vocabulary)

    def __len__(self) -> int:
        """Return the number of strings."""
        return len(self.vocabulary)

    def save(self, folder: Path, name: str) -> None:
        """Write the arrays into a folder."""
        self.vocabulary.save(folder, name)
        np.save(folder / f"{name}-counts.npy", self._counts)

    @classmethod
    def open(cls, folder: Path, name: str) -> Self:
        """Memory-map the files that `save` wrote."""
        return cls(Vocabulary.open(folder, name), memory_map(folder / f"{name}-counts.npy"))


def _memory_view(array: Any) -> memoryview:
    """Return a view with faster access to single items than the array has."""
    return memoryview(array)


def memory_map(path: Path) -> Any:
    """Memory-map a saved array read-only; an empty one is loaded, because it cannot be mapped."""
    array = np.load(path, mmap_mode=None if path.stat().st_size <= 128 else "r", allow_pickle=False)  # noqa: PLR2004 because that is the size of the header
    array.flags.writeable = False
    return array.view(np.ndarray)
