"""Missing fields, phase and warnings of a plan."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pytest

from marketplace.core.dates import add_months
from marketplace.core.i18n import use_locale
from marketplace.strategy import completeness
from marketplace.strategy.completeness import REQUIRED, StrategyPhase
from marketplace.strategy.content import Audience, Budget, Channel, Offer, StrategyContent
from marketplace.strategy.objective_state import ObjectiveTerms
from marketplace.strategy.objective_warnings import Period, objective_warnings
from marketplace.strategy.plan_warnings import plan_warnings

TODAY = dt.date(2027, 1, 15)
FULL = StrategyContent(
    one_line="Seks hytter",
    vision="Fullt hele sommeren",
    offers=(Offer("Overnatting"),),
    audiences=(Audience("Familier", asks="Er det ledig?"),),
    strengths=("Ved elva",),
    channels=(Channel("maps", decision="keep"), Channel("facebook", decision="stop")),
    budget=Budget(0, 0, 0, 0),
    responsible="Kari",
    review_on=dt.date(2027, 6, 1),
)


@dataclass(frozen=True)
class Objective:
    """An objective as the rules read it."""

    text: str = "Flere bestillinger"
    kind: str = "visibility"
    indicator: str = "sal_orders"
    direction: str = "up"
    baseline_milli: int | None = 20_000
    baseline_on: dt.date | None = None
    target_milli: int = 45_000
    target_on: dt.date = dt.date(2027, 9, 30)
    source: str = "booking"
    audience: str = ""


@dataclass(frozen=True)
class Action:
    """An action as the rules read it."""

    what: str = "Ta bilder"
    state: str = "planned"
    own_hours: int | None = None
    cost_low_nok: int | None = None
    cost_high_nok: int | None = None
    due_on: dt.date | None = dt.date(2027, 3, 1)


PERIODS = [Period(dt.date(2026, 1, 1), dt.date(2027, 12, 31))]
OBJECTIVES = [Objective(), Objective(kind="sales")]
ACTIONS = [Action()] * 3


def missing_fields(
    content: StrategyContent, objectives: Any = OBJECTIVES, actions: Any = ACTIONS
) -> list[str]:
    return [one.field for one in completeness.missing_fields(content, objectives, actions)]


def texts(content: StrategyContent = FULL, objectives: Any = OBJECTIVES, actions: Any = ACTIONS) -> list[str]:
    with use_locale("en"):
        return [one.text for one in plan_warnings(content, objectives, actions, TODAY, periods=PERIODS)]


def test_full_plan_lacks_nothing_and_has_no_warnings() -> None:
    assert missing_fields(FULL) == texts() == []
    assert completeness.phase(FULL, OBJECTIVES, ACTIONS) is StrategyPhase.COMPLETE


def test_empty_plan_lacks_all_required_fields_in_order() -> None:
    assert missing_fields(StrategyContent(), [], []) == [field for _section, field in REQUIRED]


@pytest.mark.parametrize(
    ("content", "objectives", "actions", "expected"),
    [
        (replace(FULL, vision=""), OBJECTIVES, ACTIONS, ["vision"]),
        (FULL, [Objective(kind="sales")] * 2, ACTIONS, ["objectives"]),
        (FULL, [Objective()], ACTIONS, ["objectives"]),
        (FULL, OBJECTIVES, [Action(), Action(), Action(state="dropped")], ["actions"]),
        (replace(FULL, channels=FULL.channels[:1]), OBJECTIVES, ACTIONS, ["channels"]),
        (replace(FULL, budget=Budget(0, 0, None, 0)), OBJECTIVES, ACTIONS, ["budget"]),
    ],
)
def test_missing_field_is_named_and_the_plan_is_started_only(
    content: StrategyContent, objectives: Any, actions: Any, expected: list[str]
) -> None:
    assert missing_fields(content, objectives, actions) == expected
    assert completeness.phase(content, objectives, actions) is StrategyPhase.STARTED


@pytest.mark.parametrize(
    ("content", "phase"),
    [
        (StrategyContent(), StrategyPhase.NOT_STARTED),
        (StrategyContent(one_line="a", vision="b"), StrategyPhase.NOT_STARTED),
        (StrategyContent(one_line="a", vision="b", responsible="c"), StrategyPhase.STARTED),
    ],
)
def test_plan_is_started_with_three_required_fields(content: StrategyContent, phase: StrategyPhase) -> None:
    assert completeness.phase(content, [], []) is phase


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"objectives": [Objective(baseline_milli=None), OBJECTIVES[1]]}, "is not known"),
        ({"objectives": [Objective(target_milli=20_000), OBJECTIVES[1]]}, "same as"),
        ({"objectives": [Objective(target_milli=1), OBJECTIVES[1]]}, "worse"),
        ({"objectives": [Objective(direction="down"), OBJECTIVES[1]]}, "worse"),
        ({"objectives": [Objective(target_on=dt.date(2026, 12, 1)), OBJECTIVES[1]]}, "has passed"),
        ({"objectives": [Objective(target_on=dt.date(2031, 1, 1)), OBJECTIVES[1]]}, "3 years"),
        ({"objectives": [Objective(source=" "), OBJECTIVES[1]]}, "comes from"),
        ({"objectives": [Objective(audience="Firma"), OBJECTIVES[1]]}, "audience"),
        ({"objectives": [Objective(), Objective()]}, "sales or service"),
        ({"objectives": [Objective(indicator="vis_visits")] * 2}, "count visits"),
        ({"objectives": [*OBJECTIVES, *OBJECTIVES, *OBJECTIVES]}, "more than 5"),
        ({"actions": [Action(due_on=None), *ACTIONS]}, "no date"),
        ({"actions": [Action(due_on=dt.date(2027, 1, 1)), *ACTIONS]}, "late"),
        ({"actions": [Action(cost_low_nok=5000, cost_high_nok=9000), *ACTIONS]}, "more than the budget"),
        ({"actions": [Action(own_hours=30), *ACTIONS]}, "hours"),
        ({"content": replace(FULL, channels=(Channel("maps", decision="stop"),) * 2)}, "all channels"),
        ({"content": replace(FULL, channels=(Channel("maps", decision="start"),) * 2)}, "nobody responsible"),
        ({"content": replace(FULL, review_on=dt.date(2027, 1, 1))}, "review was due"),
        ({"content": replace(FULL, review_on=add_months(TODAY, 2))}, "less than 3 months"),
        ({"objectives": [Objective(target_on=dt.date(2028, 1, 1)), OBJECTIVES[1]]}, "course project"),
        ({"content": replace(FULL, audiences=(Audience("Familier"),))}, "before they buy"),
    ],
)
def test_doubtful_plan_is_warned_about_but_complete(changes: dict[str, Any], words: str) -> None:
    assert any(words in text for text in texts(**changes))
    assert (
        completeness.phase(
            changes.get("content", FULL),
            changes.get("objectives", OBJECTIVES),
            changes.get("actions", ACTIONS),
        )
        is StrategyPhase.COMPLETE
    )


def test_review_soon_after_a_plan_that_has_been_complete_for_long_is_not_warned_about() -> None:
    near = replace(FULL, review_on=TODAY + dt.timedelta(days=20))
    assert plan_warnings(near, OBJECTIVES, ACTIONS, TODAY, completed_on=add_months(TODAY, -5)) == []


def test_date_in_a_project_without_an_end_is_not_warned_about() -> None:
    terms = ObjectiveTerms("up", 1, 2, dt.date(2030, 1, 1), source="kassa")
    assert objective_warnings(terms, TODAY, [Period(dt.date(2026, 1, 1))]) == []
    assert objective_warnings(terms, TODAY, [*PERIODS, Period(dt.date(2026, 1, 1))]) == []
