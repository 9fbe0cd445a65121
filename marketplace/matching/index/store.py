"""What an index holds: what it has learnt, the documents it learnt from, and those that came or changed since then."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np

from marketplace.matching.analysis.glossary import Glossary
from marketplace.matching.documents import Document
from marketplace.matching.index.indexing import SMALL_DIRECTORY, DocumentEncoder, ExplanationTerms
from marketplace.matching.index.lexical import LexicalIndex
from marketplace.matching.index.needs import NeedModel
from marketplace.matching.index.penalties import Penalties
from marketplace.matching.index.segment import Segment, SegmentBuilder
from marketplace.matching.near_duplicates import EarlierDocuments, find_duplicates
from marketplace.matching.settings import Settings
from marketplace.matching.storage.lazy_sequence import LazySequence
from marketplace.matching.storage.types import Mask, Vector


class Store:
    """Documents in rows: first those of the base segment, of which some may be gone, then those added since.

    How rare words are, compounds and needs were learnt once and stay: a document that did not change keeps its numbers
    to the bit, so that no supplier moves because another one wrote something.
    """

    def __init__(
        self,
        encoder: DocumentEncoder,
        lexical: LexicalIndex,
        base: Segment,
        behind: Mapping[int, int],
    ) -> None:
        self.encoder = encoder
        self.lexical = lexical
        self.base = base
        self.base_duplicates = behind
        self.segments: tuple[Segment, ...] = (base,)
        self.alive: Mask = np.ones(len(base), dtype=bool)
        self.penalties = Penalties(base.documents, base.flags, behind, self.settings)

    @classmethod
    def of(
        cls,
        documents: Sequence[Document],
        glossary: Glossary,
        settings: Settings,
        training: Sequence[Document],
    ) -> Self:
        """Learn from documents and hold them."""
        encoder = _reader(documents, glossary, settings, training)
        gathering = SegmentBuilder(documents, encoder)
        weights = {
            "name": settings.weight_name,
            "services": settings.weight_services,
            "text": settings.weight_text,
            "cases": settings.weight_cases,
        }
        lexical = LexicalIndex.of(gathering, weights, settings)
        base = gathering.segment()
        behind = find_duplicates(
            gathering.sketches,
            lambda row: encoder.words(encoder.fields(documents[row])),
            settings.alike_floor,
        )
        return cls(encoder, lexical, base, behind)

    @property
    def settings(self) -> Settings:
        """Return the settings that the index ranks by."""
        return self.encoder.settings

    @property
    def glossary(self) -> Glossary:
        """Return what the services and trades are called."""
        return self.encoder.glossary

    @property
    def needs(self) -> NeedModel:
        """Return the model that reads services from words."""
        return self.encoder.needs

    @property
    def size(self) -> int:
        """Return how many rows there are."""
        return sum(len(segment) for segment in self.segments)

    @cached_property
    def documents(self) -> "SegmentedDocuments":
        """Return the document of each row, also of those that are gone."""
        return SegmentedDocuments([segment.documents for segment in self.segments])

    def at(self, row: int) -> tuple[Segment, int]:
        """Return the segment that a row stands in, and its place there."""
        start = len(self.base)
        return (self.base, row) if row < start else (self.segments[1], row - start)

    def next_start(self, row: int) -> float:
        """Return the day on which a row's document can begin, as its number; NaN when it does not say."""
        segment, place = self.at(row)
        return float(segment.columns.next_start[place])

    def id_of(self, row: int) -> str:
        """Return the id of a row's document, without reading the document."""
        segment, place = self.at(row)
        return segment.ids.strings[place]

    def row_of(self, document_id: str) -> int | None:
        """Return the row of the document with an id, or None when there is none now."""
        row = self.base.ids.get(document_id)
        if row is not None and self.alive[row]:
            return row
        place = self.segments[1].ids.get(document_id) if len(self.segments) > 1 else None
        return None if place is None else len(self.base) + place

    def told(self, row: int) -> ExplanationTerms:
        """Return the words that explain a document."""
        return self.encoder.told(self.documents[row], self.size)

    def tell_all(self) -> None:
        """Do the same for all documents, where that many are remembered."""
        if self.size <= SMALL_DIRECTORY:
            for row in np.flatnonzero(self.alive).tolist():
                self.told(row)

    def gather(self, of: Callable[[Segment, int], Any]) -> Any:
        """Return what a function says of each segment (with its first row) as one array over all rows."""
        if len(self.segments) == 1:
            return of(self.base, 0)
        return np.concatenate([of(self.base, 0), of(self.segments[1], len(self.base))])

    def weighed(self, name: str, service: int) -> Vector:
        """Return one row of `Weighed` over all documents."""
        return np.asarray(self.gather(lambda segment, _: getattr(segment.weighed, name)[service]))

    def weighed_at(self, name: str, row: int) -> Vector:
        """Return one column of `Weighed`: all services of one document."""
        segment, place = self.at(row)
        return np.asarray(getattr(segment.weighed, name)[:, place])

    def updated(self, documents: Sequence[Document]) -> "Store":
        """Return the store with these documents and no others. It does not depend on what stood in between."""
        same, new = set(), []
        for document in documents:
            row = self.base.ids.get(document.id)
            if row is not None and self.base.holds(row, document):
                same.add(row)
            else:
                new.append(document)
        return self._with(np.isin(np.arange(len(self.base)), [*same]), new)

    def changed(self, documents: Sequence[Document], gone: Sequence[str] = ()) -> "Store":
        """Return the store with some documents that are new or other than before, and without some.

        Costs no more than what changed since the base, however many there are.
        """
        alive = self.alive[: len(self.base)].copy()
        new = {
            document.id: document
            for document in (self.segments[1].documents if len(self.segments) > 1 else ())
        }
        for document_id in gone:
            new.pop(document_id, None)
            row = self.base.ids.get(document_id)
            if row is not None:
                alive[row] = False
        for document in documents:
            row = self.base.ids.get(document.id)
            same = row is not None and self.base.holds(row, document)
            if row is not None:
                alive[row] = same
            new.pop(document.id, None)
            if not same:
                new[document.id] = document
        return self._with(alive, [*new.values()])

    def _with(self, alive: Mask, new: Sequence[Document]) -> "Store":
        if not len(self.base) and new:
            return Store.of(new, self.glossary, self.settings, new)
        made = copy.copy(self)
        made.__dict__.pop("documents", None)  # which is remembered
        made.alive, made.segments, behind = alive, (self.base,), self.base_duplicates
        flagged = dict(self.base.flags)
        ordered = sorted(new, key=lambda document: document.id)
        gathering = SegmentBuilder(ordered, self.encoder)
        made.lexical = self.lexical.with_added([*gathering])
        if ordered:
            added, start = gathering.segment(), len(self.base)
            made.segments = (self.base, added)
            made.alive = np.concatenate([alive, np.ones(len(added), dtype=bool)])
            flagged |= {start + row: notes for row, notes in added.flags.items()}
            encoder = self.encoder
            behind = find_duplicates(
                gathering.sketches,
                lambda row: (
                    encoder.words(encoder.fields(made.documents[row])) if made.alive[row] else frozenset()
                ),
                self.settings.alike_floor,
                EarlierDocuments(start, self.base.sketches, self.base_duplicates),
            )
        made.penalties = Penalties(made.documents, flagged, behind, self.settings)
        return made

    def beside(self, documents: Sequence[Document]) -> tuple["Store", int]:
        """Return a store with some documents after its base alone, each judged for itself, and the row of the first.

        To see how a document would do; who says the same as another is not asked.
        """
        gathering = SegmentBuilder(documents, self.encoder)
        made = copy.copy(self)
        made.__dict__.pop("documents", None)  # which is remembered
        made.lexical = self.lexical.with_added([*gathering])
        added, start = gathering.segment(), len(self.base)
        made.segments = (self.base, added)
        made.alive = np.arange(start + len(added)) >= start
        flagged = {start + row: notes for row, notes in added.flags.items()}
        made.penalties = Penalties(made.documents, flagged, {}, self.settings)
        return made, start


