"""Phrases that name services, and the words of a text that are compared with them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from marketplace.core import taxonomy
from marketplace.core.grouping import group
from marketplace.directory.search.query_analysis import content_words, stems_of
from marketplace.directory.search.vocabulary import is_ordinary_word
from marketplace.suppliers.glossary import glossary, search_phrases
from marketplace.text_search.language_resources import text_resources

_MAX_PHRASE_WORDS = 5
_MIN_FIRST_PART = 3
AMOUNT = "+"
"""Stem of a word beside an amount: flere gjester, selge mer, mangler kunder."""


@dataclass(frozen=True, slots=True)
class TextWord:
    """A content word of a text with its stems: of the whole word, of its written parts, and of its other standard."""

    surface: str
    stems: frozenset[str]
    is_filler: bool

    @property
    def is_general(self) -> bool:
        """True for a filler and for a word that texts about anything use: to find, to buy, to sell."""
        return self.is_filler or self.surface.casefold() in _general_words()

    @property
    def is_broad(self) -> bool:
        """True for a word that names no service by itself: a course, a guest, accounts."""
        return self.surface.casefold() in _broad_words()


@cache
def _broad_words() -> frozenset[str]:
    return frozenset(map(str, text_resources()["broad_words"]))


@cache
def _amount_words() -> frozenset[str]:
    return frozenset(map(str, text_resources()["amount_words"]))


@cache
def _fillers() -> frozenset[str]:
    return frozenset(
        str(word) for words in text_resources()["stopwords"]["filler"].values() for word in words
    )


@cache
def _general_words() -> frozenset[str]:
    return frozenset(map(str, text_resources()["general_words"]))


def words_of(text: str) -> list[TextWord]:
    """Return the content words of a text. An amount is not listed, but adds a stem to the words beside it."""
    amounts = _amount_words()
    typed = content_words(text, keep=amounts)
    words = []
    for index, word in enumerate(typed):
        if word.casefold() not in amounts:
            near = (typed[at].casefold() for at in (index - 1, index + 1) if 0 <= at < len(typed))
            stems = _stems_with_heads(word) | (frozenset() if amounts.isdisjoint(near) else {AMOUNT})
            words.append(TextWord(word, stems, word.casefold() in _fillers()))
    return words


def _stems_with_heads(word: str) -> frozenset[str]:
    return frozenset() if is_ordinary_word(word) else frozenset((*stems_of(word), *_compound_heads(word)))


def _compound_heads(word: str) -> Iterator[str]:
    """Yield the product that an unknown compound names, and its other part: film and bryllups for bryllupsfilm.

    The product ends the compound, or comes before the work on it, as in nettsideutvikling.
    """
    stem = stems_of(word)[0]
    if stem not in known_stems():
        for work in text_resources()["work_heads"]:
            first = stems_of(word.casefold().removesuffix(work))[0] if word.casefold().endswith(work) else ""
            if len(first) >= _MIN_FIRST_PART and first in known_stems():
                yield first
        for head in text_resources()["product_heads"]:
            for form in dict.fromkeys((head, stems_of(head)[0])):
                if stem.endswith(form) and len(stem) >= len(form) + _MIN_FIRST_PART:
                    yield stems_of(head)[0]
                    yield from stems_of(stem.removesuffix(form))


@cache
def known_stems() -> frozenset[str]:
    """The stems of all words of the glossary and the search phrases."""
    analyzer = glossary().analyzer
    texts = [phrase.text for phrase in glossary().phrases]
    texts += [text for phrases in search_phrases().values() for text in phrases]
    return frozenset(stem for text in texts for word in analyzer.words(text) for stem in stems_of(word))


@dataclass(frozen=True, slots=True)
class ServicePhrase:
    """A phrase of the taxonomy: the stems of its content words, and the services it stands for."""

    stems: frozenset[str]
    services: tuple[str, ...]
    is_term: bool


@cache
def service_phrases() -> Sequence[ServicePhrase]:
    """The names, terms, lay phrases and tools of the services, except long ones."""
    known = taxonomy.services()
    terms = {
        term.casefold()
        for service in known.values()
        for texts in (*service.terms.values(), tuple(service.labels.values()))
        for term in texts
    }
    found: dict[tuple[frozenset[str], str], bool] = {}
    phrases = [(phrase.text, phrase.services) for phrase in glossary().phrases]
    phrases += [(text, (code,)) for code, texts in search_phrases().items() for text in texts]
    for text, services in phrases:
        words = words_of(text)
        if not 0 < len(words) <= _MAX_PHRASE_WORDS:
            continue
        amount = _amount_of(words)
        for spelling_stems in _spellings([word.surface for word in words]):
            stems = spelling_stems | amount
            for code in services:
                key = (stems, code)
                found[key] = found.get(key, False) or text.casefold() in terms
    by_stems = group(((stems, is_term), code) for (stems, code), is_term in found.items())
    return tuple(ServicePhrase(stems, tuple(codes), is_term) for (stems, is_term), codes in by_stems.items())


def _amount_of(words: Sequence[TextWord]) -> frozenset[str]:
    """Return the stem of the amount in a phrase such as "flere gjester", which says nothing without it."""
    is_vague = all(word.is_general or word.is_broad for word in words)
    return frozenset({AMOUNT}) if is_vague and any(AMOUNT in word.stems for word in words) else frozenset()


def _spellings(words: Sequence[str]) -> Iterator[frozenset[str]]:
    """Yield the stems of a phrase with its hyphenated words in one and in several words."""
    yield frozenset(stems_of(word)[0] for word in words)
    if any("-" in word for word in words):
        yield frozenset(stem for word in words for stem in (stems_of(word)[1:] or stems_of(word)[:1]))


@cache
def phrase_stems() -> frozenset[str]:
    """The stems of all words of the phrases."""
    return frozenset(stem for phrase in service_phrases() for stem in phrase.stems) - {AMOUNT}


@cache
def services_by_stem() -> Mapping[str, frozenset[str]]:
    """The services whose phrases and lay texts contain a stem."""
    services: dict[str, set[str]] = {}
    for phrase in glossary().phrases:
        for word in content_words(phrase.text):
            for stem in stems_of(word):
                services.setdefault(stem, set()).update(phrase.services)
    for code, texts in search_phrases().items():
        for word in content_words(" ".join(texts)):
            for stem in stems_of(word):
                services.setdefault(stem, set()).add(code)
    return {stem: frozenset(codes) for stem, codes in services.items()}
