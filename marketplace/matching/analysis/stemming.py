"""Cutting words to their stems with Snowball (M. F. Porter, 2001, snowballstem.org).

Apart from `analysis`, since others look words up too, and need no scikit-learn for that.
"""

from functools import lru_cache
from threading import Lock
from typing import Any

_stemming = Lock()
"""A Snowball stemmer keeps the word it works on in itself: two threads at once would get wrong stems, or none."""


@lru_cache(maxsize=4)
def _stemmer(language: str) -> Any:
    import snowballstemmer  # type: ignore[import-untyped] # noqa: PLC0415 because it has no types, and the command line starts without it

    return snowballstemmer.stemmer(language)


@lru_cache(maxsize=200_000)
def stem(word: str, lang: str) -> str:
    """Return the stem of a lower-case word, by the Norwegian or the English Snowball stemmer."""
    if word.isdigit():
        return word
    with _stemming:
        stemmed: str = _stemmer("english" if lang == "en" else "norwegian").stemWord(word)
    return stemmed
