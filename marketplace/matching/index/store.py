"""What an index holds about its documents: weighted words, and which services each is about."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from marketplace.matching.analysis import Token
from marketplace.matching.documents import Document
from marketplace.matching.glossary import Glossary
from marketplace.matching.index.columns import Columns
from marketplace.matching.index.doubts import Doubts, Reading
from marketplace.matching.index.lexical import LexicalIndex
from marketplace.matching.index.needs import NeedModel, Vector
from marketplace.matching.settings import Settings
from marketplace.matching.stop_words import LANGUAGES
from marketplace.matching.suspicion import EVERYTHING

TEXT_FIELDS = ("name", "text", "cases")
T = TypeVar("T")


class Store:
    """The documents, their tokens per field, the lexical index, the need model and each document's services."""

    def __init__(
        self,
        documents: Sequence[Document],
        glossary: Glossary,
        settings: Settings,
        training: Sequence[Document],
    ) -> None:
        self.documents: tuple[Document, ...] = tuple(documents)
        self.glossary = glossary
        self.settings = settings
        splitter = glossary.splitter_for(_all_words(glossary, {*documents, *training}))
        self.analyzer = glossary.analyzer.with_splitter(splitter)
        tokens = self.analyzer.tokens
        self.fields = self._fields(self.documents)
        self.needs = NeedModel(
            glossary,
            self.analyzer,
            settings.weight_parts,
            (
                (tokens(f"{d.name} . {d.text}", d.lang), d.services)
                for d in sorted(training, key=lambda d: d.id)
            ),
        )
        if self.documents:
            self.lexical = LexicalIndex(
                self.fields,
                {
                    "name": settings.weight_name,
                    "services": settings.weight_services,
                    "text": settings.weight_text,
                    "cases": settings.weight_cases,
                },
                settings,
            )
            readings = self._read(self.documents, self.fields)
            self.doubts = Doubts(self.documents, readings, settings)
            self._weighed = self._weigh_services(self.documents, self.fields, readings)
            self.columns = Columns(self.documents, settings)

    def updated(self, documents: Sequence[Document]) -> "Store":
        """Return the store with other documents, by what it has learnt already.

        Compounds, needs, and how rare each word is stay as they were: a document that did not change keeps its
        numbers to the bit, so that no supplier moves because another one wrote something. Costs little when few
        have changed.
        """
        if not self.documents or not documents:
            return Store(documents, self.glossary, self.settings, documents)
        known = {document: row for row, document in enumerate(self.documents)}
        rows = [known.get(document) for document in documents]
        changed = [document for document, row in zip(documents, rows, strict=True) if row is None]
        fresh = self._fields(changed)
        made = copy.copy(self)
        made.documents = tuple(documents)
        made.fields = {name: _merged(rows, old, fresh[name]) for name, old in self.fields.items()}
        made.lexical = self.lexical.updated(rows, fresh)
        before = len(self.documents)
        order = _merged(rows, range(before), range(before, before + len(changed)))
        weighed: Sequence[Vector] = self._weighed
        readings = self._read(changed, fresh)
        if changed:
            old_and_new = zip(weighed, self._weigh_services(changed, fresh, readings), strict=True)
            weighed = [np.concatenate(pair) for pair in old_and_new]
        made._weighed = Weighed(*(matrix[order] for matrix in weighed))  # noqa: SLF001 because it is a copy of our own
        made.doubts = Doubts(made.documents, _merged(rows, self.doubts.readings, readings), self.settings)
        made.columns = Columns(made.documents, self.settings)
        return made

    def _fields(self, documents: Sequence[Document]) -> dict[str, list[list[Token]]]:
        tokens = self.analyzer.tokens
        return {
            "name": [tokens(document.name, document.lang) for document in documents],
            "services": [self._service_tokens(document) for document in documents],
            "text": [tokens(document.text, document.lang) for document in documents],
            "cases": [
                tokens(" . ".join(c.text for c in document.cases), document.lang) for document in documents
            ],
        }

    def _service_tokens(self, document: Document) -> list[Token]:
        labels = self.glossary.labels
        return [
            token
            for code in document.services
            if code in labels
            for lang in LANGUAGES
            for token in self.analyzer.tokens(labels[code][lang], lang)
        ]

    @property
    def mix(self) -> Vector:
        """Return what each supplier is about: documents by services, rows of length 1."""
        return self._weighed.mix

    @property
    def stated(self) -> Vector:
        """Return the same from ticks and jobs alone."""
        return self._weighed.stated

    @property
    def evidence(self) -> Vector:
        """Return what each supplier has shown of each service, 0 to 1: most for a tick with a job to show."""
        return self._weighed.evidence

    @property
    def vouched(self) -> Vector:
        """Return the same from ticks and jobs alone."""
        return self._weighed.vouched

    @property
    def beside(self) -> Vector:
        """Return what it is worth that each supplier offers something related to each service."""
        return self._weighed.beside

    def _read(
        self, documents: Sequence[Document], fields: Mapping[str, Sequence[Sequence[Token]]]
    ) -> list[Reading]:
        return [
            Reading.of(
                document, frozenset(token.term for name in ("text", "cases") for token in fields[name][row])
            )
            for row, document in enumerate(documents)
        ]

    def _weigh_services(
        self,
        documents: Sequence[Document],
        fields: Mapping[str, Sequence[Sequence[Token]]],
        readings: Sequence[Reading],
    ) -> "Weighed":
        """Return what some documents say of services, each row for itself. A flagged text says nothing."""
        settings = self.settings
        texts = [[(fields[name][row], 1.0) for name in TEXT_FIELDS] for row in range(len(documents))]
        spoken = self.needs.leanings(texts, settings.document_sharpness)
        probable = self.needs.probabilities(texts)
        flagged = [row for row, reading in enumerate(readings) if reading.flags]
        probable[flagged] = spoken[flagged] = 0.0
        ticked, done = np.zeros_like(spoken), np.zeros_like(spoken)
        column = {code: i for i, code in enumerate(self.needs.services)}
        for row, document in enumerate(documents):
            doubtful = any(code == EVERYTHING for code, _ in readings[row].flags)
            ticks = [column[code] for code in document.services if code in column and not doubtful]
            ticked[row, ticks] = min(1.0, (settings.many_services / max(len(ticks), 1)) ** 0.5)
            done[
                row, [column[code] for case in document.cases for code in case.services if code in column]
            ] = 1.0
        share, worth = settings.ticked_share, settings.worth_ticked
        stated = unit(ticked + settings.worth_done * done)
        vouched = np.where(
            done > 0, np.maximum(settings.worth_done, worth * ticked + 1.0 - worth), worth * ticked
        )
        return Weighed(
            mix=unit(share * stated + (1.0 - share) * unit(spoken)),
            stated=stated,
            evidence=np.maximum.reduce([vouched, settings.worth_spoken * probable]),
            vouched=vouched,
            beside=np.where(vouched @ (self.needs.together > 0) > 0, settings.worth_beside, 0.0),
        )


class Weighed(NamedTuple):
    """What documents say of services: see the store's properties of the same names."""

    mix: Vector
    stated: Vector
    evidence: Vector
    vouched: Vector
    beside: Vector


def _merged(rows: Sequence[int | None], old: Sequence[T], new: Sequence[T]) -> list[T]:
    """Return the old items of some rows, and for each None the next of the new ones."""
    rest = iter(new)
    return [next(rest) if row is None else old[row] for row in rows]


def unit(matrix: Vector) -> Vector:
    """Return rows scaled to length 1; a row of zeros stays."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    scaled: Vector = matrix / np.where(lengths > 0, lengths, 1.0)
    return scaled


def _all_words(glossary: Glossary, documents: set[Document]) -> Iterator[str]:
    words = glossary.analyzer.words
    for document in documents:
        if document.lang != "en":
            yield from words(f"{document.name} {document.text}")
            for case in document.cases:
                yield from words(case.text)
