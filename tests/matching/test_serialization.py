"""Records convert to JSON and back, are immutable, and refuse invalid values."""

import dataclasses
import datetime as dt
import hashlib
import json
import math

import pytest

from marketplace import matching
from marketplace.matching import (
    CaseText,
    Document,
    Exclusion,
    Explanation,
    FitCounts,
    Match,
    MatchingSettings,
    Position,
    Query,
    Ranking,
    ScorePart,
    TermMatch,
    suggest_needs,
)
from marketplace.matching.criteria import CriterionResult
from marketplace.matching.ranking import order_key, rotate_ties, tie_break

PARTS = (ScorePart("words", 1.5, 15.0), ScorePart("services", 20.25, 50.0))
EXPLANATION = Explanation(
    PARTS,
    (
        TermMatch("ost", ("Osten",), ("ost", "oster"), 1.5),
        TermMatch("ecm.shop", (), ("butikk",), 20.25, "services"),
    ),
    (("near", {"km": 3}),),
    (("over_budget", {"price_from_nok": 2, "budget_max_nok": 1}), ("services_beside", {"services": ["a"]})),
)


def test_explanation_sums_parts_and_finds_them_by_code() -> None:
    assert EXPLANATION.score == 21.75
    assert EXPLANATION.part("words") is PARTS[0]
    assert EXPLANATION.part("services") is PARTS[1]
    with pytest.raises(KeyError, match="luck"):
        EXPLANATION.part("luck")
    assert Explanation(()).score == 0
    assert Explanation(()) == Explanation((), (), (), ())


def test_explanation_round_trips_through_json() -> None:
    plain = EXPLANATION.to_dict()
    assert plain == {
        "parts": [
            {"code": "words", "value": 1.5, "maximum": 15.0},
            {"code": "services", "value": 20.25, "maximum": 50.0},
        ],
        "terms": [
            {"term": "ost", "query_words": ["Osten"], "document_words": ["ost", "oster"], "value": 1.5, "part": "words"},
            {"term": "ecm.shop", "query_words": [], "document_words": ["butikk"], "value": 20.25, "part": "services"},
        ],
        "facts": [["near", {"km": 3}]],
        "lacks": [
            ["over_budget", {"price_from_nok": 2, "budget_max_nok": 1}],
            ["services_beside", {"services": ["a"]}],
        ],
    }  # fmt: skip
    assert Explanation.from_dict(json.loads(json.dumps(plain))) == EXPLANATION


def test_match_reads_flags_from_lacks_only() -> None:
    both = Match(1, "d", 21.75, EXPLANATION)
    assert both.is_related_only
    assert not both.is_within_budget
    neither = Match(1, "d", 21.75, Explanation(PARTS, (), (("over_budget", {}), ("services_beside", {})), ()))
    assert not neither.is_related_only
    assert neither.is_within_budget


def test_ranking_round_trips_through_json() -> None:
    match = Match(1, "d", 21.75, EXPLANATION)
    settings = MatchingSettings(k1=1.5)
    ranking = Ranking(
        "q", settings, (match, Match(2, "e", 0.0, Explanation(()))), (Exclusion("x", "time", {"date": None}),)
    )
    plain = json.loads(json.dumps(ranking.to_dict()))
    assert plain == {
        "query_id": "q",
        "settings": settings.to_dict(),
        "matches": [
            {"place": 1, "document_id": "d", "score": 21.75, "explanation": EXPLANATION.to_dict()},
            {"place": 2, "document_id": "e", "score": 0.0, "explanation": Explanation(()).to_dict()},
        ],
        "excluded": [{"document_id": "x", "reason": "time", "params": {"date": None}}],
    }
    assert Ranking.from_dict(plain) == ranking
    assert ranking.match("d") is match
    assert ranking.match("x") is None
    assert Ranking("q", settings, ()).excluded == ()
    assert (FitCounts(1, 2, {}).related_only, FitCounts(1, 2, {}).with_must_haves) == (0, 0)


def test_tie_break_is_published_hash() -> None:
    assert tie_break("brief", "supplier") == hashlib.blake2b(b"brief\x1fsupplier", digest_size=8).digest()
    assert order_key("b", "s", 1.2345678944) == (-1.234567894, tie_break("b", "s"), "s")
    assert order_key("b", "s", 2.0) < order_key("b", "t", 1.9999)
    assert order_key("b", "s", 1.00000000001)[0] == order_key("b", "t", 1.0)[0]


