"""Snowball stemming (M. F. Porter, 2001, snowballstem.org).

Separate from the analyzer because the directory search must not import scikit-learn.
"""

from functools import lru_cache
from threading import Lock
from typing import Any

_stemmer_lock = Lock()
"""A Snowball stemmer stores the current word in itself and is not thread-safe."""


@lru_cache(maxsize=4)
def _stemmer(language: str) -> Any:
    import snowballstemmer  # type: ignore[import-untyped] # noqa: PLC0415 because it has no types, and is slow to import

    return snowballstemmer.stemmer(language)


@lru_cache(maxsize=200_000)
def stem(word: str, lang: str) -> str:
    """Return the stem of a lower-case word, by the Norwegian or the English Snowball stemmer."""
    if word.isdigit():
        return word
    with _stemmer_lock:
        stemmed: str = _stemmer("english" if lang == "en" else "norwegian").stemWord(word)
    return stemmed
