"""Place names in search texts: municipalities by any official name or administrative centre, and counties."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from marketplace.core import places
from marketplace.core.collation import fold_letters

_WORD = re.compile(r"[^\W_]+")
_PREPOSITIONS = frozenset({"i", "på", "ved", "nær", "rundt", "in", "near", "around", "at"})
_MAX_WORDS = 4
_MIN_MISSPELLED = 7
"""Shorter names are too similar to ordinary words."""


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """The number of a place that a text names (empty if none), the words that name it, and the rest of the text."""

    place: str
    words: str
    rest: str


def place_words() -> frozenset[str]:
    """Return the words of the place names that are long enough to be recognised with a spelling error."""
    named = [name for m in places.municipalities_by_number().values() for name in (*m.names, m.seat)]
    words = (word.lower() for name in (*named, *places.counties().values()) for word in _WORD.findall(name))
    return frozenset(word for word in words if len(word) >= _MIN_MISSPELLED)


def place_label(number: str) -> str:
    """Return the name of a municipality or county by number, with a municipality's other official names."""
    municipality = places.find_municipality(number)
    return municipality.full_name if municipality else places.counties().get(number, "")


def read_place(text: str, is_word: Callable[[str], bool]) -> PlaceReading:
    """Find the first place that a text names.

    A name that is also an ordinary word (`is_word`: Time, Sola) counts only after a preposition.
    """
    matches = list(_WORD.finditer(text))
    folded = [fold_letters(match.group()) for match in matches]
    for start in range(len(matches)):
        for end in range(min(len(matches), start + _MAX_WORDS), start, -1):
            place = places.numbers_by_name().get(tuple(folded[start:end]))
            if place is None:
                continue
            after_preposition = start > 0 and matches[start - 1].group().lower() in _PREPOSITIONS
            if end - start == 1 and not after_preposition and is_word(matches[start].group()):
                continue
            first = matches[start - 1 if after_preposition else start].start()
            return PlaceReading(
                place,
                text[matches[start].start() : matches[end - 1].end()],
                _join(text[:first], text[matches[end - 1].end() :]),
            )
    return PlaceReading("", "", text)


def _join(before: str, after: str) -> str:
    pieces = (before.strip(" ,;."), after.strip(" ,;."))
    return " ".join(piece for piece in pieces if piece)
