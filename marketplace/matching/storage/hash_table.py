"""Batch lookup of strings by hash: return the indices of many strings at once.

A dictionary accesses three locations in memory per string, one after the other: its slot, the string, and the value.
Here all hashes are compared in one NumPy array, which the processor can prefetch: looking up a hundred words among
60,000 takes half the time, and the table a fifth of the memory.

Open addressing with linear probing (D. Knuth, "The Art of Computer Programming", volume 3, section 6.4, algorithm L),
at most half full. Inserted in the order of their hashes, no string has to be moved, so all slots are computed in one
pass.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

NOT_FOUND = -1
"""The index returned for an unknown string."""
BITS = 64
Indices = np.ndarray[Any, np.dtype[np.int64]]


class HashTable:
    """Maps distinct strings to indices by Python's string hash, which differs between processes.

    Of two strings with the same hash only the first can be found. Among a million strings this happens in one of
    thirty million processes, and cannot be provoked from outside because the hash is keyed with a random secret.
    """

    def __init__(self, strings: Iterable[str]) -> None:
        hashes = np.fromiter(map(hash, strings), dtype=np.int64).view(np.uint64)
        bits = max(1, (2 * hashes.size).bit_length())
        order = hashes.argsort()
        ordered = hashes[order]
        self._shift = np.uint64(BITS - bits)
        home = (ordered >> self._shift).astype(np.int64)
        positions_before = np.arange(hashes.size)
        slots = np.maximum.accumulate(home - positions_before) + positions_before
        max_probe = int((slots - home).max(initial=0)) + 1
        size = max((1 << bits), int(slots.max(initial=0)) + 1) + max_probe
        self._hashes, self._indices = (
            np.zeros(size, dtype=np.uint64),
            np.full(size, NOT_FOUND, dtype=np.int32),
        )
        self._hashes[slots], self._indices[slots] = ordered, order
        self._windows = np.lib.stride_tricks.sliding_window_view(self._hashes, max_probe)
        """For each slot, the hashes in the slots that a probe from there may reach."""

    def indices(self, strings: Sequence[str]) -> Indices:
        """Return the index of each string, `NOT_FOUND` for unknown ones."""
        hashes = np.fromiter(map(hash, strings), dtype=np.int64, count=len(strings)).view(np.uint64)
        slots = (hashes >> self._shift).view(np.int64)
        slots += (self._windows[slots] == hashes[:, np.newaxis]).argmax(axis=1)
        indices = self._indices[slots].astype(np.int64)
        indices[self._hashes[slots] != hashes] = NOT_FOUND
        return indices
