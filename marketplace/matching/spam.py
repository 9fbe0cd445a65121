"""Spam rules: detect texts written to manipulate the ranking, for review by a person.

Each rule looks at one document alone and reports a code with parameters. Honest profiles trigger hardly any;
`benchmarks.attacks` measures false positives and detected attacks. Profiles that copy each other are found in
`near_duplicates.py`. `index/penalties.py` lowers the scores of both.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from functools import lru_cache

from .analysis.plain_text import MAX_CHARACTERS, clean
from .analysis.stemming import stem
from .documents import Document
from .explanation import Note

WORD_REPEATED = "word_repeated"
WORDS_LISTED = "words_listed"
SENTENCES_REPEATED = "sentences_repeated"
HIDDEN_LETTERS = "hidden_letters"
TOO_MANY_SERVICES = "too_many_services"
READS_LIKE_BRIEF = "reads_like_a_brief"
COPIES_BRIEF = "copies_a_brief"
MAX_SERVICES = 20
MAX_FORMS = 40
MAX_REPEATS, MAX_REPEAT_SHARE = 6, 0.1
MIN_LIST_LENGTH, MIN_FUNCTION_WORD_SHARE = 40, 0.1
MIN_WORDS, MAX_REPEATED_SHARE = 30, 0.25
MAX_ZERO_WIDTH, MAX_FULL_WIDTH = 2, 4


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FUNCTION_WORDS = _set(
    "og i på til av for med som er en ei et ein eit å vi du dere de dykk det den at om så men eller ikke ikkje kan skal"
    " vil må har fra frå ved etter før når der her din ditt dine vår vårt våre hos hjå alt også òg uten utan"
    " the and of to in a an is are for with we you your our that it on from by or not can will be at as who"
)
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[.!?\n]+")
_LINKING_WORDS = FUNCTION_WORDS - {"og", "and"}
"""Function words without the conjunctions, which also occur in plain lists of words."""
_REQUEST_WORDS = _set(
    "trenger treng ønsker ønskjer ynskjer ynskje søker noen nokon someone somebody ingen nobody hvordan korleis hvorfor"
    " kvifor ikke ikkje not cannot jeg eg meg min mitt mine oss vår vårt våre my us our need want wants helst burde bør"
    " skulle should lurer gjerne vil"
)
_OFFER_WORDS = _set(
    "du deg din ditt dine dere deres dykk dykkar you your yours lager lagar leverer tilbyr hjelper hjelper bygger"
    " byggjer"
)
MIN_REQUEST_WORDS, MIN_REQUEST_SHARE = 3, 0.05
_NEED = re.compile(
    r"\b(?:vi|jeg|eg|me|we|i)(?: \w+){0,2} (?:trenger|treng|søker|lurer|need|wonder|seek)\b"
    r"|\b(?:trenger|treng|ønsker|ønskjer|ynskjer|søker|need|want|seek) (?:vi|jeg|eg|me|hjelp|noen|nokon|tilbud|tilbod"
    r"|help|someone|somebody|offers)\b"
    r"|\b(?:hvem|kven|who|noen|nokon|someone|somebody) (?:kan|can|som|who)\b"
)
"""Request words of customers. Honest suppliers use some of them too, above all in sentences with "not"."""
NGRAM_SIZE, MIN_COPIED_SHARE = 3, 0.3
MIN_COPIED_NGRAMS = 6
"""Minimum number of runs of three words that a copy has in common with a brief; honest suppliers have fewer."""
_TAGS = re.compile("[\U000e0000-\U000e007f]")
_ZERO_WIDTH = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LATIN = re.compile("[A-Za-z]")
_HOMOGLYPHS = re.compile("[\u0370-\u03ff\u0400-\u052f\u0531-\u058f\u13a0-\u13ff]")
"""Greek, Cyrillic, Armenian and Cherokee letters, many of which look like Latin ones."""
_FULL_WIDTH = re.compile("[\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff]")


def spam_flags(document: Document, briefs: Iterable[str] = ()) -> tuple[Note, ...]:
    """Return the spam flags of a document's texts and ticked services; none for an honest document.

    Each is a code with parameters: `word_repeated` (word, count), `words_listed` (count), `sentences_repeated`,
    `hidden_letters` (count), `too_many_services` (count), `reads_like_a_brief`, and, if texts of `briefs` are given,
    `copies_a_brief` (number: index of the brief).
    """
    return tuple(_flags(document, briefs))


def _flags(document: Document, briefs: Iterable[str]) -> Iterator[Note]:
    raw = "\n".join([document.name, document.text, *(case.text for case in document.cases)])[:MAX_CHARACTERS]
    hidden_letters = _count_hidden_letters(raw)
    if hidden_letters:
        yield HIDDEN_LETTERS, {"count": hidden_letters}
    text = clean(raw)
    words = words_of(raw)
    counts = Counter(words)
    yield from _find_repeated_word(counts, len(words), document.lang)
    function_words = _count(counts, _LINKING_WORDS)
    if len(words) >= MIN_LIST_LENGTH and function_words < MIN_FUNCTION_WORD_SHARE * len(words):
        yield WORDS_LISTED, {"count": len(words)}
    if _has_repeated_sentences(text, words):
        yield SENTENCES_REPEATED, {}
    if len(set(document.services)) > MAX_SERVICES:
        yield TOO_MANY_SERVICES, {"count": len(set(document.services))}
    net_requests = _count(counts, _REQUEST_WORDS) - 2 * _count(counts, _OFFER_WORDS)
    asks = net_requests >= max(MIN_REQUEST_WORDS, MIN_REQUEST_SHARE * len(words))
    if asks and _NEED.search(" ".join(words)):
        yield READS_LIKE_BRIEF, {}
    yield from _find_copied_brief(words, briefs)


def _find_copied_brief(words: Sequence[str], briefs: Iterable[str]) -> Iterator[Note]:
    """Flag the first brief of which a large part occurs in the text word for word."""
    for index, brief in enumerate(briefs):
        if _is_copy(_word_ngrams(words), _word_ngrams(words_of(brief))):
            yield COPIES_BRIEF, {"number": index}
            return


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case without numbers, as compared by the rules."""
    return [*map(str.lower, _WORD.findall(clean(text)))]


