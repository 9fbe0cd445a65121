"""Folded letters and spelling correction of query words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.analysis.folding import fold_letters
from marketplace.matching.analysis.spelling import Spelling

WORDS = {
    "nettbutikk": 9,
    "fotograf": 5,
    "fotografi": 2,
    "kart": 3,
    "saker": 2,
    "gård": 4,
    "gard": 1,
    "snøfonn": 1,
}


@pytest.mark.parametrize(
    ("folded", "spellings"),
    [
        ("snofonn", ("Snøfonn", "Snöfonn", "Snoefonn", "SNOFONN")),
        ("skjaer", ("skjær", "skjär", "skjaer")),
        ("gard", ("gård", "gaard", "gard", "ga\u030ard")),
        ("karasjohka", ("Kárášjohka",)),
        ("porsangu", ("Porsáŋgu",)),
        ("", ("",)),
    ],
)
def test_spellings_of_a_word_fold_to_the_same_letters(folded: str, spellings: tuple[str, ...]) -> None:
    assert {fold_letters(spelling) for spelling in spellings} == {folded}


@given(st.text("aeoåæøäöáÅØŊb ", max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_letters(fold_letters(text)) == fold_letters(text)


@pytest.mark.parametrize("word", ["nettbutikk", "nettbutikken", "fotografer", "gaard", "SNØFONN"])
def test_known_word_is_known_in_its_forms(word: str) -> None:
    assert Spelling(WORDS).is_known(word)


@pytest.mark.parametrize("word", ["nettbutik", "fjell"])
def test_other_word_is_unknown(word: str) -> None:
    assert not Spelling(WORDS).is_known(word)


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("nettbutk", "nettbutikk"),
        ("fotogarf", "fotograf"),
        ("vfotograf", "fotograf"),
        ("snøfon", "snøfonn"),
        ("kaker", None),
        ("kort", None),
        ("nettb0tikk", None),
        ("fjellheim", None),
    ],
)
def test_nearest_word_is_within_the_allowed_distance(typed: str, nearest: str | None) -> None:
    spelling = Spelling(WORDS)
    assert spelling.nearest(typed) == nearest
    assert spelling.nearest(typed) == nearest


def test_more_frequent_spelling_is_suggested() -> None:
    assert Spelling({"gard": 1, "gård": 4, "gardar": 1}).similar("gaarde") == ("gård",)
    assert Spelling({"fotograv": 1, "fotograf": 5}).similar("fotogral")[0] == "fotograf"
