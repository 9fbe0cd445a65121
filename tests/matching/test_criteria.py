"""Criteria beyond words, each compared with numbers calculated by hand."""

import datetime as dt
from typing import Any

import pytest

from marketplace.matching import CaseText, Document, Exclusion, MatchingSettings, Position, Query, criteria
from marketplace.matching.criteria import CriterionResult

SETTINGS = MatchingSettings()
DAY = dt.date(2027, 3, 1)
HERE = Position(63.0, 10.0)


def _query(**values: Any) -> Query:
    return Query(**{"id": "q", "title": "", "text": "", "presence": "some", **values})


def _document(**values: Any) -> Document:
    return Document(**{"id": "d", "name": "Navn", "text": "", **values})


def _north(km: float) -> Position:
    """Return the point at a distance due north of `HERE` on a sphere with radius 6371 km."""
    return Position(HERE.lat + km / (6371.0 * 3.141592653589793 / 180), HERE.lon)


@pytest.mark.parametrize(
    ("a", "b", "km"),
    [
        (Position(0.0, 0.0), Position(0.0, 1.0), 111.19493),
        (Position(0.0, 0.0), Position(1.0, 0.0), 111.19493),
        (Position(60.0, 10.0), Position(60.0, 11.0), 55.59675),
        (Position(90.0, 0.0), Position(-90.0, 0.0), 20015.08680),
        (Position(0.0, 0.0), Position(0.0, 180.0), 20015.08680),
        (HERE, HERE, 0.0),
    ],
)
def test_distance_is_great_circle(a: Position, b: Position, km: float) -> None:
    assert criteria.distance_km(a, b) == pytest.approx(km, abs=1e-3)
    assert criteria.distance_km(b, a) == pytest.approx(km, abs=1e-3)


def test_antipodal_distance_survives_rounding() -> None:
    # For the first point, rounding makes the argument of the square root slightly greater than 1.
    for lat, lon in [
        (69.51232454868148, 133.29061412997535),
        *((degrees / 10, 7.0) for degrees in range(1, 900)),
    ]:
        a, b = Position(lat, lon), Position(-lat, lon - 180)
        assert criteria.distance_km(a, b) == pytest.approx(20015.0868, abs=0.01)


NEEDS = {"needs": ("ecm.shop", "med.photo")}


@pytest.mark.parametrize(
    ("query_fields", "document_fields", "evidence", "reason", "params"),
    [
        (NEEDS, {}, 0.0, "services", {"services": ["ecm.shop", "med.photo"]}),
        (NEEDS, {}, 0.0999, "services", {"services": ["ecm.shop", "med.photo"]}),
        (NEEDS, {}, 0.1, None, None),
        ({}, {}, 0.0, None, None),
        ({"presence": "must", "municipality": "1"}, {"area": ("2",)}, 1.0, "area", {"municipality": "1"}),
        ({"presence": "must", "municipality": "1"}, {"area": ("2", "1")}, 1.0, None, None),
        ({"presence": "must", "municipality": "1"}, {"area": ("2",), "municipality": "1"}, 1.0, None, None),
        ({"presence": "must", "municipality": "1"}, {}, 1.0, None, None),
        ({"presence": "must"}, {"area": ("2",)}, 1.0, None, None),
        ({"presence": "some", "municipality": "1"}, {"area": ("2",)}, 1.0, None, None),
        (
            {"languages": ("en", "sma")},
            {"languages": ("nb",)},
            1.0,
            "languages",
            {"languages": ["en", "sma"]},
        ),
        ({"languages": ("nn",)}, {"languages": ("en",)}, 1.0, "languages", {"languages": ["nn"]}),
        ({"languages": ("en",)}, {"languages": ("nn",)}, 1.0, "languages", {"languages": ["en"]}),
        ({"languages": ("nn",)}, {"languages": ("nb",)}, 1.0, None, None),
        ({"languages": ("nb",)}, {"languages": ("nn",)}, 1.0, None, None),
        ({"languages": ("en",)}, {"languages": ("nb", "en")}, 1.0, None, None),
        ({"languages": ("en",)}, {}, 1.0, None, None),
        ({}, {"languages": ("en",)}, 1.0, None, None),
        ({"finish_by": DAY}, {"next_start": dt.date(2027, 3, 2)}, 1.0, "time", {"date": "2027-03-02"}),
        ({"finish_by": DAY}, {"next_start": DAY}, 1.0, None, None),
        ({"finish_by": DAY}, {}, 1.0, None, None),
        ({}, {"next_start": DAY}, 1.0, None, None),
        # Only the first failed requirement is reported.
        (
            {**NEEDS, "languages": ("en",), "finish_by": DAY},
            {"languages": ("nb",), "next_start": dt.date(2028, 1, 1)},
            0.0,
            "services",
            {"services": ["ecm.shop", "med.photo"]},
        ),
        (
            {"presence": "must", "municipality": "1", "languages": ("en",), "finish_by": DAY},
            {"area": ("2",), "languages": ("nb",), "next_start": dt.date(2028, 1, 1)},
            1.0,
            "area",
            {"municipality": "1"},
        ),
        (
            {"languages": ("en",), "finish_by": DAY},
            {"languages": ("nb",), "next_start": dt.date(2028, 1, 1)},
            1.0,
            "languages",
            {"languages": ["en"]},
        ),
    ],
)
def test_hard_requirement_excludes(
    query_fields: dict[str, Any],
    document_fields: dict[str, Any],
    evidence: float,
    reason: str | None,
    params: Any,
) -> None:
    expected = Exclusion("d", reason, params) if reason else None
    assert (
        criteria.exclusion(_query(**query_fields), _document(**document_fields), evidence, SETTINGS)
        == expected
    )


