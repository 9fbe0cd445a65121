"""Reading documents: their words by field, and what those and the ticks say of services."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from marketplace.matching.analysis.analyzer import Analyzer, Token
from marketplace.matching.analysis.glossary import Glossary
from marketplace.matching.analysis.stop_words import LANGUAGES
from marketplace.matching.documents import Document
from marketplace.matching.index.needs import NeedModel
from marketplace.matching.settings import Settings
from marketplace.matching.spam import EVERYTHING
from marketplace.matching.storage.types import Mask, Vector

Fields = Mapping[str, Sequence[Token]]
TEXT_FIELDS = ("name", "text", "cases")
CACHE_SIZE = 40
"""Two pages of a list: the words of a document take a hundred times what its text takes."""
SMALL_DIRECTORY = 2_000
"""Up to so many documents, as a region has, the words of each are remembered: 30 kB of each that was explained."""


class ServiceFeatures(NamedTuple):
    """What documents say of services: arrays of services by documents, each value from 0 to 1.

    `mix` is what each supplier is about (columns of length 1), `stated` the same from ticks and jobs alone. `evidence`
    is what it has shown of each service, most for a tick with a job to show, and `vouched` the same from ticks and jobs
    alone. `related` says where it offers something related to the service.
    """

    mix: Vector
    stated: Vector
    evidence: Vector
    vouched: Vector
    related: Mask


class ExplanationTerms(NamedTuple):
    """The words of a document's own texts behind each term, and those that speak most for services."""

    surfaces: Mapping[str, tuple[str, ...]]
    words: Mapping[str, tuple[str, ...]]


class DocumentEncoder:
    """Reads documents by what an index has learnt of compounds and needs."""

    def __init__(self, glossary: Glossary, settings: Settings, analyzer: Analyzer, needs: NeedModel) -> None:
        self.glossary = glossary
        self.settings = settings
        self.analyzer = analyzer
        self.needs = needs
        self._service_tokens = {
            code: [token for lang in LANGUAGES for token in analyzer.tokens(label[lang], lang)]
            for code, label in glossary.labels.items()
        }
        self._told: dict[Document, ExplanationTerms] = {}

    def fields(self, document: Document) -> Fields:
        """Return a document's tokens by field. Raises ValueError for a service that never was."""
        done = (code for case in document.cases for code in case.services)
        self.glossary.check((*document.services, *done), f"document {document.id}")
        tokens = self.analyzer.tokens
        return {
            "name": tokens(document.name, document.lang),
            "services": [t for code in document.services for t in self._service_tokens.get(code, ())],
            "text": tokens(document.text, document.lang),
            "cases": tokens(" . ".join(c.text for c in document.cases), document.lang),
        }

    def told(self, document: Document, among: int) -> ExplanationTerms:
        """Return the words that explain a document, one of `among` so many. Those explained last are remembered."""
        found = self._told.get(document)
        if found is None:
            if len(self._told) >= (SMALL_DIRECTORY if among <= SMALL_DIRECTORY else CACHE_SIZE):
                self._told.clear()
            found = self._told[document] = self._tell(self.fields(document))
        return found

    def _tell(self, fields: Fields) -> ExplanationTerms:
        surfaces: dict[str, dict[str, None]] = {}
        for name in (*TEXT_FIELDS, "services"):
            for token in fields[name]:
                for term in (token.term, *token.parts):
                    surfaces.setdefault(term, {})[token.surface] = None
        words = self.needs.words((*fields["text"], *fields["cases"]))
        return ExplanationTerms({term: tuple(found) for term, found in surfaces.items()}, words)

    def words(self, fields: Fields) -> frozenset[str]:
        """Return the different terms of a document's own texts."""
        return frozenset(token.term for name in ("text", "cases") for token in fields[name])

    def featurize(
        self, documents: Sequence[Document], fields: Sequence[Fields], flagged: Mapping[int, Sequence[str]]
    ) -> ServiceFeatures:
        """Return what some documents say of services, each for itself.

        `flagged` gives the codes of what is suspicious, by place. A flagged text says nothing of services.
        """
        settings, needs = self.settings, self.needs
        if not documents:
            none = np.zeros((len(needs.services), 0))
            return ServiceFeatures(none, none, none, none, none > 0)
        texts = [[(told[name], 1.0) for name in TEXT_FIELDS] for told in fields]
        spoken = needs.topic_vectors(texts, settings.document_sharpness).T
        probable = needs.probabilities(texts).T
        spoken[:, [*flagged]] = probable[:, [*flagged]] = 0.0
        ticked, done = np.zeros_like(spoken), np.zeros_like(spoken)
        row = {code: i for i, code in enumerate(needs.services)}
        for place, document in enumerate(documents):
            doubtful = EVERYTHING in flagged.get(place, ())
            ticks = [row[code] for code in document.services if code in row and not doubtful]
            ticked[ticks, place] = min(1.0, (settings.many_services / max(len(ticks), 1)) ** 0.5)
            done[[row[code] for case in document.cases for code in case.services if code in row], place] = 1.0
        share, worth = settings.ticked_share, settings.worth_ticked
        stated = unit(ticked + settings.worth_done * done)
        vouched = np.where(
            done > 0, np.maximum(settings.worth_done, worth * ticked + 1.0 - worth), worth * ticked
        )
        return ServiceFeatures(
            mix=unit(share * stated + (1.0 - share) * unit(spoken)),
            stated=stated,
            evidence=np.maximum(vouched, settings.worth_spoken * probable),
            vouched=vouched,
            related=(needs.relatedness > 0).T @ (vouched > 0),
        )


def unit(columns: Vector) -> Vector:
    """Return columns scaled to length 1; one of zeros stays."""
    lengths = np.linalg.norm(columns, axis=0)
    scaled: Vector = columns / np.where(lengths > 0, lengths, 1.0)
    return scaled


def in_parts(documents: Sequence[Document], size: int) -> Iterator[Sequence[Document]]:
    """Return documents some at a time; at least one part, which may be empty."""
    for start in range(0, max(len(documents), 1), size):
        yield documents[start : start + size]
