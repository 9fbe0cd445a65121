"""The decision which words of a search text are misspelled, and their correction."""

import re
import unicodedata
from typing import Protocol

from marketplace.directory.search.query_analysis import TYPED_WORD, WORD
from marketplace.directory.search.vocabulary import compound_splitter, is_ordinary_word


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
        pieces = WORD.findall(word)
        joined = "".join(pieces)
        if is_ordinary_word(word) or any(dictionary.is_known(form) for form in (word, joined)):
            return match.group()
        if len(pieces) > 1 and all(len(piece) > 1 and dictionary.is_known(piece) for piece in pieces):
            return match.group()
        # A word that could be a compound (hjem-e-side) is corrected only if it has a single error.
        return dictionary.nearest(joined, 1 if compound_splitter().split(joined) else 2) or match.group()

    return TYPED_WORD.sub(replace, unicodedata.normalize("NFC", text))
