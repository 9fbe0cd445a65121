"""The contents of an index: the fitted models, the base segment, and a segment of later changes."""

import copy
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np

from ..analysis.glossary import Glossary
from ..documents import Document
from ..explanation import Note
from ..near_duplicates import EarlierDocuments, find_duplicates
from ..needs.classifier import NeedClassifier, classifier_of
from ..needs.need_model import NeedModel
from ..settings import MatchingSettings
from ..storage.lazy_sequence import LazySequence
from ..storage.types import Mask, Vector
from .indexing import SMALL_DIRECTORY, DocumentEncoder, ExplanationTerms
from .lexical import LexicalIndex
from .penalties import Penalties
from .segment import Segment, SegmentBuilder
from .service_features import DeclaredFeatures


class Store:
    """Documents in rows: first those of the base segment, some of which may be removed, then those added since.

    Term statistics, compounds and the need model are fitted once and then fixed. An unchanged document therefore keeps
    its scores to the bit, and no supplier moves because another one edited its profile.
    """

    def __init__(
        self,
        encoder: DocumentEncoder,
        lexical: LexicalIndex,
        base: Segment,
        base_duplicates: Mapping[int, int],
    ) -> None:
        self.encoder = encoder
        self.lexical = lexical
        self.base = base
        self.base_duplicates = base_duplicates
        self.segments: tuple[Segment, ...] = (base,)
        self.alive: Mask = np.ones(len(base), dtype=bool)
        self.penalties = _penalties(self, base.flags, base_duplicates)
        self.last_comparison: Any = None
        """The last query's `Comparison`, whose word scores the next one can reuse."""

    @classmethod
    def of(
        cls,
        documents: Sequence[Document],
        glossary: Glossary,
        settings: MatchingSettings,
        training: Sequence[Document],
    ) -> Self:
        """Fit the models to documents and index them. Raises ValueError if two have the same id."""
        _check_ids(documents)
        encoder = fit_encoder(documents, glossary, settings, training, classifier_of(glossary))
        builder = SegmentBuilder(documents, encoder)
        weights = {
            "name": settings.weight_name,
            "services": settings.weight_services,
            "text": settings.weight_text,
            "cases": settings.weight_cases,
        }
        lexical = LexicalIndex.of(builder, weights, settings)
        base = builder.segment()
        duplicates = find_duplicates(
            builder.sketches,
            lambda row: encoder.distinct_terms(encoder.tokenize(documents[row])),
            settings.alike_floor,
        )
        return cls(encoder, lexical, base, duplicates)

    @property
    def settings(self) -> MatchingSettings:
        """The settings that the index ranks by."""
        return self.encoder.settings

    @property
    def glossary(self) -> Glossary:
        """The names and synonyms of services and sectors."""
        return self.encoder.glossary

    @property
    def needs(self) -> NeedModel:
        """The model that maps words to services."""
        return self.encoder.needs

    @property
    def size(self) -> int:
        """The number of rows, removed documents included."""
        return sum(len(segment) for segment in self.segments)

    @cached_property
    def documents(self) -> "SegmentedDocuments":
        """The document of each row, removed documents included."""
        return SegmentedDocuments([segment.documents for segment in self.segments])

    def locate(self, row: int) -> tuple[Segment, int]:
        """Return the segment that contains a row, and the row within that segment."""
        start = len(self.base)
        return (self.base, row) if row < start else (self.segments[1], row - start)

    def next_start(self, row: int) -> float:
        """Return the earliest start date of a row's document as a proleptic ordinal, or NaN if not stated."""
        segment, local_row = self.locate(row)
        return float(segment.columns.next_start[local_row])

    def id_of(self, row: int) -> str:
        """Return the id of a row's document without loading the document."""
        segment, local_row = self.locate(row)
        return segment.ids.strings[local_row]

    def row_of(self, document_id: str) -> int | None:
        """Return the row of a document by its id, or None if it is not in the index now."""
        row: int | None = self.base.ids.get(document_id)
        if row is not None and self.alive[row]:
            return row
        added: int | None = self.segments[1].ids.get(document_id) if len(self.segments) > 1 else None
        return None if added is None else len(self.base) + added

    def explanation_terms(self, row: int) -> ExplanationTerms:
        """Return the words that explain the document in a row."""
        return self.encoder.explanation_terms(self.documents[row], self.size)

    def warm_explanation_cache(self) -> None:
        """Compute the explanation terms of all documents, if the directory is small enough to cache them."""
        if self.size <= SMALL_DIRECTORY:
            for row in np.flatnonzero(self.alive).tolist():
                self.explanation_terms(row)

    def concat_segments(self, compute: Callable[[Segment, int], Any]) -> Any:
        """Return `compute(segment, first_row)` for each segment, concatenated over all rows."""
        if len(self.segments) == 1:
            return compute(self.base, 0)
        return np.concatenate([compute(self.base, 0), compute(self.segments[1], len(self.base))])

    def service_feature(self, name: str, service: int) -> Vector:
        """Return one feature of one service (a row of `ServiceFeatures`) for all documents."""
        return np.asarray(self.concat_segments(lambda segment, _: segment.features.of_service(name, service)))

    def document_feature(self, name: str, row: int) -> Vector:
        """Return one feature of one document (a column of `ServiceFeatures`) for all services."""
        segment, local_row = self.locate(row)
        return np.asarray(segment.features.of_document(name, local_row))

    def declared_features(self, row: int) -> DeclaredFeatures:
        """Return the features of one document from its ticked services and cases alone: services by 1."""
        codes = [code for code, _ in self.penalties.flags.get(row, ())]
        return self.encoder.declared_features([self.documents[row]], {0: codes})

    def updated(self, documents: Sequence[Document]) -> "Store":
        """Return a store with exactly these documents. The result does not depend on earlier updates.

        Raises ValueError if two documents have the same id.
        """
        _check_ids(documents)
        unchanged, new = set(), []
        for document in documents:
            row = self.base.ids.get(document.id)
            if row is not None and self.base.has_document(row, document):
                unchanged.add(row)
            else:
                new.append(document)
        return self._with_rows(np.isin(np.arange(len(self.base)), [*unchanged]), new)

    def changed(self, documents: Sequence[Document], removed: Sequence[str] = ()) -> "Store":
        """Return a store with the given documents added or replaced, and those with the given ids removed.

        The cost depends on the number of changes since the base, not on the size of the directory.
        """
        alive = self.alive[: len(self.base)].copy()
        new = {
            document.id: document
            for document in (self.segments[1].documents if len(self.segments) > 1 else ())
        }
        for document_id in removed:
            new.pop(document_id, None)
            row = self.base.ids.get(document_id)
            if row is not None:
                alive[row] = False
        for document in documents:
            row = self.base.ids.get(document.id)
            is_unchanged = row is not None and self.base.has_document(row, document)
            if row is not None:
                alive[row] = is_unchanged
            new.pop(document.id, None)
            if not is_unchanged:
                new[document.id] = document
        return self._with_rows(alive, [*new.values()])

    def _with_rows(self, alive: Mask, new: Sequence[Document]) -> "Store":
        if not len(self.base) and new:
            return Store.of(new, self.glossary, self.settings, new)
        store = copy.copy(self)
        store.__dict__.pop("documents", None)  # cached; the copy computes its own
        store.last_comparison = None
        store.alive, store.segments, duplicates = alive, (self.base,), self.base_duplicates
        flags = dict(self.base.flags)
        ordered = sorted(new, key=lambda document: document.id)
        builder = SegmentBuilder(ordered, self.encoder)
        store.lexical = self.lexical.with_added([*builder])
        if ordered:
            added, start = builder.segment(), len(self.base)
            store.segments = (self.base, added)
            store.alive = np.concatenate([alive, np.ones(len(added), dtype=bool)])
            flags |= {start + row: notes for row, notes in added.flags.items()}
            encoder = self.encoder
            duplicates = find_duplicates(
                builder.sketches,
                lambda row: (
                    encoder.distinct_terms(encoder.tokenize(store.documents[row]))
                    if store.alive[row]
                    else frozenset()
                ),
                self.settings.alike_floor,
                EarlierDocuments(start, self.base.fingerprints.sketches, self.base_duplicates),
            )
        store.penalties = _penalties(store, flags, duplicates)
        return store

    def with_trial_documents(self, documents: Sequence[Document]) -> tuple["Store", int]:
        """Return a store in which only these documents are alive, and the row of the first.

        Used to score hypothetical documents independently of each other, so near-duplicates are not looked for.
        """
        builder = SegmentBuilder(documents, self.encoder)
        store = copy.copy(self)
        store.__dict__.pop("documents", None)  # cached; the copy computes its own
        store.last_comparison = None
        store.lexical = self.lexical.with_added([*builder])
        added, start = builder.segment(), len(self.base)
        store.segments = (self.base, added)
        store.alive = np.arange(start + len(added)) >= start
        flags = {start + row: notes for row, notes in added.flags.items()}
        store.penalties = _penalties(store, flags, {})
        return store, start


