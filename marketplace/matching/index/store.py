"""What an index holds about its documents: weighted words, and which services each is about."""

from collections.abc import Iterator, Sequence

import numpy as np

from marketplace.matching.analysis import Token
from marketplace.matching.documents import Document
from marketplace.matching.glossary import Glossary
from marketplace.matching.index.columns import Columns
from marketplace.matching.index.lexical import LexicalIndex
from marketplace.matching.index.needs import NeedModel, Vector
from marketplace.matching.settings import Settings
from marketplace.matching.stop_words import LANGUAGES

TEXT_FIELDS = ("name", "text", "cases")


class Store:
    """The documents, their tokens per field, the lexical index, the need model and each document's services.

    `mix` (documents by services, rows of length 1) says what a supplier is about; `evidence` (0 to 1) what it has
    shown of each: most for a ticked service with a job to show, least for its own words; `beside` where it offers a
    related one.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        glossary: Glossary,
        settings: Settings,
        training: Sequence[Document],
    ) -> None:
        self.documents = tuple(documents)
        self.glossary = glossary
        self.settings = settings
        splitter = glossary.splitter_for(_all_words(glossary, {*documents, *training}))
        self.analyzer = glossary.analyzer.with_splitter(splitter)
        tokens = self.analyzer.tokens
        self.fields = {
            "name": [tokens(document.name, document.lang) for document in documents],
            "services": [self._service_tokens(document) for document in documents],
            "text": [tokens(document.text, document.lang) for document in documents],
            "cases": [
                tokens(" . ".join(c.text for c in document.cases), document.lang) for document in documents
            ],
        }
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
            self._weigh_services()
            self.columns = Columns(self.documents, settings)

    def _service_tokens(self, document: Document) -> list[Token]:
        labels = self.glossary.labels
        return [
            token
            for code in document.services
            if code in labels
            for lang in LANGUAGES
            for token in self.analyzer.tokens(labels[code][lang], lang)
        ]

    def _weigh_services(self) -> None:
        settings = self.settings
        texts = [
            [(self.fields[name][row], 1.0) for name in TEXT_FIELDS] for row in range(len(self.documents))
        ]
        spoken = self.needs.leanings(texts, settings.document_sharpness)
        ticked, done = np.zeros_like(spoken), np.zeros_like(spoken)
        column = {code: i for i, code in enumerate(self.needs.services)}
        for row, document in enumerate(self.documents):
            ticks = [column[code] for code in document.services if code in column]
            ticked[row, ticks] = min(1.0, (settings.many_services / max(len(ticks), 1)) ** 0.5)
            done[
                row, [column[code] for case in document.cases for code in case.services if code in column]
            ] = 1.0
        share, worth = settings.ticked_share, settings.worth_ticked
        self.mix = unit(share * unit(ticked + settings.worth_done * done) + (1.0 - share) * unit(spoken))
        own = np.where(
            done > 0, np.maximum(settings.worth_done, worth * ticked + 1.0 - worth), worth * ticked
        )
        spoken_of = settings.worth_spoken * self.needs.probabilities(texts)
        self.evidence: Vector = np.maximum.reduce([own, spoken_of])
        self.beside: Vector = np.where(own @ (self.needs.together > 0) > 0, settings.worth_beside, 0.0)


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
