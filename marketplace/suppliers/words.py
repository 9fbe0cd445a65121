"""Words that people type: folded, stemmed, and understood as services of the taxonomy. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

import yaml

from marketplace.core import taxonomy
from marketplace.data import data_path
from marketplace.matching.analysis import stem

_WORD = re.compile(r"[^\W_]+")
MAX_QUERY = 200
MAX_WORDS = 12
SHORT = 3
"""Words so short count only as whole words."""
_MOST_SERVICES = 6


def fold(text: str) -> str:
    """Return text for comparing: lower case, letters and digits only, single spaces."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFC", text).casefold()))


@cache
def _stop_words() -> frozenset[str]:
    with data_path("text_resources.yaml").open(encoding="utf-8") as file:
        resources = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 because both are safe loaders
    return frozenset(str(word) for lang in ("nb", "nn", "en") for word in resources["stopwords"][lang])


@lru_cache(maxsize=2000)
def query_stems(text: str) -> tuple[str, ...]:
    """Return the stems of the words that carry meaning, in their order, each once."""
    words = [word for word in fold(text[:MAX_QUERY]).split() if word not in _stop_words()]
    return tuple(dict.fromkeys(_cut(word) for word in words))[:MAX_WORDS]


def _cut(word: str) -> str:
    """Return the beginning that a word's forms share; short words stay as they are."""
    shortest = min(stem(word, "nb"), word, key=len)
    return shortest if len(shortest) > SHORT else word


@cache
def _phrases() -> tuple[tuple[frozenset[str], str, bool], ...]:
    """Return every name and lay phrase of every service as (stems, service, is a name)."""
    found: dict[tuple[frozenset[str], str], bool] = {}
    for code, service in taxonomy.services().items():
        names = [*service.labels.values(), *(term for terms in service.terms.values() for term in terms)]
        lay = [phrase for phrases in service.lay.values() for phrase in phrases]
        for phrase, is_name in [*((name, True) for name in names), *((text, False) for text in lay)]:
            stems = frozenset(query_stems(phrase))
            if stems:
                found[stems, code] = found.get((stems, code), False) or is_name
    return tuple((stems, code, is_name) for (stems, code), is_name in found.items())


@lru_cache(maxsize=2000)
def services_meant(text: str) -> Mapping[str, float]:
    """Return the services that words mean, with a weight up to 1, the strongest first, at most six.

    A name of a service that stands in the text counts full; part of a name, or most of a lay phrase, counts less.
    """
    asked = frozenset(query_stems(text))
    if not asked:
        return {}
    weights: dict[str, float] = {}
    for stems, code, is_name in _phrases():
        shared: float = len(stems & asked)
        if is_name and not shared and len(asked) == 1:
            shared = 0.5 * any(len(word) > SHORT + 1 and word in part for word in asked for part in stems)
        if not shared:
            continue
        weight = shared / len(stems) if stems <= asked else shared / len(stems | asked)
        weight *= 1.0 if is_name else 0.9
        if weight >= (0.3 if is_name and asked <= stems else 0.5):
            weights[code] = max(weights.get(code, 0.0), round(weight, 3))
    strongest = sorted(weights.items(), key=lambda item: -item[1])[:_MOST_SERVICES]
    return {code: weight for code, weight in strongest if weight >= strongest[0][1] * 0.5}
