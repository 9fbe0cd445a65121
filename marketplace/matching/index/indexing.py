"""Turn documents into what is indexed: tokens per field, and features per service."""

from collections.abc import Iterator, Mapping, Sequence, Set as AbstractSet
from typing import NamedTuple

import numpy as np

from ..analysis.analyzer import Analyzer, Token
from ..analysis.glossary import Glossary
from ..analysis.negation import WantedText
from ..analysis.stop_words import LANGUAGES
from ..documents import Document
from ..needs.need_model import NeedModel
from ..needs.need_text import NeedText, Reading
from ..needs.service_words import TextWords
from ..settings import MatchingSettings
from ..spam import TOO_MANY_SERVICES
from ..storage.bounded_dict import BoundedDict
from ..storage.types import Mask, Vector
from .service_features import DeclaredFeatures, ServiceFeatures

Fields = Mapping[str, Sequence[Token]]
TEXT_FIELDS = ("name", "text", "cases")
CACHE_SIZE = 40
"""Documents whose explanation terms are cached in a large directory: two result pages."""
SMALL_DIRECTORY = 2_000
"""Up to this many documents (a region), the explanation terms of all are cached."""


class ExplanationTerms(NamedTuple):
    """Words of a document to show in explanations: all of its distinct tokens, and top words per service."""

    tokens: Sequence[Token]
    service_words: TextWords

    def surfaces(self, terms: AbstractSet[str]) -> dict[str, tuple[str, ...]]:
        """Return the words as written for each of the given terms that the document contains."""
        found: dict[str, dict[str, None]] = {}
        for token in self.tokens:
            if token.term in terms:
                found.setdefault(token.term, {})[token.surface] = None
            for part in token.parts:
                if part in terms:
                    found.setdefault(part, {})[token.surface] = None
        return {term: tuple(forms) for term, forms in found.items()}


