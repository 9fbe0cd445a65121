"""Service features of documents, packed: two bytes per service and document for each of two, and one bit for each of two.

An index of 100,000 documents and 70 services takes 29 MB this way instead of 170 MB. A packed value is a fraction of
60,000, which is divisible by the small numbers, so that round values such as 0.85 stay exact. Scores of single rows
and of all documents are computed from the same packed values.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from ..storage.string_table import memory_map
from ..storage.types import Mask, Vector, Weights

Packed = np.ndarray[Any, np.dtype[np.uint16]]
Bits = np.ndarray[Any, np.dtype[np.uint8]]
Batch = tuple[Packed, Packed, Mask, Mask]
"""The packed topics and evidence of documents, and the bits for related and ticked services."""
SCALE = 60_000
BLOCK_SIZE = 4096
"""How many documents are unpacked at a time, so that they stay in the processor's cache."""


class ServiceFeatures(NamedTuple):
    """Service features of documents: arrays of services by documents, with values from 0 to 1.

    `topics` is the topic vector of each document (columns of length 1 or less). `evidence` is how well each service is
    substantiated, highest for a ticked service with a case. `related` marks documents that offer something related to
    the service, `ticked` those that tick it, unless they tick so many that their ticks are ignored.
    """

    topics: Vector
    evidence: Vector
    related: Mask
    ticked: Mask


class DeclaredFeatures(NamedTuple):
    """The same features from ticked services and cases alone."""

    topics: Vector
    evidence: Vector
    related: Mask
    ticked: Mask


def pack(features: ServiceFeatures) -> Batch:
    """Return the features of documents with topics and evidence in two bytes each."""
    topics, evidence = (
        np.rint(values * SCALE).astype(np.uint16) for values in (features.topics, features.evidence)
    )
    return topics, evidence, features.related, features.ticked


def unpack(values: Packed) -> Vector:
    """Return packed values as float64."""
    unpacked: Vector = values / float(SCALE)
    return unpacked


class PackedFeatures:
    """The service features of many documents, in memory or memory-mapped."""

    FILES = ("topics", "evidence", "related", "ticked")
    BITS = ("related", "ticked")

    def __init__(self, topics: Packed, evidence: Packed, related: Bits, ticked: Bits) -> None:
        self.topics, self.evidence, self.related, self.ticked = topics, evidence, related, ticked
        self.size = topics.shape[1]

    @classmethod
    def of(cls, batches: Sequence[Batch]) -> Self:
        """Concatenate the features of batches of documents, of which there is at least one."""
        topics, evidence, *bits = (np.concatenate(arrays, axis=1) for arrays in zip(*batches, strict=True))
        return cls(topics, evidence, *(np.packbits(values, axis=1) for values in bits))

    def save(self, folder: Path) -> None:
        """Write the arrays into a folder."""
        for name in self.FILES:
            np.save(folder / f"feature-{name}.npy", getattr(self, name))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Memory-map what `save` wrote."""
        return cls(*(memory_map(folder / f"feature-{name}.npy") for name in cls.FILES))

    def of_service(self, name: str, service: int) -> Vector | Mask:
        """Return one feature of one service for all documents."""
        values = getattr(self, name)[service]
        return np.unpackbits(values, count=self.size).view(bool) if name in self.BITS else unpack(values)

    def of_document(self, name: str, row: int) -> Vector | Mask:
        """Return one feature of one document for all services."""
        values = getattr(self, name)
        if name not in self.BITS:
            return unpack(values[:, row])
        bits: Mask = (values[:, row >> 3] >> (7 - (row & 7)) & 1).astype(bool)
        return bits

    def weighted_topics(self, weights: Vector) -> Weights:
        """Return the sum over services of weight times topic for each document, in float32."""
        used = np.flatnonzero(weights)
        factors = (weights[used] / SCALE).astype(np.float32)
        total = np.empty(self.size, dtype=np.float32)
        for start in range(0, self.size, BLOCK_SIZE):
            block = self.topics[used, start : start + BLOCK_SIZE].astype(np.float32)
            np.matmul(factors, block, out=total[start : start + BLOCK_SIZE])
        return total
