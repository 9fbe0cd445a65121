"""Texts that look made for the machine: what a person should look at before they count in full.

Each rule is about one document alone, and says in a code with parameters what was found. Honest profiles trip none
of them; `evaluate-attacks` measures how many do, and how many made-up ones are caught.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from marketplace.matching.analysis.plain_text import MAX_CHARACTERS, clean
from marketplace.matching.analysis.stemming import stem
from marketplace.matching.documents import Document
from marketplace.matching.explanation import Note

REPEATED, LISTED, SAID_AGAIN, HIDDEN, EVERYTHING, ASKS, COPIES = (
    "word_repeated",
    "words_listed",
    "sentences_repeated",
    "hidden_letters",
    "too_many_services",
    "reads_like_a_brief",
    "copies_a_brief",
)
MOST_TICKS = 20
MOST_FORMS = 40
MOST_OF_ONE_WORD, SHARE_OF_ONE_WORD = 6, 0.1
LONG_LIST, LEAST_SMALL_WORDS = 40, 0.1
ENOUGH_WORDS, MOST_SAID_AGAIN = 30, 0.25
MOST_HIDDEN, MOST_WIDE = 2, 4


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


SMALL_WORDS = _set(
    "og i på til av for med som er en ei et ein eit å vi du dere de dykk det den at om så men eller ikke ikkje kan skal"
    " vil må har fra frå ved etter før når der her din ditt dine vår vårt våre hos hjå alt også òg uten utan"
    " the and of to in a an is are for with we you your our that it on from by or not can will be at as who"
)
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[.!?\n]+")
JOINING = frozenset({"og", "and"})
"""Small words that stand in lists as well."""
_ASKS = _set(
    "trenger treng ønsker ønskjer ynskjer ynskje søker noen nokon someone somebody ingen nobody hvordan korleis hvorfor"
    " kvifor ikke ikkje not cannot jeg eg meg min mitt mine oss vår vårt våre my us our need want wants helst burde bør"
    " skulle should lurer gjerne vil"
)
_OFFERS = _set(
    "du deg din ditt dine dere deres dykk dykkar you your yours lager lagar leverer tilbyr hjelper hjelper bygger"
    " byggjer"
)
MORE_ASKING, SHARE_ASKING = 3, 0.05
RUN, MOST_COPIED = 3, 0.3
_TAGS = re.compile("[\U000e0000-\U000e007f]")
_ZERO_WIDTH = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LATIN = re.compile("[A-Za-z]")
_LOOK_ALIKE = re.compile("[\u0370-\u03ff\u0400-\u052f\u0531-\u058f\u13a0-\u13ff]")
"""Greek, Cyrillic, Armenian and Cherokee letters, of which many look like Latin ones."""
_WIDE = re.compile("[\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff]")


def flags(document: Document, briefs: Iterable[str] = ()) -> tuple[Note, ...]:
    """Return what is suspicious about a document's own texts and ticks; nothing for an honest one.

    Each is a code with what to fill in: `word_repeated` (word, count), `words_listed` (count), `sentences_repeated`,
    `hidden_letters` (count), `too_many_services` (count), `reads_like_a_brief`, and, where the texts of `briefs` are
    given, `copies_a_brief` (number: which of them, from 0).
    """
    return tuple(_flags(document, briefs))


def _flags(document: Document, briefs: Iterable[str]) -> Iterator[Note]:
    raw = "\n".join([document.name, document.text, *(case.text for case in document.cases)])[:MAX_CHARACTERS]
    hidden = _hidden_letters(raw)
    if hidden:
        yield HIDDEN, {"count": hidden}
    text = clean(raw)
    words = words_of(raw)
    yield from _repeated(words, document.lang)
    small = sum(word in SMALL_WORDS - JOINING for word in words)
    if len(words) >= LONG_LIST and small < LEAST_SMALL_WORDS * len(words):
        yield LISTED, {"count": len(words)}
    if _said_again(text, words):
        yield SAID_AGAIN, {}
    if len(set(document.services)) > MOST_TICKS:
        yield EVERYTHING, {"count": len(set(document.services))}
    asking = sum(word in _ASKS for word in words) - 2 * sum(word in _OFFERS for word in words)
    if asking >= max(MORE_ASKING, SHARE_ASKING * len(words)):
        yield ASKS, {}
    yield from _copied(words, briefs)


def _copied(words: Sequence[str], briefs: Iterable[str]) -> Iterator[Note]:
    """Name the first brief of which a good part stands in the text word for word."""
    runs = _runs(words)
    for number, brief in enumerate(briefs):
        if _holds(runs, _runs(words_of(brief))):
            yield COPIES, {"number": number}
            return


def words_of(text: str) -> list[str]:
    """Return a text's words in lower case, as they are compared here: without numbers, nothing left out."""
    return [word.lower() for word in _WORD.findall(clean(text))]


def repeats(document: Document, brief: str) -> bool:
    """Say whether a good part of a brief stands in a document word for word."""
    told = " ".join([document.text, *(case.text for case in document.cases)])
    return _holds(_runs(words_of(told)), _runs_asked(brief))


@lru_cache(maxsize=16)
def _runs_asked(brief: str) -> frozenset[tuple[str, ...]]:
    return frozenset(_runs(words_of(brief)))


def _holds(runs: AbstractSet[tuple[str, ...]], asked: AbstractSet[tuple[str, ...]]) -> bool:
    return len(asked) >= RUN and len(asked & runs) >= MOST_COPIED * len(asked)


def _runs(words: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(*(words[start:] for start in range(RUN)), strict=False))


def _hidden_letters(raw: str) -> int:
    """Count letters that the eye does not see or takes for others; a stray one from a word processor is let pass."""
    zero, wide = len(_ZERO_WIDTH.findall(raw)), len(_WIDE.findall(raw))
    found = len(_TAGS.findall(raw))
    if _LOOK_ALIKE.search(raw):
        found += sum(bool(_LATIN.search(w) and _LOOK_ALIKE.search(w)) for w in _WORD.findall(raw))
    return found + (zero if zero > MOST_HIDDEN else 0) + (wide if wide > MOST_WIDE else 0)


def _repeated(words: Sequence[str], lang: str) -> Iterator[Note]:
    counts: Counter[str] = Counter()
    for word, count in Counter(words).most_common(MOST_FORMS):
        if len(word) > 3 and word not in SMALL_WORDS:  # noqa: PLR2004 because shorter words are grammar
            counts[stem(word, lang)] += count
    for term, count in counts.most_common(1):
        if count >= MOST_OF_ONE_WORD and count > SHARE_OF_ONE_WORD * len(words):
            yield REPEATED, {"word": next(w for w in words if stem(w, lang) == term), "count": count}


def _said_again(text: str, words: Sequence[str]) -> bool:
    """Say whether a good part of a text is the same again: whole sentences, or runs of three words."""
    sentences = Counter(" ".join(_WORD.findall(part.lower())) for part in _SENTENCE.split(text))
    if any(count >= 3 and len(sentence.split()) >= 3 for sentence, count in sentences.items()):  # noqa: PLR2004 because twice may be a heading
        return True
    runs = list(zip(words, words[1:], words[2:], strict=False))
    if len(words) < ENOUGH_WORDS:
        return False
    return 1.0 - len(set(runs)) / len(runs) > MOST_SAID_AGAIN
