"""Bloom filters of the word trigrams in documents, to find quickly those that may copy a brief.

A filter contains all trigrams of its document and a few others, so no copy is missed (B. H. Bloom, "Space/time
trade-offs in hash coding with allowable errors", Communications of the ACM 13, 1970). It has one hash function.
"""

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from .documents import Document
from .spam import NGRAM_SIZE, min_copied, own_text, words_of
from .storage.types import Mask

FILTER_BYTES = 128
"""A profile of 150 words sets an eighth of the bits."""
Filters = np.ndarray[Any, np.dtype[np.uint8]]
"""Filters of documents: one row each."""
_MULTIPLIERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)


def ngram_filters(documents: Sequence[Document]) -> Filters:
    """Return the filters of documents."""
    bits = np.zeros((len(documents), FILTER_BYTES * 8), dtype=bool)
    for row, document in enumerate(documents):
        bits[row, _positions(words_of(own_text(document)))] = True
    return np.packbits(bits, axis=1)


def may_copy(filters: Filters, brief: str) -> Mask:
    """Return which documents, by their filters, may contain a large part of a brief word for word."""
    positions = _positions(words_of(brief))
    bits = filters[:, positions >> 3] >> (7 - (positions & 7)).astype(np.uint8) & 1
    may_be_copies: Mask = bits.sum(axis=1) >= min_copied(brief)
    return may_be_copies


def _positions(words: Sequence[str]) -> Any:
    """Return the position in a filter of each trigram of a text."""
    checksums = np.array([zlib.crc32(word.encode()) for word in words], dtype=np.uint64)
    if len(checksums) < NGRAM_SIZE:
        return np.zeros(0, dtype=np.intp)
    trigrams = np.lib.stride_tricks.sliding_window_view(checksums, NGRAM_SIZE)
    hashes = (trigrams * _MULTIPLIERS).sum(axis=1) >> np.uint64(32)
    return hashes.astype(np.intp) % (FILTER_BYTES * 8)
