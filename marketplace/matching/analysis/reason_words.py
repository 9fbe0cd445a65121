"""Words that a reader accepts as a reason for a match.

A word explains a service if it is part of a term of the service, or of a neighbouring one, in the taxonomy, or if the
lay texts of the service use it repeatedly and those of most other services do not. Besides, it must not point much
more strongly to another service. General words (numerals, times, small talk, adjectives such as "new", verbs such as
"need") explain nothing. Words that are not shown still count in the scores.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass

from .analyzer import Analyzer, Token

MIN_LAY_TEXTS = 3
"""Minimum number of a service's lay texts that contain a word for the word to be a reason."""
MIN_LAY_SHARE = 0.34
"""Minimum share of the texts with a word that are about the service for the word to be a reason."""
MIN_PART = 5
"""Minimum length of a part of a term for it to be a reason; shorter ones are often accidental, as in Facebook."""
MIN_UNKNOWN_STEM = 7
"""Minimum length of a stem that may be a reason although it explains no service; shorter ones seldom are."""
OWN_STRENGTH, NEIGHBOUR_STRENGTH = 0.55, 0.7
"""How strongly a word has to point to a service, relative to the service it points to most strongly: a word of the
service's own texts, and a part of its terms or a word of a neighbouring service's terms."""
NEVER = 2.0
"""Relative strength that no word reaches."""
LabelledTokens = tuple[Sequence[Token], Sequence[str], bool]
"""The tokens of a phrase, the services it points to, and True if it is one of their terms."""


@dataclass(frozen=True)
class ReasonWords:
    """General words, which are never a reason: in lower case, and their stems."""

    general: AbstractSet[str] = frozenset()

    def is_general(self, word: str) -> bool:
        """Return True for a general word and for a number."""
        return word.isdecimal() or word.lower() in self.general

    def may_explain(self, term: str, *, is_known: bool) -> bool:
        """Return True if a term that points to no service may be a reason: one that is known otherwise, or a long one."""
        return term not in self.general and (is_known or len(term) >= MIN_UNKNOWN_STEM)

    def specific(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return the words that are not general."""
        return tuple(word for word in words if not self.is_general(word))


def general_words(analyzer: Analyzer, words: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Return the given words by language in lower case, and their stems."""
    by_language = [(lang, str(word).lower()) for lang, some in words.items() for word in some]
    stems = (term for lang, word in by_language for term in analyzer.terms(word, lang))
    return frozenset(stems) | {word for _, word in by_language}


def min_strengths(
    phrases: Iterable[LabelledTokens],
    neighbours: Mapping[str, AbstractSet[str]],
    general: AbstractSet[str],
) -> dict[str, dict[str, float]]:
    """Return, by stem, the services it explains with the relative strength (0 to 1) from which it does."""
    minima: dict[str, dict[str, float]] = {}
    lay_texts: Counter[tuple[str, str]] = Counter()
    texts: Counter[str] = Counter()
    for tokens, codes, is_term in phrases:
        stems = {token.term for token in tokens} - general
        texts.update(stems)
        if not is_term:
            lay_texts.update((stem, code) for stem in stems for code in codes)
            continue
        around = {other for code in codes for other in neighbours.get(code, ())}
        for stem in stems:
            minima.setdefault(stem, {}).update(dict.fromkeys(codes, OWN_STRENGTH))
            _add(minima[stem], around)
        for part in {part for token in tokens for part in token.parts} - general:
            if len(part) >= MIN_PART:
                _add(minima.setdefault(part, {}), codes)
    for (stem, code), count in lay_texts.items():
        if count >= MIN_LAY_TEXTS and count >= MIN_LAY_SHARE * texts[stem]:
            minima.setdefault(stem, {})[code] = OWN_STRENGTH
    return minima


def _add(minima: dict[str, float], codes: Iterable[str]) -> None:
    for code in codes:
        minima.setdefault(code, NEIGHBOUR_STRENGTH)
