"""Segments: documents with everything about them that does not depend on a query.

A segment is immutable. It is built from documents, or memory-mapped from disk and shared by processes.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from ..documents import Document, document_bytes, document_digest
from ..explanation import Note
from ..near_duplicates import BANDS, Sketches, sketch
from ..ngram_filters import Filters, ngram_filters
from ..settings import MatchingSettings
from ..spam import spam_flags
from ..storage.lazy_sequence import LazySequence
from ..storage.string_table import StringTable, Vocabulary, memory_map
from .attribute_columns import AttributeColumns
from .indexing import (
    SMALL_DIRECTORY,
    DocumentEncoder,
    Fields,
    batches,
)
from .service_features import Batch, PackedFeatures, pack

BATCH_SIZE = 500
"""How many documents are tokenized at a time, to bound the memory used while building."""
DOCUMENT_CACHE_SIZE = 128
DIGEST_BYTES = 32
DICTIONARY_DOCUMENTS, MAX_DICTIONARY_BYTES = 100, 32_000
"""The first documents of a segment are the preset dictionary of zlib for all, which can have at most 32 kB."""
COMPRESSION_LEVEL = 5


class StoredDocuments(LazySequence[Document]):
    """Documents stored as compressed JSON on disk, each parsed when it is accessed."""

    def __init__(self, strings: StringTable, dictionary: bytes) -> None:
        self._strings, self._dictionary = strings, dictionary
        self._size = len(strings)
        max_size = len(strings) if len(strings) <= SMALL_DIRECTORY else DOCUMENT_CACHE_SIZE
        self._cached_document = lru_cache(maxsize=max_size)(self._parse)

    def _parse(self, row: int) -> Document:
        plain = zlib.decompressobj(zdict=self._dictionary).decompress(self._strings.raw(row))
        return Document.from_dict(json.loads(plain.decode()))

    def __len__(self) -> int:
        """Return the number of documents."""
        return self._size

    def at(self, index: int) -> Document:
        """Return the document in one row."""
        return self._cached_document(index)


class Fingerprints(NamedTuple):
    """Per-document data for finding near-duplicates and copies of a brief without comparing texts."""

    sketches: Sketches
    filters: Filters


class Segment:
    """Documents in rows, with their spam flags, fingerprints, attributes and service features."""

    def __init__(
        self,
        documents: Sequence[Document],
        columns: AttributeColumns,
        features: PackedFeatures,
        flags_by_row: Mapping[int, tuple[Note, ...]],
        fingerprints: Fingerprints,
    ) -> None:
        self.documents = documents
        self.columns = columns
        self.features = features
        self.flags = flags_by_row
        self.fingerprints = fingerprints
        self._digests: Any = None
        self._size = len(documents)

    def __len__(self) -> int:
        """Return the number of documents."""
        return self._size

    @cached_property
    def ids(self) -> Vocabulary:
        """Document ids; the index of an id is the row of its document."""
        return Vocabulary.of(document.id for document in self.documents)

    def has_document(self, row: int, document: Document) -> bool:
        """Return True if a row contains exactly this version of a document."""
        if self._digests is not None:
            return bytes(self._digests[row]).hex() == document_digest(document)
        return self.documents[row] == document

    def save(self, folder: Path) -> dict[str, Any]:
        """Write the arrays into a folder and return the JSON values that complete them."""
        digests, compressed, ends = bytearray(), bytearray(), [0]
        first = map(document_bytes, islice(self.documents, DICTIONARY_DOCUMENTS))
        dictionary = b"".join(first)[:MAX_DICTIONARY_BYTES]
        compressor = zlib.compressobj(COMPRESSION_LEVEL, zdict=dictionary)
        for document in self.documents:
            plain = document_bytes(document)
            digests += hashlib.sha256(plain).digest()
            copy = compressor.copy()
            compressed += copy.compress(plain) + copy.flush()
            ends.append(len(compressed))
        np.save(folder / "dictionary.npy", np.frombuffer(dictionary, dtype=np.uint8))
        StringTable(np.frombuffer(compressed, dtype=np.uint8), np.array(ends)).save(folder, "documents")
        np.save(folder / "digests.npy", np.frombuffer(digests, dtype=np.uint8).reshape(-1, DIGEST_BYTES))
        self.ids.save(folder, "ids")
        self.columns.save(folder)
        self.features.save(folder)
        np.save(folder / "sketch-bands.npy", self.fingerprints.sketches.bands)
        np.save(folder / "sketch-rows.npy", self.fingerprints.sketches.rows)
        np.save(folder / "ngram-filters.npy", self.fingerprints.filters)
        return {"flags": {str(row): notes for row, notes in self.flags.items()}}

    @classmethod
    def open(cls, folder: Path, metadata: Mapping[str, Any], settings: MatchingSettings) -> Self:
        """Memory-map what `save` wrote; `metadata` is what it returned."""
        segment = cls(
            StoredDocuments(
                StringTable.open(folder, "documents"), memory_map(folder / "dictionary.npy").tobytes()
            ),
            AttributeColumns.open(folder, settings),
            PackedFeatures.open(folder),
            {
                int(row): tuple((code, params) for code, params in notes)
                for row, notes in metadata["flags"].items()
            },
            Fingerprints(
                Sketches(memory_map(folder / "sketch-bands.npy"), memory_map(folder / "sketch-rows.npy")),
                memory_map(folder / "ngram-filters.npy"),
            ),
        )
        segment._digests = memory_map(folder / "digests.npy")
        segment.__dict__["ids"] = Vocabulary.open(folder, "ids")
        return segment


class SegmentBuilder:
    """Reads documents once: iterating yields their tokens by field and collects the rest of their segment."""

    def __init__(self, documents: Sequence[Document], encoder: DocumentEncoder) -> None:
        self.documents = documents
        self.encoder = encoder
        self.sketches = np.zeros((len(documents), BANDS), dtype=np.uint32)
        self._size = 0
        self._flags: dict[int, tuple[Note, ...]] = {}
        self._features: list[Batch] = []
        self._filters: list[Filters] = []

    def __iter__(self) -> Iterator[Fields]:
        """Yield each document's tokens by field."""
        encoder = self.encoder
        for batch in batches(self.documents, BATCH_SIZE):
            fields = [encoder.tokenize(document) for document in batch]
            batch_flags = {
                position: notes
                for position, document in enumerate(batch)
                if not document.looked_at and (notes := spam_flags(document))
            }
            codes = {position: [code for code, _ in notes] for position, notes in batch_flags.items()}
            self._features.append(pack(encoder.featurize(batch, fields, codes)))
            start = self._size
            self._size += len(batch)
            self._flags |= {start + position: notes for position, notes in batch_flags.items()}
            for row, tokens in enumerate(fields, start):
                self.sketches[row] = sketch(encoder.distinct_terms(tokens))
            self._filters.append(ngram_filters(batch))
            yield from fields

    def segment(self) -> Segment:
        """Return the segment, after all documents have been iterated over."""
        columns = AttributeColumns.of(self.documents, self.encoder.settings)
        return Segment(
            tuple(self.documents),
            columns,
            PackedFeatures.of(self._features),
            self._flags,
            Fingerprints(Sketches.of(self.sketches), np.concatenate(self._filters)),
        )