class SegmentedDocuments(LazySequence[Document]):
    """The documents of several segments in a row."""

    def __init__(self, parts: Sequence[Sequence[Document]]) -> None:
        self._parts, self._first, self._size = parts, len(parts[0]), sum(map(len, parts))

    def __len__(self) -> int:
        """Return how many documents there are."""
        return self._size

    def at(self, place: int) -> Document:
        """Return one document."""
        return self._parts[0][place] if place < self._first else self._parts[1][place - self._first]


def _reader(
    documents: Sequence[Document], glossary: Glossary, settings: Settings, training: Sequence[Document]
) -> DocumentEncoder:
    splitter = glossary.splitter_for(_all_words(glossary, {*documents, *training}))
    analyzer = glossary.analyzer.with_splitter(splitter)
    teaching = sorted(training, key=lambda document: document.id)
    profiles = ((analyzer.tokens(f"{d.name} . {d.text}", d.lang), d.services) for d in teaching)
    needs = NeedModel.train(glossary, analyzer, settings.weight_parts, profiles)
    return DocumentEncoder(glossary, settings, analyzer, needs)


def _all_words(glossary: Glossary, documents: set[Document]) -> Iterator[str]:
    words = glossary.analyzer.words
    for document in documents:
        if document.lang != "en":
            yield from words(f"{document.name} {document.text}")
            for case in document.cases:
                yield from words(case.text)
