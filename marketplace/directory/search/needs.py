"""Services that a text asks for: the taxonomy's phrases that it contains, and the guesses of the matcher's need model.

Used by the directory, the front page and the guide. A text about something else gives no services.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from marketplace import matching
from marketplace.core import taxonomy
from marketplace.directory.search.need_phrases import (
    AMOUNT,
    ServicePhrase,
    TextWord,
    known_stems,
    phrase_stems,
    service_phrases,
    services_by_stem,
    words_of,
)
from marketplace.directory.search.query_analysis import (
    MAX_QUERY,
    content_words,
    is_informative_word,
    language_of,
    stems_of,
)
from marketplace.directory.search.spelling_correction import correct
from marketplace.directory.search.vocabulary import is_ordinary_word, spelling
from marketplace.suppliers.glossary import glossary
from marketplace.text_search.language_resources import text_resources

MAX_SERVICES = 6
_LIKELY, _LIKELY_SHARE = 0.3, 0.5
"""Minimum probability to act on a service without asking: by itself, and as a share of the most probable one's."""
_CERTAIN = 0.55
_FEW_WORDS, _CERTAIN_IN_FEW_WORDS = 5, 0.75
"""In a text with at most so many content words, the minimum probability of a guess that no word explains."""
_NAMED, _LAY, _MENTION = 0.55, 0.35, 0.2
"""Minimum probability of a service whose term, lay phrase or unspecific word is in a text."""
_NAMED_IN_WORDS = 12
"""In a text with more content words, a phrase counts less, because it may be mentioned in passing."""
_MAX_SPECIFIC_SERVICES = 2
_MIN_PARTIAL_LENGTH = 5
_MIN_KNOWN = 0.5
"""The model's guesses count only if more than this share of a text's content words are in the glossary."""
_MAX_ITEM_WORDS, _MIN_CLEAR_ITEMS = 3, 0.75
"""Maximum number of content words of an item in a list, fillers aside, and minimum share of items that clearly name a need."""
_MIN_NEED_OF_REST = 0.1
"""A text without its rejected clauses asks for something if a service has at least this probability."""
_SENTENCE_END = re.compile(r"[.!?;]+(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Need:
    """A service that a text asks for, its probability (0 to 1), and the words that say so."""

    service: str
    probability: float
    words: tuple[str, ...]


@lru_cache(maxsize=2000)
def read_needs(text: str) -> tuple[Need, ...]:
    """Return the services that a text asks for, most probable first; none for a text about something else.

    Services that it explicitly does not ask for, or that it says work well, do not count.
    """
    needs: Mapping[str, Need] = {}
    for divided in matching.wanted_texts(text, glossary(), language_of(text)):
        # Corrected afterwards, because the phrases of a rejection are correct, but many are no words of the dictionary.
        wanted, *unwanted = map(_corrected, (divided.wanted, *divided.unwanted))
        needs = _needs_in(wanted, unwanted)
        if any(need.probability >= _MIN_NEED_OF_REST for need in needs.values()):
            break
    ranked = sorted(needs.values(), key=lambda need: -need.probability)[:MAX_SERVICES]
    return tuple(
        Need(
            need.service,
            round(need.probability, 3),
            tuple({word.casefold(): word for word in need.words if is_informative_word(word)}.values()),
        )
        for need in ranked
    )


def _corrected(text: str) -> str:
    return correct(text, spelling()) if len(text) <= MAX_QUERY else text


def _needs_in(text: str, unwanted: Sequence[str] = (), *, is_item: bool = False) -> dict[str, Need]:
    """Return the needs of a text, or of an item of a list, by service. The other words of an item may be unknown.

    A service that the `unwanted` parts name is a need only if the model finds that the text clearly asks for it.
    """
    words = words_of(text)
    needs = _named_needs(words)
    # A phrase that consists of exactly these words decides alone.
    if exact := {code: need for code, need in needs.items() if need.probability == 1.0}:
        return exact
    rejected = _named_in(unwanted)
    guesses: Sequence[matching.NeedSuggestion] = ()
    if (
        not _lacks_topic(words)
        and (is_item or _is_about_services(words))
        and any(is_informative_word(word.surface) for word in words)
    ):
        about = matching.WantedText(
            _without_ordinary_words(text), tuple(map(_without_ordinary_words, unwanted))
        )
        guesses = matching.suggest_needs(about, glossary(), language_of(text), limit=len(taxonomy.services()))
    if unwanted and guesses:
        rejected |= needs.keys() - {guess.service for guess in guesses}
    needs = {code: need for code, need in needs.items() if code not in rejected}
    for guess in guesses[:MAX_SERVICES]:
        if not guess.words and _is_too_short(words, guess.probability):
            continue
        former = needs.get(guess.service)
        if guess.service in taxonomy.services() and (not former or former.probability < guess.probability):
            reasons = dict.fromkeys((*(former.words if former else ()), *guess.reasons))
            needs[guess.service] = Need(guess.service, guess.probability, tuple(reasons))
    for need in () if is_item else _listed_needs(text):
        if need.service not in rejected and (
            need.service not in needs or needs[need.service].probability < need.probability
        ):
            needs[need.service] = need
    return needs


def _without_ordinary_words(text: str) -> str:
    return " ".join(word for word in text.split() if not is_ordinary_word(word.strip(".,:;!?")))


def _named_in(unwanted: Iterable[str]) -> set[str]:
    """Return the services that unwanted parts of a text name."""
    named = (need for part in unwanted for need in _named_needs(words_of(part)).values())
    return {need.service for need in named if need.probability >= _LIKELY}


def _listed_needs(text: str) -> Iterator[Need]:
    """Yield the needs of sentences that list several, such as "photos and a new website", with each item read alone."""
    for sentence in _SENTENCE_END.split(text):
        split = [(item, words_of(item)) for item in _item_separator().split(sentence)]
        items = [(item, words) for item, words in split if any(map(_is_informative, words))]
        short = [
            item for item, words in items if sum(not word.is_filler for word in words) <= _MAX_ITEM_WORDS
        ]
        min_clear = _MIN_CLEAR_ITEMS * len(items)
        if len(short) < max(2, min_clear):
            continue
        read = [_needs_in(item, is_item=True).values() for item in short]
        best = [max(needs, key=lambda need: need.probability) for needs in read if needs]
        clear = [need for need in best if need.probability >= _CERTAIN_IN_FEW_WORDS]
        if len({need.service for need in clear}) > 1 and len(clear) >= min_clear:
            yield from clear


def _is_informative(word: TextWord) -> bool:
    return is_informative_word(word.surface) and not word.is_filler


@cache
def _item_separator() -> re.Pattern[str]:
    """Punctuation and words between the items of a list."""
    words = "|".join(map(re.escape, text_resources()["item_separators"]))
    return re.compile(rf"[,:/&+*•\n]|\s[-\u2013]\s|\b(?:{words})\b", re.IGNORECASE)


def _is_too_short(words: Sequence[TextWord], probability: float) -> bool:
    """Return True if a text is so short that a guess may rest on resemblance alone: kjøttproduksjon, catering to 40 people."""
    if len(words) > _FEW_WORDS:
        return False
    return len(words) == 1 or probability < _CERTAIN_IN_FEW_WORDS or not any(map(_is_topic, words))


def likely_needs(needs: Sequence[Need]) -> tuple[Need, ...]:
    """Return the needs that are probable enough to act on without asking, most probable first."""
    best = needs[0].probability if needs else 0.0
    return tuple(need for need in needs if need.probability >= max(_LIKELY, _LIKELY_SHARE * best))


def _lacks_topic(words: Sequence[TextWord]) -> bool:
    """Return True for a few words about another trade, which only a broad word connects with a service: førstehjelpskurs."""
    return (
        len(words) <= _FEW_WORDS and any(word.is_broad for word in words) and not any(map(_is_topic, words))
    )


def _is_topic(word: TextWord) -> bool:
    """Return True for a word of the phrases for services, except for words that all kinds of texts contain."""
    if word.is_general or word.is_broad or not is_informative_word(word.surface):
        return False
    return not word.stems.isdisjoint(phrase_stems())


def _is_about_services(words: Sequence[TextWord]) -> bool:
    content = [word for word in words if not word.is_general]
    if not content:
        return bool(words) and all(word.is_filler for word in words)
    known = sum(not word.stems.isdisjoint(known_stems()) for word in content)
    return known > _MIN_KNOWN * len(content)


def _named_needs(words: Sequence[TextWord]) -> dict[str, Need]:
    """Return the services with a phrase whose words stand close together in a text, by code."""
    positions: dict[str, list[int]] = {}
    for index, word in enumerate(words):
        for stem in word.stems:
            positions.setdefault(stem, []).append(index)
    content = [index for index, word in enumerate(words) if not word.is_filler] or list(range(len(words)))
    needs: dict[str, Need] = {}
    for phrase in service_phrases():
        if phrase.stems <= positions.keys():
            matched = _closest(phrase.stems, positions)
            if max(matched) - min(matched) > len(phrase.stems) + 1:
                continue
            share = sum(index in matched for index in content) / len(content)
            base = (
                _MENTION
                if len(phrase.stems) == 1 and not _is_specific(phrase)
                else _NAMED
                if phrase.is_term
                else _LAY
            )
            certainty = min(1.0, _NAMED_IN_WORDS / len(content))
            probability = 1.0 if share == 1 else (base + (1 - base) * share) * certainty
            if AMOUNT not in phrase.stems and _says_too_little(words, matched):
                continue
        elif len(words) == 1 and phrase.is_term and _is_part_of(words[0], phrase):
            matched, probability = {0}, 0.3 + 0.3 / len(phrase.stems)
        else:
            continue
        reasons = tuple(words[index].surface for index in sorted(matched))
        for code in phrase.services:
            if code in taxonomy.services() and (code not in needs or needs[code].probability < probability):
                needs[code] = Need(code, probability, reasons)
    return needs


def _says_too_little(words: Sequence[TextWord], matched: Collection[int]) -> bool:
    """Return True if only words that texts about anything use are matched."""
    is_part = len(matched) < len(words)
    if all(words[index].is_general for index in matched):
        return is_part or not any(word.is_filler for word in words)
    return is_part and all(words[index].is_broad for index in matched) and _lacks_topic(words)


def _is_specific(phrase: ServicePhrase) -> bool:
    return all(map(_is_specific_stem, phrase.stems))


def _is_specific_stem(stem: str) -> bool:
    return len(services_by_stem()[stem]) <= _MAX_SPECIFIC_SERVICES


def _closest(stems: frozenset[str], positions: Mapping[str, Sequence[int]]) -> set[int]:
    """Return a position for each stem, as close as possible to one of the rarest stem."""
    rarest = min(stems, key=lambda stem: len(positions[stem]))
    candidates = [
        {min(positions[stem], key=lambda index: abs(index - start)) for stem in stems}
        for start in positions[rarest]
    ]
    return min(candidates, key=lambda indices: max(indices) - min(indices))


def _is_part_of(word: TextWord, phrase: ServicePhrase) -> bool:
    if word.is_general or word.is_broad or len(word.surface) < _MIN_PARTIAL_LENGTH:
        return False
    return any(_is_specific_stem(stem) for stem in word.stems & phrase.stems)


@lru_cache(maxsize=2000)
def intended_services(text: str) -> Mapping[str, float]:
    """Return the services or group of services to search for, with weights up to 1, strongest first.

    A group counts if the text is a part of its name and means no single service.
    """
    likely = likely_needs(read_needs(text))
    group = _groups().get(frozenset(stem for word in content_words(text) for stem in stems_of(word)[:1]))
    if group and (not likely or likely[0].probability < _CERTAIN):
        return {group: 1.0}
    return {need.service: need.probability for need in likely}


@cache
def _groups() -> Mapping[frozenset[str], str]:
    """Groups of services by the stems of each part of their name: "rådgivning" for strategy, advice and courses."""
    exact = {phrase.stems for phrase in service_phrases()}
    named: dict[frozenset[str], str] = {}
    for group in taxonomy.groups():
        for label in group.labels.values():
            for part in re.split(r", | og | and ", label):
                stems = frozenset(stems_of(word)[0] for word in content_words(part))
                if stems and stems not in exact:
                    named.setdefault(stems, group.code)
    return named
