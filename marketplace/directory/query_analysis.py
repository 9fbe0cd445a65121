"""Search text analysis: normalize, stem, and infer services of the taxonomy. No database and no request."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

from marketplace import matching
from marketplace.core import taxonomy
from marketplace.matching.analysis.stemming import stem
from marketplace.suppliers.glossary import glossary, text_resources

_WORD = re.compile(r"[^\W_]+")
MAX_QUERY_CHARACTERS = 200
MAX_WORDS = 12
WHOLE_WORD_LENGTH = 3
"""Stems up to this length match whole words only."""
_MAX_SERVICES = 6
_MIN_PROBABILITY = 0.35
"""Minimum probability for a service inferred by the matcher."""


def normalize(text: str) -> str:
    """Normalize text for comparison: lower case, letters and digits only, single spaces."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFC", text).casefold()))


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(str(word) for lang in ("nb", "nn", "en") for word in text_resources()["stopwords"][lang])


@lru_cache(maxsize=2000)
def query_stems(text: str) -> tuple[str, ...]:
    """Distinct stems of the words that are not stop words, in order."""
    words = [word for word in normalize(text[:MAX_QUERY_CHARACTERS]).split() if word not in _stop_words()]
    return tuple(dict.fromkeys(_common_prefix(word) for word in words))[:MAX_WORDS]


def _common_prefix(word: str) -> str:
    """Longest common prefix of a word's forms. Short words are unchanged."""
    shortest = min(stem(word, "nb"), word, key=len)
    return shortest if len(shortest) > WHOLE_WORD_LENGTH else word


@cache
def _phrases() -> Mapping[frozenset[str], tuple[str, ...]]:
    """Services by the stems of their names and lay phrases."""
    found: dict[frozenset[str], list[str]] = {}
    for code, service in taxonomy.services().items():
        texts = [*service.labels.values()]
        texts += [
            phrase
            for group in (service.terms, service.lay)
            for phrases in group.values()
            for phrase in phrases
        ]
        for stems in {frozenset(query_stems(text)) for text in texts}:
            if stems:
                found.setdefault(stems, []).append(code)
    return {stems: tuple(codes) for stems, codes in found.items()}


@lru_cache(maxsize=2000)
def intended_services(text: str) -> Mapping[str, float]:
    """Infer the services that a text refers to, with weights up to 1, strongest first, at most six.

    A name or phrase that consists of exactly these words decides alone; otherwise the matcher's guesses are added.
    """
    asked = frozenset(query_stems(text))
    if not asked:
        return {}
    weights: dict[str, float] = {}
    for stems, codes in _phrases().items():
        if stems <= asked and 2 * len(stems) >= len(asked):
            for code in codes:
                weights[code] = max(weights.get(code, 0.0), round(len(stems) / len(asked), 3))
    if 1.0 not in weights.values():
        known = taxonomy.services()
        for guess in matching.suggest_needs(text[:MAX_QUERY_CHARACTERS], glossary(), limit=_MAX_SERVICES):
            if guess.probability >= _MIN_PROBABILITY and guess.service in known:
                weights[guess.service] = max(weights.get(guess.service, 0.0), round(guess.probability, 3))
    strongest = sorted(weights.items(), key=lambda item: -item[1])[:_MAX_SERVICES]
    return {code: weight for code, weight in strongest if weight >= strongest[0][1] * 0.6}
