"""Many strings as two arrays, so that they can lie on disk, be mapped into memory and be shared by processes.

`Strings` is a sequence; `Vocabulary` also tells the number of a string, by a hash table with open addressing and linear
probing (D. Knuth, "The Art of Computer Programming", volume 3, section 6.4, algorithm L) at most half full.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np

from marketplace.matching.storage.hash_table import NOT_FOUND, HashTable, Indices
from marketplace.matching.storage.lazy_sequence import LazySequence

Offsets = np.ndarray[Any, np.dtype[np.int64]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Slots = np.ndarray[Any, np.dtype[np.int32]]
MAX_DICT_SIZE = 20_000
"""Up to so many strings are kept as a dictionary of the process, which is quicker and then small."""
MAX_HASH_TABLE_SIZE = 100_000
"""Up to so many are also kept by their hashes: 12 bytes for each of up to four times as many places, in each process."""


class StringTable(LazySequence[str]):
    """An immutable sequence of strings."""

    def __init__(self, blob: Bytes, offsets: Offsets) -> None:
        self._blob, self._offsets = blob, offsets
        self._bytes, self._ends = _memory_view(blob), _memory_view(offsets)

    @classmethod
    def of(cls, strings: Iterable[str]) -> Self:
        """Return the strings as arrays."""
        encoded = [string.encode() for string in strings]
        offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(string_bytes) for string_bytes in encoded], out=offsets[1:])
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets)

    def __len__(self) -> int:
        """Return how many strings there are."""
        return len(self._offsets) - 1

    def at(self, index: int) -> str:
        """Return one string."""
        return str(self.raw(index), "utf-8")

    def __iter__(self) -> Iterator[str]:
        """Go through the strings: quicker than to ask for one place after the other."""
        for start, end in pairwise(self._ends):
            yield str(self._bytes[start:end], "utf-8")

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what to pickle: the arrays."""
        return type(self), (np.asarray(self._blob), np.asarray(self._offsets))

    def raw(self, index: int) -> memoryview:
        """Return one string as UTF-8, without copying it."""
        return self._bytes[self._ends[index] : self._ends[index + 1]]

    def save(self, folder: Path, name: str) -> None:
        """Write the two arrays into a folder."""
        np.save(folder / f"{name}-bytes.npy", self._blob)
        np.save(folder / f"{name}-offsets.npy", self._offsets)

    @classmethod
    def open(cls, folder: Path, name: str) -> Self:
        """Map what `save` wrote."""
        return cls(mapped(folder / f"{name}-bytes.npy"), mapped(folder / f"{name}-offsets.npy"))


class Vocabulary(Mapping[str, int]):
    """Different strings, each with its number: its place in the order that they were given in."""

    def __init__(self, strings: StringTable, slots: Slots) -> None:
        self._strings = strings
        self._slots, self._mask = slots, len(slots) - 1
        self._table = _memory_view(slots)
        self.strings: Sequence[str] = strings

    @cached_property
    def _dict(self) -> dict[str, int] | None:
        """Return the numbers as a dictionary where there are few: made at the first question, not when it is opened."""
        if len(self._strings) > MAX_DICT_SIZE:
            return None
        return {string: index for index, string in enumerate(self._strings)}

    @cached_property
    def _hash_table(self) -> HashTable | None:
        """Return the numbers by hash, where there are not so many that each process would feel it."""
        return HashTable(self._strings) if len(self._strings) <= MAX_HASH_TABLE_SIZE else None

    def indices(self, strings: Sequence[str]) -> Indices:
        """Return the number of each of many strings, -1 for one that is none of them: quicker than one by one."""
        if self._hash_table is None:
            return np.fromiter(map(self._find, strings), dtype=np.int64, count=len(strings))
        return self._hash_table.indices(strings)

    @classmethod
    def of(cls, strings: Iterable[str]) -> Self:
        """Return a vocabulary of different strings."""
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
        """Return what to pickle: the arrays."""
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
        """Return the number of a string; raises KeyError."""
        index = self._find(string)
        if index == NOT_FOUND:
            raise KeyError(string)
        return index

    def __contains__(self, string: object) -> bool:
        """Say whether a string is one of them."""
        return isinstance(string, str) and self._find(string) != NOT_FOUND

    def __iter__(self) -> Iterator[str]:
        """Go through the strings by number."""
        return iter(self.strings)

    def __len__(self) -> int:
        """Return how many strings there are."""
        return len(self.strings)

    def save(self, folder: Path, name: str) -> None:
        """Write the arrays into a folder."""
        self._strings.save(folder, name)
        np.save(folder / f"{name}-slots.npy", self._slots)

    @classmethod
    def open(cls, folder: Path, name: str) -> Self:
        """Map what `save` wrote."""
        return cls(StringTable.open(folder, name), mapped(folder / f"{name}-slots.npy"))


class CountedVocabulary(Mapping[str, int]):
    """Different strings, each with a count."""

    def __init__(self, vocabulary: Vocabulary, counts: Slots) -> None:
        self.vocabulary, self._counts = vocabulary, counts

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Self:
        """Return counts as arrays."""
        words = sorted(counts)
        return cls(Vocabulary.of(words), np.array([counts[word] for word in words], dtype=np.int32))

    def get(self, string: str, default: Any = None) -> Any:
        """Return the count of a string, or what to return when it is none of them."""
        index = self.vocabulary.get(string)
        return default if index is None else int(self._counts[index])

    def __getitem__(self, string: str) -> int:
        """Return the count of a string; raises KeyError."""
        return int(self._counts[self.vocabulary[string]])

    def __iter__(self) -> Iterator[str]:
        """Go through the strings."""
        return iter(self.vocabulary)

    def __len__(self) -> int:
        """Return how many strings there are."""
        return len(self.vocabulary)

    def save(self, folder: Path, name: str) -> None:
        """Write the arrays into a folder."""
        self.vocabulary.save(folder, name)
        np.save(folder / f"{name}-counts.npy", self._counts)

    @classmethod
    def open(cls, folder: Path, name: str) -> Self:
        """Map what `save` wrote."""
        return cls(Vocabulary.open(folder, name), mapped(folder / f"{name}-counts.npy"))


def _memory_view(array: Any) -> memoryview:
    """Return an array as something whose single items are quicker to come by."""
    return memoryview(array)


def mapped(path: Path) -> Any:
    """Map an array from disk, read only; an empty one is read, since nothing of it can be mapped."""
    array = np.load(path, mmap_mode=None if path.stat().st_size <= 128 else "r", allow_pickle=False)  # noqa: PLR2004 because that is the header of the format
    array.flags.writeable = False
    return array.view(np.ndarray)