def test_rotation_matches_hand_calculation() -> None:
    scored = [("a", 10.0), ("b", 9.5), ("c", 9.0), ("d", 8.9), ("e", 2.0)]
    by_tie_break = sorted("abc", key=lambda key: tie_break("q", key))
    assert rotate_ties("q", [], {}, 1.0) == []
    assert rotate_ties("q", scored, {"a": 3, "b": 1, "c": 2, "d": 0, "e": 0}, 1.0) == [
        "b",
        "c",
        "a",
        "d",
        "e",
    ]
    assert rotate_ties("q", scored, {"a": 3, "c": 0}, 1.0) == ["b", "c", "a", "d", "e"]
    assert rotate_ties("q", scored, {}, 1.0) == [*by_tie_break, "d", "e"]
    assert rotate_ties("q", scored, {"a": 1}, 0.0) == list("abcde")
    # Scores are rounded to nine digits, and so is the lower end of a band.
    assert rotate_ties("q", [("a", 1.0), ("b", 1.0 - 2e-10)], {"a": 1}, 0.0) == ["b", "a"]
    assert rotate_ties("q", [("a", 1.0), ("b", 1.0 - 2e-9)], {"a": 1}, 0.0) == ["a", "b"]
    assert rotate_ties("q", [("a", 0.3), ("b", 0.1)], {"a": 1}, 0.2) == ["b", "a"]


@pytest.mark.parametrize(
    "record",
    [
        PARTS[0],
        EXPLANATION.terms[0],
        EXPLANATION,
        Match(1, "d", 1.0, EXPLANATION),
        Ranking("q", MatchingSettings(), ()),
        FitCounts(1, 2, {}),
        Exclusion("d", "time", {}),
        CriterionResult(0.5),
    ],
    ids=lambda record: type(record).__name__,
)
def test_records_are_immutable(record: object) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(record, dataclasses.fields(record)[0].name, None)  # type: ignore[arg-type] # because each is a record
    assert not hasattr(record, "__dict__")


def test_small_records_round_trip() -> None:
    position, case = Position(62.5, 9.75), CaseText("En jobb", ("ecm.shop",), "food-drink")
    assert Position.from_dict(position.to_dict()) == position
    assert CaseText.from_dict(json.loads(json.dumps(case.to_dict()))) == case
    assert CaseText.from_dict({"text": "En jobb"}) == CaseText("En jobb")
    document = Document(
        id="d", name="N", text="T", cases=(case,), position=position, next_start=dt.date(2027, 1, 2)
    )
    assert Document.from_dict(json.loads(json.dumps(document.to_dict()))) == document


def test_invalid_values_are_refused() -> None:
    with pytest.raises(ValueError, match="presence must be one of must, some, remote, not 'sometimes'"):
        Query("q", "", "", presence="sometimes")
    with pytest.raises(ValueError, match="a budget must not be negative: None to -1"):
        Query("q", "", "", budget_max_nok=-1)
    with pytest.raises(ValueError, match="unknown field: colour, shape"):
        Document.from_dict({"id": "d", "shape": 1, "colour": 2})
    with pytest.raises(ValueError, match="Invalid isoformat"):
        Query.from_dict({"id": "q", "title": "", "text": "", "start_from": "soon"})
    with pytest.raises(KeyError, match="lat"):
        Document.from_dict({"id": "d", "name": "N", "text": "", "position": {"lon": 3}})
    with pytest.raises(AttributeError, match="has no attribute 'Luck'"):
        _ = matching.Luck  # type: ignore[attr-defined] # because that is the point


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("words_half", 0.0, "words_half must be positive, not 0"),
        ("late_days", -1, "late_days must be positive, not -1"),
        ("k1", -1.0, "k1 must be zero or more, not -1"),
        ("near_km", math.inf, "near_km must be zero or more, not inf"),
        ("b", math.nan, "b must be zero or more, not nan"),
    ],
)
def test_setting_that_gives_no_score_is_refused(name: str, value: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(matching.MatchingSettings(), **{name: value})


def test_suggestion_converts_to_json_values(glossary: matching.Glossary) -> None:
    (first,) = suggest_needs("Drone som filmer fjorden", glossary, "nb", limit=1)
    plain = json.loads(json.dumps(first.to_dict()))
    assert plain == {
        "service": "med.drone",
        "probability": first.probability,
        "words": list(first.words),
        "is_certain": True,
    }
    assert "Drone" in first.words