class DocumentEncoder:
    """Encodes documents with the compounds and the need model that an index was fitted with."""

    def __init__(
        self, glossary: Glossary, settings: MatchingSettings, analyzer: Analyzer, needs: NeedModel
    ) -> None:
        self.glossary = glossary
        self.settings = settings
        self.analyzer = analyzer
        self.needs = needs
        self._service_tokens = {
            code: [token for lang in LANGUAGES for token in analyzer.tokens(label[lang], lang)]
            for code, label in glossary.labels.items()
        }
        self._explanation_cache: BoundedDict[Document, ExplanationTerms] = BoundedDict(CACHE_SIZE)

    def tokenize(self, document: Document) -> Fields:
        """Return a document's tokens by field. Raises ValueError if a service code never existed."""
        for services in (document.services, *(case.services for case in document.cases)):
            self.glossary.check(services, f"document {document.id}")
        tokens = self.analyzer.tokens
        return {
            "name": tokens(document.name, document.lang),
            "services": self._label_tokens(document.services),
            "text": tokens(document.text, document.lang),
            "cases": tokens(" . ".join(c.text for c in document.cases), document.lang),
        }

    def _label_tokens(self, services: Sequence[str]) -> list[Token]:
        """Return the words of the names of ticked services, unless so many are ticked that they say little."""
        if len(set(services)) > self.settings.labelled_services:
            return []
        return [token for code in services for token in self._service_tokens.get(code, ())]

    def need_text(self, title: str, text: str | WantedText, lang: str) -> NeedText:
        """Return the words of a brief, divided into what is wanted and what is not."""
        split = self.glossary.negation.split
        parts = [part if isinstance(part, WantedText) else split(part) for part in (title, text)]
        weights = (self.settings.weight_title, 1.0)
        wanted = [part.wanted for part in parts]
        tokens = [(self.analyzer.tokens(one, lang), n) for one, n in zip(wanted, weights, strict=True)]
        unwanted = [
            Reading([(self.analyzer.tokens(one, lang), 1.0)], one) for part in parts for one in part.unwanted
        ]
        return NeedText(Reading(tokens, " . ".join(wanted)), unwanted)

    def explanation_terms(self, document: Document, directory_size: int) -> ExplanationTerms:
        """Return the words that explain a document, cached for all of a small directory or for the latest few."""
        terms = self._explanation_cache.get(document)
        if terms is None:
            is_small = directory_size <= SMALL_DIRECTORY
            self._explanation_cache.max_size = SMALL_DIRECTORY if is_small else CACHE_SIZE
            terms = self._explanation_cache[document] = self._collect_terms(document)
        return terms

    def _collect_terms(self, document: Document) -> ExplanationTerms:
        tokens, lang = self.analyzer.distinct_tokens, document.lang
        cases = " . ".join(case.text for case in document.cases)
        body = [*tokens(document.text, lang), *tokens(cases, lang)]
        services = [token for code in document.services for token in self._service_tokens.get(code, ())]
        distinct = tuple(dict.fromkeys([*tokens(document.name, lang), *body, *services]))
        return ExplanationTerms(distinct, self.needs.words_of(body))

    def distinct_terms(self, fields: Fields) -> frozenset[str]:
        """Return the distinct terms of a document's description and cases."""
        return frozenset(token.term for name in ("text", "cases") for token in fields[name])

    def featurize(
        self, documents: Sequence[Document], fields: Sequence[Fields], flags: Mapping[int, Sequence[str]]
    ) -> ServiceFeatures:
        """Return the service features of documents, each computed independently of the others.

        `flags` maps a document's position to its spam codes. Flagged texts count as no evidence.
        """
        settings, needs = self.settings, self.needs
        if not documents:
            return ServiceFeatures(*self.declared_features(documents, flags))
        cosines = needs.cosines([[(tokens[name], 1.0) for name in TEXT_FIELDS] for tokens in fields])
        cosines[[*flags]] = 0.0
        text_topics = needs.topics_of(cosines, settings.document_sharpness).T
        spoken = self._clarity(needs.topics_of(cosines, 1.0).T)
        declared = self.declared_features(documents, flags, spoken)
        has_offers = declared.evidence.max(axis=0) > 0
        offered = np.where(has_offers, np.maximum(declared.topics, settings.spoken_topics * spoken), 0.0)
        share = settings.ticked_share
        return ServiceFeatures(
            topics=normalized(
                share * normalized(offered, 1.0) + (1.0 - share) * normalized(text_topics),
                min(share, 1.0 - share),
            ),
            evidence=np.maximum(declared.evidence, settings.worth_spoken * spoken),
            related=declared.related | self._related(spoken >= settings.spoken_floor),
            ticked=declared.ticked,
        )

    def _clarity(self, cosines: Vector) -> Vector:
        """Return how clearly, 0 to 1, texts are about each service, from their cosines with the services."""
        settings = self.settings
        exponents = settings.spoken_slope * (settings.spoken_half - cosines)
        clarity: Vector = np.where(cosines > 0, 1.0 / (1.0 + np.exp(exponents)), 0.0)
        return clarity

    def _related(self, is_offered: Mask) -> Mask:
        related: Mask = (self.needs.relatedness_ > 0).T @ is_offered
        return related

    def declared_features(
        self,
        documents: Sequence[Document],
        flags: Mapping[int, Sequence[str]],
        spoken: Vector | None = None,
    ) -> DeclaredFeatures:
        """Return the features of documents from their ticked services and cases alone.

        Ticks count more if the texts support them; `spoken` is how clearly the texts are about each service.
        """
        settings, services = self.settings, self.needs.services
        ticked = np.zeros((len(services), len(documents)))
        is_ticked = np.zeros(ticked.shape, dtype=bool)
        has_case = np.zeros_like(ticked)
        row = {code: i for i, code in enumerate(services)}
        for column, document in enumerate(documents):
            ignores_ticks = TOO_MANY_SERVICES in flags.get(column, ())
            ticks = [row[code] for code in {*document.services} if code in row and not ignores_ticks]
            few = min(1.0, settings.many_services / max(len(ticks), 1)) ** settings.tick_decay
            support = np.zeros(len(ticks)) if spoken is None else spoken[ticks, column]
            floor = settings.worth_unsupported
            is_ticked[ticks, column] = True
            ticked[ticks, column] = np.maximum(few, support) * (floor + (1.0 - floor) * support)
            done = [row[code] for case in document.cases for code in case.services if code in row]
            has_case[done, column] = 1.0
        weight = settings.worth_ticked
        evidence = np.where(
            has_case > 0,
            np.maximum(settings.worth_done, weight * ticked + 1.0 - weight),
            weight * ticked,
        )
        return DeclaredFeatures(
            normalized(ticked + settings.worth_done * has_case, 1.0),
            evidence,
            self._related(evidence >= settings.offered_floor),
            is_ticked,
        )


def normalized(columns: Vector, min_length: float = 0.0) -> Vector:
    """Return the columns divided by their Euclidean length, or by `min_length` if they are shorter."""
    lengths = np.maximum(np.linalg.norm(columns, axis=0), min_length)
    scaled: Vector = columns / np.where(lengths > 0, lengths, 1.0)
    return scaled


def batches(documents: Sequence[Document], size: int) -> Iterator[Sequence[Document]]:
    """Yield documents in batches of `size`; at least one batch, which may be empty."""
    for start in range(0, max(len(documents), 1), size):
        yield documents[start : start + size]
