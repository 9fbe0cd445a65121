"""Near-duplicate detection with MinHash: texts are compared only if their sketches share a band.

Similarity is the Jaccard coefficient of two sets of terms. A sketch consists of bands, each a hash of several MinHash
values; sets that share most of their terms have at least one band in common. A. Broder, "On the resemblance and
containment of documents" (1997). The hash functions are multiply-shift (M. Dietzfelbinger et al., 1997) over the
terms' CRC-32 checksums.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence, Set as AbstractSet
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, Self

import numpy as np

Bands = np.ndarray[Any, np.dtype[np.uint32]]
Rows = np.ndarray[Any, np.dtype[np.int32]]
MIN_TERMS = 8
"""Sets with fewer terms get no sketch: all of its bands are 0."""
BANDS, ROWS_IN_BAND = 24, 8
"""Probability that two sets share a band: 0.99 at a similarity of 80 %, 0.00006 at 20 %. Dissimilar texts are
therefore hardly ever compared, however many there are."""
CACHE_SIZE = 4096
_RNG = np.random.default_rng(1997)
_MULTIPLIERS = _RNG.integers(1, 1 << 63, BANDS * ROWS_IN_BAND, dtype=np.uint64) | np.uint64(1)
_ADDENDS = _RNG.integers(0, 1 << 63, BANDS * ROWS_IN_BAND, dtype=np.uint64)
_MIX = _RNG.integers(1, 1 << 63, ROWS_IN_BAND, dtype=np.uint64) | np.uint64(1)
NO_BANDS: Bands = np.zeros(BANDS, dtype=np.uint32)


def sketch(terms: AbstractSet[str]) -> Bands:
    """Return the bands of a set of terms; none for too few terms."""
    if len(terms) < MIN_TERMS:
        return NO_BANDS
    checksums = np.fromiter((zlib.crc32(word.encode()) for word in terms), dtype=np.uint64, count=len(terms))
    minima = ((checksums[:, None] * _MULTIPLIERS + _ADDENDS) >> np.uint64(32)).min(axis=0)
    bands: Bands = ((minima.reshape(BANDS, ROWS_IN_BAND) * _MIX).sum(axis=1) >> np.uint64(32)).astype(
        np.uint32
    )
    return bands


class Sketches:
    """The bands of many documents, sorted to find those that share one."""

    def __init__(self, bands: Bands, rows: Rows) -> None:
        self.bands, self.rows = bands, rows

    @classmethod
    def of(cls, sketches: Sequence[Bands] | Bands) -> Self:
        """Sort the bands of documents 0, 1, 2, ..."""
        listed = np.asarray(sketches, dtype=np.uint32).reshape(-1, BANDS)
        has_sketch = listed.any(axis=1)
        bands = listed[has_sketch].ravel()
        order = np.argsort(bands, kind="stable").astype(np.int32)
        rows = np.flatnonzero(has_sketch).astype(np.int32)
        return cls(bands[order], rows[order // BANDS])

    def rows_sharing_band(self, other: Bands) -> list[int]:
        """Return the rows that share a band with a sketch, ascending."""
        if not other.any():
            return []
        starts, ends = self.bands.searchsorted(other, "left"), self.bands.searchsorted(other, "right")
        spans = zip(starts.tolist(), ends.tolist(), strict=True)
        return sorted({int(row) for start, end in spans for row in self.rows[start:end]})

    def shared_bands(self) -> dict[int, list[slice]]:
        """Return, for each row that shares bands with others, the positions of these bands."""
        is_first = np.append(True, self.bands[1:] != self.bands[:-1])
        starts = np.flatnonzero(is_first)
        ends = np.append(starts[1:], len(self.bands))
        is_shared = ends - starts > 1
        shared: dict[int, list[slice]] = {}
        for start, end in zip(starts[is_shared].tolist(), ends[is_shared].tolist(), strict=True):
            for row in self.rows[start:end].tolist():
                shared.setdefault(row, []).append(slice(start, end))
        return shared


class EarlierDocuments(NamedTuple):
    """Documents that precede others: their number, their sketches, and their known duplicates."""

    size: int = 0
    sketches: Sketches = Sketches.of([])
    duplicate_of: Mapping[int, int] = MappingProxyType({})


def find_duplicates(
    sketches: Sequence[Bands] | Bands,
    terms_of: Callable[[int], AbstractSet[str]],
    min_similarity: float,
    earlier: EarlierDocuments = EarlierDocuments(),  # noqa: B008 because it cannot be changed
) -> dict[int, int]:
    """Map each document that is similar to an earlier one to the first document of that group.

    `sketches` are those of the rows after the earlier documents. `terms_of` returns the terms of any row.
    """
    terms_of = lru_cache(maxsize=CACHE_SIZE)(terms_of)
    duplicate_of: dict[int, int] = dict(earlier.duplicate_of)
    own = Sketches.of(sketches)
    shared = own.shared_bands()
    for position in range(len(sketches)) if earlier.size else sorted(shared):
        row = earlier.size + position
        candidates = {
            earlier.size + other
            for span in shared.get(position, ())
            for other in own.rows[span].tolist()
            if other < position
        }
        candidates.update(earlier.sketches.rows_sharing_band(sketches[position]))
        terms = terms_of(row) if candidates else frozenset()
        for candidate in sorted(candidates):
            candidate_terms = terms_of(candidate)
            if len(terms & candidate_terms) >= min_similarity * len(terms | candidate_terms):
                duplicate_of[row] = duplicate_of.get(candidate, candidate)
                break
    return duplicate_of
