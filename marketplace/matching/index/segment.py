"""Some documents with all that is known of each before anyone asks: what they state, and what they are about.

A segment does not change. It is made from documents, or mapped from disk, where processes share it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np

from marketplace.matching.documents import Document, document_bytes, document_digest
from marketplace.matching.explanation import Note
from marketplace.matching.index.attribute_columns import AttributeColumns
from marketplace.matching.index.indexing import (
    SMALL_DIRECTORY,
    DocumentEncoder,
    Fields,
    ServiceFeatures,
    in_parts,
)
from marketplace.matching.near_duplicates import Keys, Sketches, sketch
from marketplace.matching.settings import Settings
from marketplace.matching.spam import flags
from marketplace.matching.storage.lazy_sequence import LazySequence
from marketplace.matching.storage.string_table import StringTable, Vocabulary, mapped

AT_ONCE = 500
"""How many documents are read at a time, so that the words of all of them are never in memory together."""
UNPACKED = 128
BYTES = 32


class StoredDocuments(LazySequence[Document]):
    """Documents as JSON on disk, each read when it is asked for."""

    def __init__(self, strings: StringTable) -> None:
        self._strings = strings
        most = len(strings) if len(strings) <= SMALL_DIRECTORY else UNPACKED
        self._unpack = lru_cache(maxsize=most)(self._read)

    def _read(self, row: int) -> Document:
        return Document.from_dict(json.loads(bytes(self._strings.raw(row))))

    def __len__(self) -> int:
        """Return how many documents there are."""
        return len(self._strings)

    def at(self, place: int) -> Document:
        """Return one document."""
        return self._unpack(place)


class Segment:
    """Documents in rows, with their flags, sketches, statements and services."""

    def __init__(
        self,
        documents: Sequence[Document],
        columns: AttributeColumns,
        weighed: ServiceFeatures,
        flagged: Mapping[int, tuple[Note, ...]],
        sketches: Sketches,
    ) -> None:
        self.documents = documents
        self.columns = columns
        self.weighed = weighed
        self.flags = flagged
        self.sketches = sketches
        self._digests: Any = None
        self._size = len(documents)

    def __len__(self) -> int:
        """Return how many documents there are."""
        return self._size

    @cached_property
    def ids(self) -> Vocabulary:
        """Return the documents' ids; the number of each is its row."""
        return Vocabulary.of(document.id for document in self.documents)

    def holds(self, row: int, document: Document) -> bool:
        """Say whether a document stands in a row as it is now."""
        if self._digests is not None:
            return bytes(self._digests[row]).hex() == document_digest(document)
        return self.documents[row] == document

    def save(self, folder: Path) -> dict[str, Any]:
        """Write the arrays into a folder; return what does not fit into arrays."""
        StringTable.of(str(document_bytes(document), "utf-8") for document in self.documents).save(
            folder, "documents"
        )
        digests = b"".join(bytes.fromhex(document_digest(document)) for document in self.documents)
        np.save(folder / "digests.npy", np.frombuffer(digests, dtype=np.uint8).reshape(-1, BYTES))
        self.ids.save(folder, "ids")
        self.columns.save(folder)
        for name, array in self.weighed._asdict().items():
            np.save(folder / f"weighed-{name}.npy", array)
        np.save(folder / "sketch-keys.npy", self.sketches.keys)
        np.save(folder / "sketch-rows.npy", self.sketches.rows)
        return {"flags": {str(row): notes for row, notes in self.flags.items()}}

    @classmethod
    def open(cls, folder: Path, plain: Mapping[str, Any], settings: Settings) -> Self:
        """Map what `save` wrote and returned."""
        made = cls(
            StoredDocuments(StringTable.open(folder, "documents")),
            AttributeColumns.open(folder, settings),
            ServiceFeatures(*(mapped(folder / f"weighed-{name}.npy") for name in ServiceFeatures._fields)),
            {
                int(row): tuple((code, params) for code, params in notes)
                for row, notes in plain["flags"].items()
            },
            Sketches(mapped(folder / "sketch-keys.npy"), mapped(folder / "sketch-rows.npy")),
        )
        made._digests = mapped(folder / "digests.npy")
        made.__dict__["ids"] = Vocabulary.open(folder, "ids")
        return made


class SegmentBuilder:
    """Goes once through documents: gives the words of each, and keeps all else for their segment."""

    def __init__(self, documents: Sequence[Document], encoder: DocumentEncoder) -> None:
        self.documents = documents
        self.encoder = encoder
        self.sketches: list[Keys] = []
        self._flags: dict[int, tuple[Note, ...]] = {}
        self._weighed: list[ServiceFeatures] = []

    def __iter__(self) -> Iterator[Fields]:
        """Give each document's tokens by field."""
        encoder = self.encoder
        for part in in_parts(self.documents, AT_ONCE):
            fields = [encoder.fields(document) for document in part]
            found = {
                place: notes
                for place, document in enumerate(part)
                if not document.looked_at and (notes := flags(document))
            }
            codes = {place: [code for code, _ in notes] for place, notes in found.items()}
            self._weighed.append(encoder.featurize(part, fields, codes))
            start = len(self.sketches)
            self._flags |= {start + place: notes for place, notes in found.items()}
            self.sketches += [sketch(encoder.words(told)) for told in fields]
            yield from fields

    def segment(self) -> Segment:
        """Return the segment, when all documents have been gone through."""
        parts = zip(*self._weighed, strict=True)
        weighed = ServiceFeatures(*(np.ascontiguousarray(np.concatenate(part, axis=1)) for part in parts))
        columns = AttributeColumns.of(self.documents, self.encoder.settings)
        return Segment(tuple(self.documents), columns, weighed, self._flags, Sketches.of(self.sketches))
