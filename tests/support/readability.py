"""Readability of texts by LIX, the Scandinavian index: words in a sentence plus the percentage of long words."""

import re
from collections.abc import Iterable, Sequence

MAX_LIX = 40
"""Readable for everybody; 40 to 50 is of medium difficulty."""
MIN_WORDS, LONG_WORD = 4, 7
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def sentences_of(texts: Iterable[str]) -> list[list[str]]:
    """Return the words of each sentence; labels and other short pieces are left out."""
    split = (_WORD.findall(sentence) for text in texts for sentence in re.split(r"(?<=[.?:])\s+", text))
    return [words for words in split if len(words) >= MIN_WORDS]


def lix(sentences: Sequence[Sequence[str]]) -> float:
    """Return the LIX of sentences."""
    words = [word for sentence in sentences for word in sentence]
    return len(words) / len(sentences) + 100 * sum(len(word) >= LONG_WORD for word in words) / len(words)
