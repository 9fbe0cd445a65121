"""Services that a search text refers to, by the taxonomy's phrases and the matcher's need model."""

from collections.abc import Mapping
from functools import cache, lru_cache

from marketplace import matching
from marketplace.core import taxonomy
from marketplace.directory.query_analysis import MAX_QUERY, language_of, query_words
from marketplace.suppliers.glossary import glossary

_MOST_SERVICES = 6
_LIKELY = 0.35
"""Minimum probability for a service inferred by the matcher."""


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem for word in query_words(text) for stem in word.forms[0][0])


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
        for stems in {_stems(text) for text in texts}:
            if stems:
                found.setdefault(stems, []).append(code)
    return {stems: tuple(codes) for stems, codes in found.items()}


@lru_cache(maxsize=2000)
def intended_services(text: str) -> Mapping[str, float]:
    """Infer the services that a text refers to, with weights up to 1, strongest first, at most six.

    A name or phrase that consists of exactly these words decides alone; otherwise the matcher's guesses are added.
    """
    asked = _stems(text)
    if not asked:
        return {}
    weights: dict[str, float] = {}
    for stems, codes in _phrases().items():
        if stems <= asked and 2 * len(stems) >= len(asked):
            for code in codes:
                weights[code] = max(weights.get(code, 0.0), round(len(stems) / len(asked), 3))
    if 1.0 not in weights.values():
        known = taxonomy.services()
        guesses = matching.suggest_needs(
            text[:MAX_QUERY], glossary(), language_of(text), limit=_MOST_SERVICES
        )
        for guess in guesses:
            if guess.probability >= _LIKELY and guess.service in known:
                weights[guess.service] = max(weights.get(guess.service, 0.0), round(guess.probability, 3))
    strongest = sorted(weights.items(), key=lambda item: -item[1])[:_MOST_SERVICES]
    return {code: weight for code, weight in strongest if weight >= strongest[0][1] * 0.6}
