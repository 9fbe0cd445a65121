"""Hours and costs of each place of a project, and state aid."""

import datetime as dt
from collections.abc import Sequence

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
    period = ReportPeriod(dt.date(2026, 1, 1), dt.date(2026, 12, 31), clock.now())
    facts = ReportFacts(period, frozenset({1}), {"place": rows}, is_project=True, hours=HOURS, money=COSTS)
    return {one.code: one.value for one in finance_part(facts).figures if "_at_" in one.code}


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
    period = ReportPeriod(dt.date(2026, 1, 1), dt.date(2026, 12, 31), clock.now())

    def aid(*grants: Aid) -> dict[str, int | None]:
        facts = ReportFacts(period, frozenset({1}), {}, is_project=True, aid=grants)
        return {one.code: one.value for one in aid_part(facts).figures}

    state_aid = {"state_aid_companies": 1, "state_aid_sum": 500, "state_aid_largest": 500}
    assert aid(*grants) == state_aid | {"aid_de_minimis": 500, "aid_none": 9_070}
    assert aid(grants[2]) == dict.fromkeys(state_aid, 0) | {"aid_none": 70}
    assert aid() == dict.fromkeys(state_aid)


def test_project_with_one_place_has_only_totals() -> None:
    assert figures(["5021"]) == {}
    assert figures(["5021", "5021"]) == {}, "two places in one municipality"
