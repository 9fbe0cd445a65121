"""What services and trades are called: names, synonyms, tools and lay people's words, in three languages.

The glossary is data that the caller hands over (parsed YAML). It teaches three things: which words exist (for
compounds), which words point to which service (for needs), and which words tell of a trade.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marketplace.matching.analysis.analyzer import Analyzer
from marketplace.matching.analysis.decompounding import CompoundSplitter
from marketplace.matching.analysis.stop_words import LANGUAGES


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that point to one or more services."""

    text: str
    lang: str
    services: tuple[str, ...]


class Glossary:
    """Phrases per service, terms per trade, and the language resources to read texts with.

    `codes` are all services that there are or were.
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
        self.services = tuple(labels)
        self.phrases = tuple(phrases)
        self.sector_terms = sector_terms
        self.resources = resources
        self.analyzer = Analyzer.from_resources(resources)

    @classmethod
    def from_taxonomy(
        cls,
        taxonomy: Mapping[str, Any],
        resources: Mapping[str, Any],
        lay_texts: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    ) -> "Glossary":
        """Read the parsed taxonomy, the parsed language resources and, if given, lay texts per service.

        Raises ValueError when a lay text names a service that the taxonomy does not have.
        """
        every = [entry for group in taxonomy["groups"] for entry in group["services"]]
        entries = [entry for entry in every if not entry.get("retired")]
        labels = {entry["code"]: entry["label"] for entry in entries}
        lay_texts = lay_texts or {}
        unknown = sorted(set(lay_texts) - set(labels))
        if unknown:
            message = f"lay texts for unknown services: {', '.join(unknown)}"
            raise ValueError(message)
        phrases = [
            phrase for entry in entries for phrase in _entry_phrases(entry, lay_texts.get(entry["code"], {}))
        ]
        for tool in taxonomy.get("tools", ()):
            services = tuple(code for code in tool["services"] if code in labels)
            phrases += [
                Phrase(str(alias), lang, services) for alias in tool["aliases"] for lang in ("nb", "en")
            ]
        sector_terms = {
            sector["code"]: {
                lang: (sector["label"][lang], *sector["terms"].get(lang, ())) for lang in LANGUAGES
            }
            for sector in taxonomy.get("sectors", ())
        }
        related = {entry["code"]: tuple(entry.get("related", ())) for entry in entries}
        glossary = cls(labels, phrases, sector_terms, resources, related)
        glossary.codes = frozenset(entry["code"] for entry in every)
        return glossary

    def check(self, services: Iterable[str], where: str) -> None:
        """Raise ValueError for a service that never was, which would otherwise match nothing and nobody would know.

        A retired one is known: it stands in what was written before.
        """
        unknown = sorted(set(services) - self.codes)
        if unknown:
            message = f"{where}: unknown service {', '.join(unknown)}"
            raise ValueError(message)

    def splitter_for(self, words: Iterator[str]) -> CompoundSplitter:
        """Return a compound splitter that knows the glossary's words and those of the texts given."""
        return CompoundSplitter.from_resources(self.resources).fit(self._all_words(words))

    def _all_words(self, words: Iterator[str]) -> Iterator[str]:
        yield from self._own_words
        yield from words

    @cached_property
    def _own_words(self) -> tuple[str, ...]:
        """The words of phrases and trades, read once: each index that is built asks for them."""
        return tuple(self._read_own_words())

    def _read_own_words(self) -> Iterator[str]:
        for phrase in self.phrases:
            if phrase.lang != "en":
                yield from self.analyzer.words(phrase.text)
        for by_language in self.sector_terms.values():
            for lang in ("nb", "nn"):
                for term in by_language[lang]:
                    yield from self.analyzer.words(term)

    def sector_words(self, sector: str, analyzer: Analyzer) -> frozenset[str]:
        """Return the stems that tell of a trade; an unknown trade has none."""
        by_language = self.sector_terms.get(sector, {})
        return frozenset(
            term
            for lang, phrases in by_language.items()
            for phrase in phrases
            for term in analyzer.terms(phrase, lang)
            if len(term) > 2  # noqa: PLR2004 because shorter stems say too little
        )


def _entry_phrases(entry: Mapping[str, Any], lay_texts: Mapping[str, Sequence[str]]) -> Iterator[Phrase]:
    services = (entry["code"],)
    for lang in LANGUAGES:
        yield Phrase(entry["label"][lang], lang, services)
        yield Phrase(entry["about"][lang], lang, services)
        for kind in ("terms", "lay"):
            for text in entry.get(kind, {}).get(lang, ()):
                yield Phrase(str(text), lang, services)
        for text in lay_texts.get(lang, ()):
            yield Phrase(text, lang, services)