def test_exclusion_params_without_date() -> None:
    assert criteria.exclusion_params("time", _query(), None) == {"date": None}


@pytest.mark.parametrize(
    ("km", "share"), [(0, 1.0), (40, 1.0), (40.1, 209.9 / 210), (145, 0.5), (250, 0.0), (9000, 0.0)]
)
def test_nearness_falls_linearly(km: float, share: float) -> None:
    assert criteria.nearness(km, SETTINGS) == pytest.approx(share)


UNKNOWN_PLACE = CriterionResult(0.5, (), (("place_unknown", {}),))
LOCAL = CriterionResult(1.0, (("comes_to", {"municipality": "1"}),))
REMOTE = CriterionResult(1.0, (("works_remotely", {}),))


@pytest.mark.parametrize(
    ("query_fields", "document_fields", "expected"),
    [
        ({"municipality": "1"}, {"area": ("2", "1")}, LOCAL),
        ({"municipality": "1"}, {"municipality": "1"}, LOCAL),
        ({"municipality": "1", "presence": "remote"}, {"municipality": "1"}, LOCAL),
        ({"presence": "remote"}, {}, REMOTE),
        ({"presence": "remote"}, {"remote": False}, UNKNOWN_PLACE),
        ({"presence": "must"}, {}, UNKNOWN_PLACE),
        ({"position": HERE}, {}, UNKNOWN_PLACE),
        ({}, {"position": HERE}, UNKNOWN_PLACE),
    ],
)
def test_place_without_distance(
    query_fields: dict[str, Any], document_fields: dict[str, Any], expected: CriterionResult
) -> None:
    assert criteria.place(_query(**query_fields), _document(**document_fields), SETTINGS) == expected


@pytest.mark.parametrize(
    ("presence", "remote", "km", "share", "note"),
    [
        ("must", True, 39.9, 1.0, "near"),
        ("must", True, 145.0, 0.5, "far_away"),
        ("must", False, 145.0, 0.5, "far_away"),
        ("some", False, 145.0, 0.5, "far_away"),
        ("some", True, 145.0, 0.75, "far_away"),
        ("some", True, 39.0, 1.0, "near"),
        ("some", True, 600.0, 0.5, "far_away"),
        ("must", True, 600.0, 0.0, "far_away"),
        ("remote", False, 145.0, 0.5, "far_away"),
    ],
)
def test_place_by_distance(presence: str, remote: bool, km: float, share: float, note: str) -> None:
    query = _query(presence=presence, position=HERE, municipality="1")
    result = criteria.place(query, _document(remote=remote, position=_north(km), municipality="2"), SETTINGS)
    assert result.share == pytest.approx(share, abs=1e-9)
    notes = ((note, {"km": round(km), "municipality": "1"}),)
    assert (result.facts, result.lacks) == ((notes, ()) if note == "near" else ((), notes))


def _money(price: int, maximum: int) -> dict[str, int]:
    return {"price_from_nok": price, "budget_max_nok": maximum}


