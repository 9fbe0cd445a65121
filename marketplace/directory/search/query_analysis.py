"""Analysis of search texts: the words to look for, each with its written variants. No database, no request.

It uses the matcher's analysis: stop words, stems, compounds, bokmål and nynorsk variants, and folded letters.
"""

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from marketplace.core.collation import fold_letters
from marketplace.directory.search.vocabulary import compound_splitter, spelling, stop_words
from marketplace.matching.analysis.stemming import stem
from marketplace.suppliers.glossary import glossary
from marketplace.text_search.language_resources import other_forms, text_resources

if TYPE_CHECKING:
    from marketplace.matching.analysis.decompounding import CompoundSplitter

WORD = re.compile(r"[^\W_]+")
_HYPHENATED = re.compile(r"[^\W_]+(?:[-\u2010\u2011'\u2019][^\W_]+)+")
TYPED_WORD = re.compile(rf"{_HYPHENATED.pattern}|{WORD.pattern}")
MAX_QUERY = 200
MAX_WORDS = 12
WHOLE_WORD_LENGTH = 3
"""Stems up to this length match whole words only."""
_VARIANT, _PARTS, _SIMILAR = 0.9, 0.5, 0.5
"""Weights of a word's other written form, of a compound's parts, and of a similar spelling, relative to the word."""
_MIN_SIMILAR = 8
"""Minimum length of a known word to which similarly spelled ones are added; shorter ones have too many neighbours."""


def normalize(text: str) -> str:
    """Normalize text for comparison: lower case, letters and digits only, single spaces."""
    return " ".join(WORD.findall(unicodedata.normalize("NFC", text).casefold()))


def searchable(text: str) -> str:
    """Normalize a text for search: fold letters, and add hyphenated words written as one word ("e post", "epost")."""
    joined = ["".join(WORD.findall(match.group())) for match in _HYPHENATED.finditer(text)]
    return fold_letters(normalize(" ".join((text, *joined))))


WordForm = tuple[tuple[str, ...], float]
"""The parts of a written form, which must all occur in a text, and its weight."""


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word of a search text, with the forms it may have in texts."""

    typed: str
    forms: tuple[WordForm, ...]


def content_words(text: str, keep: Container[str] = ()) -> list[str]:
    """Return the words to search for, in order and as they are typed.

    Stop words are dropped, unless there is nothing else, they are typed as an abbreviation (IT, SoMe), or in `keep`.
    """
    typed = [match.group() for match in TYPED_WORD.finditer(_plain(text))]
    without_meaning = stop_words()[language_of(text)]
    shouted = not any(character.islower() for character in text)
    content = [
        word
        for word in typed
        if word.casefold() not in without_meaning
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
    words = [word for word in WORD.findall(_plain(text)) if not _is_abbreviation(word)]
    counts = {lang: sum(word.casefold() in known for word in words) for lang, known in stop_words().items()}
    return "en" if counts["nb"] < counts["en"] < len(words) else "nb"


@lru_cache(maxsize=2000)
def query_words(text: str) -> tuple[QueryWord, ...]:
    """Return the distinct words of a search text, each with its forms."""
    words = {word.casefold(): _with_forms(word.casefold()) for word in content_words(text[:MAX_QUERY])}
    return tuple(words.values())[:MAX_WORDS]


def _with_forms(word: str) -> QueryWord:
    pieces = WORD.findall(word)
    joined = "".join(pieces)
    forms: dict[tuple[str, ...], float] = {(_common_prefix(joined),): 1.0}
    if len(pieces) > 1:
        forms.setdefault(tuple(_common_prefix(piece) for piece in pieces), _VARIANT)
    for other in other_forms().get(joined, ()):
        forms.setdefault((_common_prefix(other),), _VARIANT)
    if parts := compound_splitter().split(joined):
        forms.setdefault(tuple(_common_prefix(part) for part in parts), _PARTS)
    if len(joined) >= _MIN_SIMILAR and spelling().is_known(joined):
        for other in spelling().similar(joined):
            forms.setdefault((_common_prefix(other),), _SIMILAR)
    return QueryWord(word, tuple(forms.items()))


def compound_forms(word: QueryWord, splitter: "CompoundSplitter") -> list[WordForm]:
    """Return the form of a word that consists of its compound parts; none if it cannot be split."""
    parts = splitter.split("".join(WORD.findall(word.typed)))
    return [(tuple(_common_prefix(part) for part in parts), _PARTS)] if parts else []


def _common_prefix(word: str) -> str:
    """Longest common prefix of a word's forms, with folded letters. Short words are unchanged."""
    # Twice, because the stem of "datasenteret" is "datasenter", whose own stem is "datasent".
    shortest = stem(stem(word, "nb"), "nb")
    return fold_letters(shortest if WHOLE_WORD_LENGTH < len(shortest) <= len(word) else word)


@lru_cache(maxsize=20_000)
def stems_of(word: str) -> tuple[str, ...]:
    """Return the stem of a word in standard spelling, and the stems of the parts of a hyphenated word."""
    pieces = WORD.findall(word.casefold())
    joined = "".join(pieces)
    stems = [_common_prefix(_standard_spelling(joined))]
    # The parts of e-post mean something else.
    if len(pieces) > 1 and all(len(piece) > 1 for piece in pieces):
        stems += [_common_prefix(_standard_spelling(piece)) for piece in pieces]
    return tuple(stems)


def _standard_spelling(word: str) -> str:
    """Return a word, or the last part of a compound, in standard spelling: firmabilete (a picture) is not firmabil (a car)."""
    standard = {"nye": "ny", "nytt": "ny"} | dict(glossary().analyzer.variants or {})
    if word in standard:
        return standard[word]
    last = next(reversed(compound_splitter().split(word)), word)
    return word.removesuffix(last) + standard.get(last, last)


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
