"""Analysis of search texts: words with their written variants, and the services they refer to. No database, no request.

It uses the matcher's analysis: stop words, stems, compounds, bokmål and nynorsk variants, and folded letters.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol

from marketplace.core.collation import fold_letters
from marketplace.data import data_path
from marketplace.directory.search.place_names import place_words
from marketplace.matching.analysis.stemming import stem
from marketplace.suppliers.glossary import glossary, search_phrases
from marketplace.text_search.language_resources import other_forms, text_resources
from marketplace.text_search.spelling import Spelling

if TYPE_CHECKING:
    from marketplace.matching.analysis.decompounding import CompoundSplitter

_WORD = re.compile(r"[^\W_]+")
_HYPHENATED = re.compile(r"[^\W_]+(?:[-\u2010\u2011'\u2019][^\W_]+)+")
_TYPED_WORD = re.compile(rf"{_HYPHENATED.pattern}|{_WORD.pattern}")
MAX_QUERY = 200
MAX_WORDS = 12
WHOLE_WORD_LENGTH = 3
"""Stems up to this length match whole words only."""
_VARIANT, _PARTS, _SIMILAR = 0.9, 0.5, 0.5
"""Weights of a word's other written form, of a compound's parts, and of a similar spelling, relative to the word."""
_MIN_SIMILAR = 8
"""Shorter words that are known have too many other words as neighbours."""


def normalize(text: str) -> str:
    """Normalize text for comparison: lower case, letters and digits only, single spaces."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFC", text).casefold()))


def searchable(text: str) -> str:
    """Normalize a text for search: fold letters, and add hyphenated words written as one word ("e post", "epost")."""
    joined = ["".join(_WORD.findall(match.group())) for match in _HYPHENATED.finditer(text)]
    return fold_letters(normalize(" ".join((text, *joined))))


WordForm = tuple[tuple[str, ...], float]
"""The parts of a written form, which must all occur in a text, and its weight."""


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word of a search text, with the forms it may have in texts."""

    typed: str
    forms: tuple[WordForm, ...]


@cache
def _stop_words() -> Mapping[str, frozenset[str]]:
    words = text_resources()["stopwords"]
    norwegian = frozenset(map(str, (*words["nb"], *words["nn"])))
    return {"nb": norwegian, "en": frozenset(map(str, words["en"]))}


@cache
def _splitter() -> "CompoundSplitter":
    return glossary().splitter_for(iter(()))


@cache
def known_words() -> Mapping[str, int]:
    """Count the words of the taxonomy, the lay texts and the place names."""
    analyzer = glossary().analyzer
    counts = Counter(word for phrase in glossary().phrases for word in analyzer.words(phrase.text))
    counts.update(
        word for texts in search_phrases().values() for text in texts for word in analyzer.words(text)
    )
    for by_language in glossary().sector_terms.values():
        for terms in by_language.values():
            counts.update(word for term in terms for word in analyzer.words(term))
    for words in _stop_words().values():
        counts.update(words)
    counts.update(place_words())
    return _without_misspellings({word: count for word, count in counts.items() if word.isalpha()})


_DOUBLED = re.compile(r"(.)\1")
_MIN_MISSPELLED = 6
_COMMON = 10
"""A word is this much more frequent than its misspellings."""


def _without_misspellings(counts: Mapping[str, int]) -> Mapping[str, int]:
    """Leave out rare words that differ from a common one in doubled letters only: nettbuttik beside nettbutikk.

    The lay texts are written as people write, with spelling mistakes that must still be corrected.
    """
    keys = {word: _DOUBLED.sub(r"\1", fold_letters(word)) for word in counts if len(word) >= _MIN_MISSPELLED}
    highest: dict[str, int] = {}
    for word, key in keys.items():
        highest[key] = max(highest.get(key, 0), counts[word])
    return {
        word: count
        for word, count in counts.items()
        if word not in keys or count * _COMMON >= highest[keys[word]]
    }


@cache
def spelling() -> Spelling:
    """Spelling correction by the known words."""
    return Spelling(known_words(), fold_letters)


def is_vocabulary_word(word: str) -> bool:
    """Return True for a word of the taxonomy or the lay texts, other than in names of places."""
    return word.lower() in _vocabulary_words()


@cache
def _vocabulary_words() -> frozenset[str]:
    analyzer = glossary().analyzer
    stop_words = frozenset().union(*_stop_words().values())
    return stop_words.union(
        *(analyzer.words(phrase.text) for phrase in glossary().phrases if len(phrase.services) == 1)
    )


def content_words(text: str, keep: Container[str] = ()) -> list[str]:
    """Return the words to search for, in order and as they are typed.

    Stop words are dropped, unless there is nothing else, they are typed as an abbreviation (IT, SoMe), or in `keep`.
    """
    typed = [match.group() for match in _TYPED_WORD.finditer(_plain(text))]
    stop_words = _stop_words()[language_of(text)]
    shouted = not any(character.islower() for character in text)
    content = [
        word
        for word in typed
        if word.casefold() not in stop_words
        or word.casefold() in keep
        or (_is_abbreviation(word) and not shouted)
    ]
    return content or typed


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _is_abbreviation(word: str) -> bool:
    """Return True for a word with a capital letter after the first one: IT, SoMe."""
    return any(character.isupper() for character in word[1:])


def language_of(text: str) -> str:
    """Return "en" if a search text is English, otherwise "nb". Abbreviations say nothing about the language."""
    words = [word for word in _WORD.findall(_plain(text)) if not _is_abbreviation(word)]
    counts = {
        lang: sum(word.casefold() in stop_words for word in words)
        for lang, stop_words in _stop_words().items()
    }
    return "en" if counts["nb"] < counts["en"] < len(words) else "nb"


@lru_cache(maxsize=2000)
def query_words(text: str) -> tuple[QueryWord, ...]:
    """Return the distinct words of a search text, each with its forms."""
    words = {word.casefold(): _with_forms(word.casefold()) for word in content_words(text[:MAX_QUERY])}
    return tuple(words.values())[:MAX_WORDS]


def _with_forms(word: str) -> QueryWord:
    pieces = _WORD.findall(word)
    joined = "".join(pieces)
    forms: dict[tuple[str, ...], float] = {(_common_prefix(joined),): 1.0}
    if len(pieces) > 1:
        forms.setdefault(tuple(_common_prefix(piece) for piece in pieces), _VARIANT)
    for other in other_forms().get(joined, ()):
        forms.setdefault((_common_prefix(other),), _VARIANT)
    if parts := _splitter().split(joined):
        forms.setdefault(tuple(_common_prefix(part) for part in parts), _PARTS)
    if len(joined) >= _MIN_SIMILAR and spelling().is_known(joined):
        for other in spelling().similar(joined):
            forms.setdefault((_common_prefix(other),), _SIMILAR)
    return QueryWord(word, tuple(forms.items()))


def compound_forms(word: QueryWord, splitter: "CompoundSplitter") -> list[WordForm]:
    """Return the form of a word that consists of its compound parts; none if it cannot be split."""
    parts = splitter.split("".join(_WORD.findall(word.typed)))
    return [(tuple(_common_prefix(part) for part in parts), _PARTS)] if parts else []


def _common_prefix(word: str) -> str:
    """Longest common prefix of a word's forms, with folded letters. Short words are unchanged."""
    # Twice, because the stem of "datasenteret" is "datasenter", whose own stem is "datasent".
    shortest = stem(stem(word, "nb"), "nb")
    return fold_letters(shortest if WHOLE_WORD_LENGTH < len(shortest) <= len(word) else word)


