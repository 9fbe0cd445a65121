"""Rejections without a cue phrase: services that suggestions leave out, and texts that keep theirs."""

import copy

import pytest

from marketplace.matching import Document, Glossary, Index, Query, suggest_needs
from marketplace.matching.needs.rejections import SERVICE, clause_features, rejection_classifier_of
from marketplace.matching.needs.suggestions import MIN_NEED_PROBABILITY

BOOKED = "Nettsiden er satt bort. Vi trenger bilder av hyttene."


def _codes(text: str, glossary: Glossary, min_need_probability: float = MIN_NEED_PROBABILITY) -> list[str]:
    found = suggest_needs(text, glossary, "nb", min_need_probability=min_need_probability)
    return [need.service for need in found]


@pytest.fixture(scope="module")
def untaught(glossary: Glossary) -> Glossary:
    """The same glossary without texts to learn rejections from."""
    without = copy.copy(glossary)
    without.rejection_texts = ()
    return without


def test_service_that_is_in_order_is_not_suggested(glossary: Glossary, untaught: Glossary) -> None:
    assert "web.site" in _codes(BOOKED, untaught)
    assert "web.site" not in _codes(BOOKED, glossary)
    assert _codes(BOOKED, glossary)[0] == "med.photo"


def test_text_of_rejections_only_keeps_its_suggestions(glossary: Glossary, untaught: Glossary) -> None:
    only = BOOKED.split(".", maxsplit=1)[0] + "."
    assert rejected(only, glossary) == [only]
    assert _codes(only, glossary) == _codes(only, untaught)


def test_text_known_to_be_about_a_service_has_no_learned_rejections(
    glossary: Glossary, untaught: Glossary
) -> None:
    assert _codes(BOOKED, glossary, min_need_probability=0.0) == _codes(
        BOOKED, untaught, min_need_probability=0.0
    )


def test_rankings_read_no_learned_rejections(
    glossary: Glossary, untaught: Glossary, suppliers: list[Document]
) -> None:
    query = Query("q", "", BOOKED)
    assert Index.build(suppliers, glossary).rank(query) == Index.build(suppliers, untaught).rank(query)


def rejected(text: str, glossary: Glossary) -> list[str]:
    return [text[start:end] for start, end in rejection_classifier_of(glossary).find(text, "nb")]


def test_only_rejected_clauses_are_found(glossary: Glossary, untaught: Glossary) -> None:
    assert rejected(BOOKED, glossary) == [BOOKED.split(".", maxsplit=1)[0] + "."]
    assert rejected(" .\n", glossary) == []
    assert rejected(BOOKED, untaught) == []


def test_clause_that_a_rejection_is_about_is_rejected(glossary: Glossary) -> None:
    ended = " så det slutter vi med."
    assert rejected(f"Film ser kundene ikke,{ended}", glossary) == ["Film ser kundene ikke", ended]
    assert rejected(f"Film ser kundene ikke.{ended}", glossary) == [ended]


def test_features_tell_where_words_stand_relative_to_services() -> None:
    found = clause_features(["vi", SERVICE, "og", SERVICE, "har"])
    assert {"before vi", "between og", "after har", "first", f"vi {SERVICE}", "^ vi", "har $"} <= {*found}
    assert "none" in clause_features(["vi", "har"])
    assert "later" in clause_features(["her", "er", SERVICE])
