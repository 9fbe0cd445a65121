"""Glossary of services and sectors: names, synonyms, tools and lay terms in three languages.

The glossary is built from data passed by the caller (parsed YAML). It provides the known words for decompounding, the
training phrases of the need model, and the terms that indicate a sector.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .analyzer import Analyzer
from .decompounding import CompoundSplitter
from .negation import Negation
from .reason_words import ReasonWords, general_words
from .stop_words import LANGUAGES

KINDS_NAMING_SERVICES = ("works_fine", "not_wanted")
"""Kinds of texts that name services but do not need any. They are examples for the cues of `negation`, and no model is
trained on them."""

GENERAL_WORDS = ("weak_words", "trade_words")
"""Lists of words in the language resources that explain no service, besides the fillers among the stop words."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that points to one or more services; a term is a name of the service, not a description."""

    text: str
    lang: str
    services: tuple[str, ...]
    is_term: bool = False


class Glossary:
    """Phrases per service, terms per sector, and the language resources for the analyzer.

    `services` are the current service codes; `codes` also contains retired ones. `related` names the services that go
    with a service, and `groups` numbers the group it belongs to (by default one of its own). Only the suggestion of
    services learns from `owner_texts`, some of which need no service, and from `rejection_texts`, in which braces enclose
    the clauses about services that are not wanted or in order.
    """

    def __init__(
        self,
        labels: Mapping[str, Mapping[str, str]],
        phrases: Sequence[Phrase],
        sector_terms: Mapping[str, Mapping[str, Sequence[str]]],
        resources: Mapping[str, Any],
        related: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.labels = labels
        self.codes = frozenset(labels)
        self.related = related or {}
        self.groups: Mapping[str, int] = {code: number for number, code in enumerate(labels)}
        self.services = tuple(labels)
        self.phrases = tuple(phrases)
        self.sector_terms = sector_terms
        self.resources = resources
        self.analyzer = Analyzer.from_resources(resources)
        self.texts_without_need: Mapping[str, Sequence[str]] = {}
        self.owner_texts: Sequence[Phrase] = ()
        self.rejection_texts: Sequence[Phrase] = ()

    @classmethod
    def from_taxonomy(  # noqa: PLR0913, PLR0917 because each is the content of one data file
        cls,
        taxonomy: Mapping[str, Any],
        resources: Mapping[str, Any],
        lay_texts: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
        no_need_texts: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
        owner_texts: Iterable[Mapping[str, str]] = (),
        rejection_texts: Iterable[Mapping[str, str]] = (),
    ) -> "Glossary":
        """Build a glossary from the parsed taxonomy, the language resources and, optionally, more texts to learn from.

        `lay_texts` are needs in everyday words, per service and language. `no_need_texts` are sentences that ask for
        no service, per kind and language. `owner_texts` are rows with `lang`, `text` and any number of `services`, divided by "|",
        that only the suggestion of services learns from, as from the `text` of the rows `rejection_texts`. The resources must have `stopwords` by language; without the other keys,
        texts are read more simply. Raises ValueError if texts are given for a service that is not in the taxonomy.
        """
        all_entries = [entry for group in taxonomy["groups"] for entry in group["services"]]
        entries = [entry for entry in all_entries if not entry.get("retired")]
        labels = {entry["code"]: entry["label"] for entry in entries}
        lay_texts = lay_texts or {}
        owner_phrases = [
            Phrase(row["text"], row["lang"], tuple(filter(None, row["services"].split("|"))))
            for row in owner_texts
        ]
        taught = {*lay_texts, *(code for phrase in owner_phrases for code in phrase.services)}
        if unknown := sorted(taught - set(labels)):
            message = f"texts for unknown services: {', '.join(unknown)}"
            raise ValueError(message)
        phrases = [
            phrase for entry in entries for phrase in _entry_phrases(entry, lay_texts.get(entry["code"], {}))
        ]
        for tool in taxonomy.get("tools", ()):
            services = tuple(code for code in tool["services"] if code in labels)
            phrases += [
                Phrase(str(alias), lang, services, is_term=True)
                for alias in tool["aliases"]
                for lang in ("nb", "en")
            ]
        sector_terms = {
            sector["code"]: {
                lang: (sector["label"][lang], *sector["terms"].get(lang, ())) for lang in LANGUAGES
            }
            for sector in taxonomy.get("sectors", ())
        }
        related = {entry["code"]: tuple(entry.get("related", ())) for entry in entries}
        groups = {
            entry["code"]: number
            for number, group in enumerate(taxonomy["groups"])
            for entry in group["services"]
        }
        glossary = cls(labels, phrases, sector_terms, resources, related)
        glossary.groups = groups
        glossary.owner_texts = owner_phrases
        glossary.rejection_texts = [Phrase(row["text"], row["lang"], ()) for row in rejection_texts]
        glossary.texts_without_need = {
            lang: tuple(
                text
                for kind, texts_by_language in (no_need_texts or {}).items()
                if kind not in KINDS_NAMING_SERVICES
                for text in texts_by_language.get(lang, ())
            )
            for lang in LANGUAGES
        }
        glossary.codes = frozenset(entry["code"] for entry in all_entries)
        return glossary

    def check(self, services: Iterable[str], where: str) -> None:
        """Raise ValueError for a service code that never existed, which would otherwise silently match nothing.

        Raises TypeError for a single code instead of several. Retired codes are accepted, because older texts still
        contain them.
        """
        if isinstance(services, str):
            message = f"{where}: services must be a tuple of codes, not the text {services!r}"
            raise TypeError(message)
        unknown = sorted(set(services) - self.codes)
        if unknown:
            message = f"{where}: unknown service {', '.join(unknown)}"
            raise ValueError(message)

    def splitter_for(self, words: Iterator[str]) -> CompoundSplitter:
        """Return a compound splitter trained on the glossary's words and the given words."""
        return CompoundSplitter.from_resources(self.resources).fit(self._all_words(words))

    def _all_words(self, words: Iterator[str]) -> Iterator[str]:
        yield from self._glossary_words
        yield from words

    @cached_property
    def negation(self) -> Negation:
        """The cue phrases by which texts say that something is not wanted or in order."""
        stop_words = self.analyzer.stop_words
        return Negation.from_resources(self.resources, stop_words.of("nb") | stop_words.of("en"))

    @cached_property
    def _glossary_words(self) -> tuple[str, ...]:
        """The words of all phrases and sector terms, cached because every index build needs them."""
        return tuple(self._iter_glossary_words())

    def _iter_glossary_words(self) -> Iterator[str]:
        for phrase in self.phrases:
            if phrase.lang != "en":
                yield from self.analyzer.words(phrase.text)
        for by_language in self.sector_terms.values():
            for lang in ("nb", "nn"):
                for term in by_language[lang]:
                    yield from self.analyzer.words(term)

    @cached_property
    def reason_words(self) -> ReasonWords:
        """General words, cached because they depend on the glossary alone."""
        lists = (self.resources["stopwords"].get("filler", {}), *map(self.resources.get, GENERAL_WORDS))
        general = {
            lang: [word for words in lists for word in (words or {}).get(lang, ())] for lang in LANGUAGES
        }
        return ReasonWords(general_words(self.analyzer, general))

    @cached_property
    def neighbours(self) -> Mapping[str, frozenset[str]]:
        """The services that are related to each service or in the same group, by its code."""
        related = [(code, other) for code, others in self.related.items() for other in others]
        pairs = {*related, *((other, code) for code, other in related)}
        return {
            code: frozenset(
                other
                for other in self.services
                if other != code and ((code, other) in pairs or self.groups[other] == self.groups[code])
            )
            for code in self.services
        }

    def sector_words(self, sector: str, analyzer: Analyzer) -> frozenset[str]:
        """Return the stems that indicate a sector; none for an unknown sector."""
        by_language = self.sector_terms.get(sector, {})
        return frozenset(
            term
            for lang, phrases in by_language.items()
            for phrase in phrases
            for term in analyzer.terms(phrase, lang)
            if len(term) > 2  # noqa: PLR2004 because shorter stems are ambiguous
        )


def _entry_phrases(entry: Mapping[str, Any], lay_texts: Mapping[str, Sequence[str]]) -> Iterator[Phrase]:
    services = (entry["code"],)
    for lang in LANGUAGES:
        yield Phrase(entry["label"][lang], lang, services, is_term=True)
        yield Phrase(entry["about"][lang], lang, services)
        for kind in ("terms", "lay"):
            for text in entry.get(kind, {}).get(lang, ()):
                yield Phrase(str(text), lang, services, is_term=kind == "terms")
        for text in lay_texts.get(lang, ()):
            yield Phrase(text, lang, services)
