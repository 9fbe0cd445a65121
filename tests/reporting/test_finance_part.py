"""Hours and costs of each place of a project, and state aid."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.core import clock
from marketplace.reporting.facts import Aid, Hours, Money, ReportFacts, ReportPeriod, Row
from marketplace.reporting.parts.money import COST, aid_part, finance_part

DAY = dt.date(2026, 3, 1)
HOURS = [
    Hours(DAY, "course", 90, True, 1),
    Hours(DAY, "course", 30, False, 2),
    Hours(DAY, "course", 15, True),
]
COSTS = [
    Money(COST, "venue", "NOK", 500_00, 500_00, DAY, 1),
    Money(COST, "venue", "EUR", 70_00, None, DAY, 2),
]


def figures(municipalities: Sequence[str]) -> dict[str, int | None]:
    rows = [
        Row(number, 1, clock.now(), {"municipality_number": municipality})
        for number, municipality in enumerate(municipalities, 1)
    ]
    facts = facts_of(rows={"place": rows}, hours=HOURS, money=COSTS)
    return {one.code: one.value for one in finance_part(facts).figures if "_at_" in one.code}


def facts_of(rows: Mapping[str, Sequence[Row]] | None = None, **values: Any) -> ReportFacts:
    period = ReportPeriod(dt.date(2026, 1, 1), dt.date(2026, 12, 31), clock.now())
    return ReportFacts(period, frozenset({1}), rows or {}, is_project=True, **values)


def test_hours_and_costs_are_divided_by_place_and_currency() -> None:
    assert figures(["5021", "5014"]) == {
        "cost_at_5014_EUR": 70_00,
        "cost_at_5021_NOK": 500_00,
        "hours_at_5014": 30,
        "hours_at_5021": 90,
    }


def test_state_aid_excludes_benefits_that_are_none() -> None:
    today = dt.date(2026, 5, 1)
    grants = [Aid("1", today, 500, "de_minimis"), Aid("1", today, 9_000, "none"), Aid("2", today, 70, "none")]

    def aid(*grants: Aid) -> dict[str, int | None]:
        return {one.code: one.value for one in aid_part(facts_of(aid=grants)).figures}

    state_aid = {"state_aid_companies": 1, "state_aid_sum": 500, "state_aid_largest": 500}
    assert aid(*grants) == state_aid | {"aid_de_minimis": 500, "aid_none": 9_070}
    assert aid(grants[2]) == dict.fromkeys(state_aid, 0) | {"aid_none": 70}
    assert aid() == dict.fromkeys(state_aid)


def test_sum_in_kroner_is_unknown_while_a_rate_is_missing() -> None:
    costs = [
        Money(COST, "venue", "NOK", 500_00, 500_00, DAY),
        Money(COST, "venue", "EUR", 70_00, None, DAY),
        Money(COST, "travel", "EUR", 10_00, 115_00, DAY),
    ]
    found = {one.code: (one.value, one.n, one.of) for one in finance_part(facts_of(money=costs)).figures}
    assert found["cost_in_nok"] == (None, 2, 3)
    assert (found["cost_total_NOK"][0], found["cost_total_EUR"][0]) == (500_00, 80_00)


def test_part_about_some_places_says_nothing_of_the_funding() -> None:
    codes = {one.code for one in finance_part(facts_of(is_restricted=True)).figures}
    assert "cost_total_NOK" in codes
    assert not codes & {"plan_total_NOK", "received_total_NOK"}


def test_project_with_one_place_has_only_totals() -> None:
    assert figures(["5021"]) == {}
    assert figures(["5021", "5021"]) == {}, "two places in one municipality"
