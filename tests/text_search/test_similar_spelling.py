"""Spelling correction of query words."""

import pytest

from marketplace.text_search.similar_spelling import Spelling

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


@pytest.fixture
def spelling() -> Spelling:
    """Spelling that treats å and aa as a, and ø as o, when it compares words."""
    return Spelling(WORDS, lambda word: word.lower().replace("å", "a").replace("ø", "o").replace("aa", "a"))


@pytest.mark.parametrize("word", ["nettbutikk", "nettbutikken", "fotografer", "gaard", "SNOFONN"])
def test_known_word_is_known_in_its_forms(spelling: Spelling, word: str) -> None:
    assert spelling.is_known(word)


@pytest.mark.parametrize("word", ["nettbutik", "fjell"])
def test_other_word_is_unknown(spelling: Spelling, word: str) -> None:
    assert not spelling.is_known(word)


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
def test_nearest_word_is_within_the_allowed_distance(
    spelling: Spelling, typed: str, nearest: str | None
) -> None:
    assert spelling.nearest(typed) == nearest
    assert spelling.nearest(typed) == nearest


def test_more_frequent_spelling_is_suggested() -> None:
    assert Spelling({"gard": 1, "GARD": 4, "garver": 1}).similar("garde") == ("GARD",)
    assert Spelling({"fotograv": 1, "fotograf": 5}).similar("fotogral")[0] == "fotograf"


def test_nearest_word_is_within_a_lower_distance(spelling: Spelling) -> None:
    assert spelling.nearest("nettbutk", 1) is None
    assert spelling.nearest("nettbutik", 1) == "nettbutikk"
