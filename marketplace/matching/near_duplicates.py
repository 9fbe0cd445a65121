"""Texts that say the same: found by comparing only those whose sketches meet.

Alike is what two sets of words share of what either has (Jaccard). A sketch is a few MinHash values taken together, some
at a time; sets that share most of their words have at least one such band in common. A. Broder, "On the resemblance and
containment of documents" (1997); the hashes are multiply-shift (M. Dietzfelbinger et al., 1997) over the words'
checksums.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, Self

import numpy as np

Keys = np.ndarray[Any, np.dtype[np.uint64]]
Rows = np.ndarray[Any, np.dtype[np.int32]]
LEAST_TO_COMPARE = 8
"""Fewer words than this give no sketch."""
BANDS, ROWS_IN_BAND = 24, 8
"""Of two sets that share 80 % of their words 99 of 100 pairs meet, of those that share 20 % 6 of 100,000: unlike texts are
not held against each other, however many there are."""
REMEMBERED = 4096
_CHANCE = np.random.default_rng(1997)
_FACTORS = _CHANCE.integers(1, 1 << 63, BANDS * ROWS_IN_BAND, dtype=np.uint64) | np.uint64(1)
_ADDENDS = _CHANCE.integers(0, 1 << 63, BANDS * ROWS_IN_BAND, dtype=np.uint64)
_MIX = _CHANCE.integers(1, 1 << 63, ROWS_IN_BAND, dtype=np.uint64) | np.uint64(1)
NO_KEYS: Keys = np.zeros(0, dtype=np.uint64)


def sketch(words: AbstractSet[str]) -> Keys:
    """Return a set's bands, one number each; none for too few words."""
    if len(words) < LEAST_TO_COMPARE:
        return NO_KEYS
    numbers = np.fromiter((zlib.crc32(word.encode()) for word in words), dtype=np.uint64, count=len(words))
    least = ((numbers[:, None] * _FACTORS + _ADDENDS) >> np.uint64(32)).min(axis=0)
    mixed: Keys = (least.reshape(BANDS, ROWS_IN_BAND) * _MIX).sum(axis=1) + np.arange(BANDS, dtype=np.uint64)
    return mixed


class Sketches:
    """The bands of many documents, to find those that have one in common with another."""

    def __init__(self, keys: Keys, rows: Rows) -> None:
        self.keys, self.rows = keys, rows

    @classmethod
    def of(cls, sketches: Iterable[Keys]) -> Self:
        """Order the bands of documents 0, 1, 2, ..."""
        listed = list(sketches)
        keys = np.concatenate([NO_KEYS, *listed])
        rows = np.repeat(np.arange(len(listed), dtype=np.int32), [len(one) for one in listed])
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], rows[order])

    def meeting(self, one: Keys) -> list[int]:
        """Return the rows that have a band in common with a sketch, ascending."""
        starts, ends = np.searchsorted(self.keys, one, "left"), np.searchsorted(self.keys, one, "right")
        spans = zip(starts.tolist(), ends.tolist(), strict=True)
        return sorted({int(row) for start, end in spans for row in self.rows[start:end]})


class EarlierDocuments(NamedTuple):
    """Documents that came before others: how many, their sketches, and which of them are behind one of them."""

    size: int = 0
    sketches: Sketches = Sketches(NO_KEYS, np.zeros(0, dtype=np.int32))
    behind: Mapping[int, int] = MappingProxyType({})


def find_duplicates(
    sketches: Sequence[Keys],
    words_of: Callable[[int], AbstractSet[str]],
    alike: float,
    earlier: EarlierDocuments = EarlierDocuments(),  # noqa: B008 because it cannot be changed
) -> dict[int, int]:
    """Return for each document that says nearly the same as an earlier one: the first of those.

    `sketches` are those of the rows after the earlier ones. `words_of` gives the words of any row.
    """
    words_of = lru_cache(maxsize=REMEMBERED)(words_of)
    found: dict[int, int] = dict(earlier.behind)
    bands: dict[int, list[int]] = {}
    for row, keys in enumerate(sketches, earlier.size):
        others = set(earlier.sketches.meeting(keys))
        for key in keys.tolist():
            others.update(bands.setdefault(key, []))
            bands[key].append(row)
        words = words_of(row) if others else frozenset()
        for other in sorted(others):
            theirs = words_of(other)
            if len(words & theirs) >= alike * len(words | theirs):
                found[row] = found.get(other, other)
                break
    return found