def _count(counts: Mapping[str, int], some: AbstractSet[str]) -> int:
    """Return how many words of a text, given with their counts, are in a set of words."""
    return sum(count for word, count in counts.items() if word in some)


def copies_brief(document: Document, brief: str) -> bool:
    """Return True if a large part of a brief occurs in a document word for word."""
    return _is_copy(_word_ngrams(words_of(own_text(document))), _brief_ngrams(brief))


def own_text(document: Document) -> str:
    """Return the texts of a document that are compared with briefs."""
    return " ".join([document.text, *(case.text for case in document.cases)])


def min_copied(brief: str) -> float:
    """Return the minimum number of runs of three words that a copy of a brief has in common with it."""
    return _min_copied(_brief_ngrams(brief))


@lru_cache(maxsize=16)
def _brief_ngrams(brief: str) -> frozenset[tuple[str, ...]]:
    return frozenset(_word_ngrams(words_of(brief)))


def _min_copied(brief_ngrams: AbstractSet[tuple[str, ...]]) -> float:
    return max(MIN_COPIED_NGRAMS, MIN_COPIED_SHARE * len(brief_ngrams))


def _is_copy(ngrams: AbstractSet[tuple[str, ...]], brief_ngrams: AbstractSet[tuple[str, ...]]) -> bool:
    return len(brief_ngrams & ngrams) >= _min_copied(brief_ngrams)


def _word_ngrams(words: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(*(words[start:] for start in range(NGRAM_SIZE)), strict=False))


def _count_hidden_letters(raw: str) -> int:
    """Count invisible and look-alike letters; a few stray ones, as word processors insert them, are allowed."""
    zero_width, full_width = len(_ZERO_WIDTH.findall(raw)), len(_FULL_WIDTH.findall(raw))
    count = len(_TAGS.findall(raw))
    if _HOMOGLYPHS.search(raw):
        count += sum(bool(_LATIN.search(word) and _HOMOGLYPHS.search(word)) for word in _WORD.findall(raw))
    return (
        count
        + (zero_width if zero_width > MAX_ZERO_WIDTH else 0)
        + (full_width if full_width > MAX_FULL_WIDTH else 0)
    )


def _find_repeated_word(forms: Counter[str], length: int, lang: str) -> Iterator[Note]:
    counts: Counter[str] = Counter()
    for word, count in forms.most_common(MAX_FORMS):
        if len(word) > 3 and word not in FUNCTION_WORDS:  # noqa: PLR2004 because shorter words are mostly function words
            counts[stem(word, lang)] += count
    for term, count in counts.most_common(1):
        if count >= MAX_REPEATS and count > MAX_REPEAT_SHARE * length:
            yield WORD_REPEATED, {"word": next(w for w in forms if stem(w, lang) == term), "count": count}


def _has_repeated_sentences(text: str, words: Sequence[str]) -> bool:
    """Return True if a large part of a text is repeated: whole sentences, or runs of three words."""
    ngrams = list(zip(words, words[1:], words[2:], strict=False))
    repeated = len(ngrams) - len(set(ngrams))
    if not repeated:
        return False
    if len(words) >= MIN_WORDS and repeated > MAX_REPEATED_SHARE * len(ngrams):
        return True
    sentences = Counter(" ".join(_WORD.findall(part.lower())) for part in _SENTENCE.split(text))
    return any(count >= 3 and len(sentence.split()) >= 3 for sentence, count in sentences.items())  # noqa: PLR2004 because twice may be a heading
