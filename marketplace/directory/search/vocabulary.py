"""Words that search knows without reading a supplier's text: stop words, the taxonomy, lay texts and places."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from marketplace.core.collation import fold_letters
from marketplace.data import data_path
from marketplace.directory.search.place_names import place_words
from marketplace.suppliers.glossary import glossary, search_phrases
from marketplace.text_search.language_resources import text_resources
from marketplace.text_search.similar_spelling import Spelling

if TYPE_CHECKING:
    from marketplace.matching.analysis.decompounding import CompoundSplitter


@cache
def stop_words() -> Mapping[str, frozenset[str]]:
    """Return the stop words of Norwegian ("nb") and English ("en")."""
    words = text_resources()["stopwords"]
    norwegian = frozenset(map(str, (*words["nb"], *words["nn"])))
    return {"nb": norwegian, "en": frozenset(map(str, words["en"]))}


@cache
def compound_splitter() -> "CompoundSplitter":
    """Return the splitter of compounds by the words of the glossary alone."""
    return glossary().splitter_for(iter(()))


@cache
def known_words() -> Mapping[str, int]:
    """Count the words of the taxonomy, the lay texts and the place names."""
    analyzer = glossary().analyzer
    counts = Counter(word for phrase in glossary().phrases for word in analyzer.words(phrase.text))
    counts.update(
        word for texts in search_phrases().values() for text in texts for word in analyzer.words(text)
    )
    for by_language in glossary().sector_terms.values():
        for terms in by_language.values():
            counts.update(word for term in terms for word in analyzer.words(term))
    for words in stop_words().values():
        counts.update(words)
    counts.update(place_words())
    return _without_misspellings({word: count for word, count in counts.items() if word.isalpha()})


_DOUBLED = re.compile(r"(.)\1")
_MIN_MISSPELLED = 6
_COMMON = 10
"""How many times as frequent as its misspellings a word is at least."""


def _without_misspellings(counts: Mapping[str, int]) -> Mapping[str, int]:
    """Leave out rare words that differ from a common one in doubled letters only: nettbuttik beside nettbutikk.

    The lay texts are written as people write, with spelling mistakes that must still be corrected.
    """
    keys = {word: _DOUBLED.sub(r"\1", fold_letters(word)) for word in counts if len(word) >= _MIN_MISSPELLED}
    highest: dict[str, int] = {}
    for word, key in keys.items():
        highest[key] = max(highest.get(key, 0), counts[word])
    return {
        word: count
        for word, count in counts.items()
        if word not in keys or count * _COMMON >= highest[keys[word]]
    }


@cache
def spelling() -> Spelling:
    """Spelling correction by the known words."""
    return Spelling(known_words(), fold_letters)


def is_vocabulary_word(word: str) -> bool:
    """Return True for a word of the taxonomy or the lay texts, other than in names of places."""
    return word.lower() in _vocabulary_words()


@cache
def _vocabulary_words() -> frozenset[str]:
    analyzer = glossary().analyzer
    without_meaning = frozenset().union(*stop_words().values())
    return without_meaning.union(
        *(analyzer.words(phrase.text) for phrase in glossary().phrases if len(phrase.services) == 1)
    )


@cache
def _ordinary_words() -> frozenset[str]:
    lines = data_path("ordinary_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def is_ordinary_word(word: str) -> bool:
    """Return True for an everyday word that resembles a term without meaning it: låven (loven), maling (måling)."""
    word = word.casefold()
    return word in _ordinary_words() and word not in known_words()