@pytest.mark.parametrize(
    ("price", "maximum", "expected"),
    [
        (None, None, CriterionResult(0.5, (), (("price_unknown", {}),))),
        (None, 100, CriterionResult(0.5, (), (("price_unknown", {}),))),
        (100, None, CriterionResult(0.5)),
        (99, 100, CriterionResult(1.0, (("within_budget", _money(99, 100)),))),
        (100, 100, CriterionResult(1.0, (("within_budget", _money(100, 100)),))),
        (0, 0, CriterionResult(1.0, (("within_budget", _money(0, 0)),))),
        (125, 100, CriterionResult(0.25, (), (("over_budget", _money(125, 100)),))),
        (150, 100, CriterionResult(0.0, (), (("over_budget", _money(150, 100)),))),
        (900, 100, CriterionResult(0.0, (), (("over_budget", _money(900, 100)),))),
        (1, 0, CriterionResult(0.5, (), (("over_budget", _money(1, 0)),))),
    ],
)
def test_budget(price: int | None, maximum: int | None, expected: CriterionResult) -> None:
    result = criteria.budget(_query(budget_max_nok=maximum), _document(price_from_nok=price), SETTINGS)
    assert result.share == pytest.approx(expected.share)
    assert (result.facts, result.lacks) == (expected.facts, expected.lacks)


@pytest.mark.parametrize(
    ("days", "share"), [(-400, 1.0), (0, 1.0), (1, 89 / 90), (45, 0.5), (90, 0.0), (91, 0.0), (400, 0.0)]
)
def test_availability(days: int, share: float) -> None:
    start = DAY + dt.timedelta(days)
    result = criteria.availability(_query(start_from=DAY), _document(next_start=start), SETTINGS)
    note = {"date": start.isoformat()}
    assert result.share == pytest.approx(share)
    if days > 0:
        assert (result.facts, result.lacks) == ((), (("starts_late", {**note, "days": days}),))
    else:
        assert (result.facts, result.lacks) == ((("free_in_time", note),), ())


def test_unknown_start_gives_half() -> None:
    unknown = criteria.availability(_query(start_from=DAY), _document(), SETTINGS)
    assert unknown == CriterionResult(0.5, (), (("start_unknown", {}),))
    assert criteria.availability(_query(), _document(next_start=DAY), SETTINGS) == CriterionResult(0.5)


FOOD = {"sector": "food"}
JOB, OTHER, ALIKE = (
    CaseText("a", (), "food"),
    CaseText("b", (), "boats"),
    CaseText("c", ("ecm.shop",), "boats"),
)
SIMILAR = ("similar_cases", {"count": 1})


@pytest.mark.parametrize(
    ("document_fields", "in_words", "share", "facts", "lacks"),
    [
        ({"cases": (JOB,)}, False, 0.9, [("cases_in_sector", {"count": 1, **FOOD})], []),
        ({"cases": (JOB, ALIKE, JOB), "sectors": ("food",)}, True, 1.0, [("cases_in_sector", {"count": 2, **FOOD})], []),
        ({"sectors": ("boats", "food"), "cases": (OTHER,)}, True, 0.7, [("knows_sector", FOOD)], []),
        ({"sectors": ("food",), "cases": (ALIKE,)}, False, 0.9, [("knows_sector", FOOD), SIMILAR], []),
        ({"sectors": ("boats",)}, True, 0.3, [("writes_of_sector", FOOD)], []),
        ({"cases": (ALIKE,)}, True, 0.5, [("writes_of_sector", FOOD), SIMILAR], []),
        ({"cases": (ALIKE, ALIKE)}, False, 0.2, [("similar_cases", {"count": 2})], [("sector_not_shown", FOOD)]),
        ({"sectors": ("boats",), "cases": (OTHER,)}, False, 0.0, [], [("sector_not_shown", FOOD)]),
    ],
)  # fmt: skip
def test_sector(
    document_fields: dict[str, Any], in_words: bool, share: float, facts: list[Any], lacks: list[Any]
) -> None:
    query = _query(sector="food", needs=("ecm.shop",))
    result = criteria.sector(query, _document(**document_fields), SETTINGS, in_words=in_words)
    assert result.share == pytest.approx(share)
    assert (list(result.facts), list(result.lacks)) == (facts, lacks)


def test_query_without_sector_gives_no_note() -> None:
    knows = _document(sectors=("food",), cases=(CaseText("a", (), ""),))
    assert criteria.sector(_query(), knows, SETTINGS, in_words=True) == CriterionResult(0.0)


@pytest.mark.parametrize(
    ("asked", "offered", "notes"),
    [
        ((), (), []),
        ((), ("nb",), []),
        (("nb",), (), [("languages_unknown", {})]),
        (("nb",), ("nn", "nb"), []),
        (("nb", "en", "sma"), ("nb",), [("languages_missing", {"languages": ["en", "sma"]})]),
        (("nn",), ("nb",), [("languages_missing", {"languages": ["nn"]})]),
    ],
)
def test_unstated_languages_are_noted(
    asked: tuple[str, ...], offered: tuple[str, ...], notes: list[Any]
) -> None:
    assert list(criteria.languages(_query(languages=asked), _document(languages=offered))) == notes
