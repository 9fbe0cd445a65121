"""Letter folding: one ASCII spelling for words that are written with and without Norwegian and Sami letters.

æ, ä and ae are the same, and so are ø, ö, oe and o, and å, aa and a. Other letters lose their accents.
Folded words are compared in addition to the written ones, because folding also merges different words (får, far).
"""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {"æ": "ae", "ä": "ae", "ø": "o", "ö": "o", "å": "a", "đ": "d", "ð": "d", "ŋ": "n", "ŧ": "t", "þ": "th", "ł": "l"}
)  # fmt: skip

_OE, _LONG_A = re.compile("oe+"), re.compile("aa+")


@lru_cache(maxsize=20_000)
def fold_letters(text: str) -> str:
    """Return a text in lower case with all letters folded: "Snøfonn", "Snöfonn" and "Snoefonn" become "snofonn"."""
    lower = unicodedata.normalize("NFC", text).casefold().translate(_LETTERS)
    if not lower.isascii():
        decomposed = unicodedata.normalize("NFKD", lower)
        lower = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _LONG_A.sub("a", _OE.sub("o", lower))