@lru_cache(maxsize=20_000)
def stems_of(word: str) -> tuple[str, ...]:
    """Return the stem of a word in standard spelling, and the stems of the parts of a hyphenated word."""
    pieces = _WORD.findall(word.casefold())
    joined = "".join(pieces)
    standard = {"nye": "ny", "nytt": "ny"} | dict(glossary().analyzer.variants or {})
    stems = [_common_prefix(standard.get(joined, joined))]
    # The parts of e-post mean something else.
    if len(pieces) > 1 and all(len(piece) > 1 for piece in pieces):
        stems += [_common_prefix(standard.get(piece, piece)) for piece in pieces]
    return tuple(stems)


@cache
def _weak_words() -> frozenset[str]:
    resources = text_resources()
    words = (*resources["stopwords"].values(), resources["weak_words"])
    return frozenset(str(word) for by_language in words for word in _flatten(by_language))


def _flatten(words: Iterable[str] | Mapping[str, Iterable[str]]) -> Iterator[str]:
    if isinstance(words, Mapping):
        for some in words.values():
            yield from some
    else:
        yield from words


def is_informative_word(word: str) -> bool:
    """Return True for a word that a reader accepts as a reason for a match: no numeral, letter, stop word or filler."""
    if len(word) == 1 or any(character.isdigit() for character in word):
        return False
    return _is_abbreviation(word) or word.casefold() not in _weak_words()


@cache
def _ordinary_words() -> frozenset[str]:
    lines = data_path("ordinary_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def is_ordinary_word(word: str) -> bool:
    """Return True for an everyday word that resembles a term without meaning it: låven (loven), maling (måling)."""
    word = word.casefold()
    return word in _ordinary_words() and word not in known_words()


class Dictionary(Protocol):
    """Knows words, and the nearest known word of an unknown one."""

    def is_known(self, word: str) -> bool:
        """Return True if a word is known."""

    def nearest(self, word: str, max_distance: int = 2) -> str | None:
        """Return the known word that was probably meant, or None if none is within the distance."""


def correct(text: str, dictionary: Dictionary) -> str:
    """Return a search text with each misspelled word replaced by the nearest known one, if there is one."""

    def replace(match: re.Match[str]) -> str:
        word = match.group().casefold()
        joined = "".join(_WORD.findall(word))
        if is_ordinary_word(word) or any(dictionary.is_known(form) for form in (word, joined)):
            return match.group()
        # A word that could be a compound (hjem-e-side) is corrected only if it has a single error.
        return dictionary.nearest(joined, 1 if _splitter().split(joined) else 2) or match.group()

    return _TYPED_WORD.sub(replace, _plain(text))