class SegmentedDocuments(LazySequence[Document]):
    """The documents of one or two segments as one sequence."""

    def __init__(self, segments: Sequence[Sequence[Document]]) -> None:
        self._segments = segments
        self._first_size = len(segments[0])
        self._size = sum(map(len, segments))

    def __len__(self) -> int:
        """Return the number of documents."""
        return self._size

    def at(self, index: int) -> Document:
        """Return the document in one row."""
        if index < self._first_size:
            return self._segments[0][index]
        return self._segments[1][index - self._first_size]


def _check_ids(documents: Sequence[Document]) -> None:
    ids = [document.id for document in documents]
    if len(set(ids)) < len(ids):
        message = f"several documents have the id {Counter(ids).most_common(1)[0][0]}"
        raise ValueError(message)


def _penalties(
    store: Store, flags: Mapping[int, tuple[Note, ...]], duplicates: Mapping[int, int]
) -> Penalties:
    filters = [segment.fingerprints.filters for segment in store.segments]
    return Penalties(store.documents, flags, duplicates, store.settings, filters)


def fit_encoder(
    documents: Sequence[Document],
    glossary: Glossary,
    settings: MatchingSettings,
    training: Sequence[Document],
    classifier: NeedClassifier | None = None,
) -> DocumentEncoder:
    """Fit the compounds and the need model to documents; only rankings need the classifier."""
    splitter = glossary.splitter_for(_norwegian_words(glossary, {*documents, *training}))
    analyzer = glossary.analyzer.with_splitter(splitter)
    samples = (
        (analyzer.tokens(f"{d.name} . {d.text}", d.lang), d.services)
        for d in sorted(training, key=lambda document: document.id)
    )
    needs = NeedModel.train(glossary, analyzer, settings.weight_parts, samples, classifier)
    return DocumentEncoder(glossary, settings, analyzer, needs)


def _norwegian_words(glossary: Glossary, documents: set[Document]) -> Iterator[str]:
    words = glossary.analyzer.words
    for document in documents:
        if document.lang != "en":
            yield from words(f"{document.name} {document.text}")
            for case in document.cases:
                yield from words(case.text)
