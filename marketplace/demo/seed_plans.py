"""Demo plans: objectives with measurements, digital tools, and actions, one of which leads to a brief."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from marketplace.core import clock
from marketplace.core.numbers import MILLI
from marketplace.demo import content_files as content
from marketplace.demo.fixtures import Fixtures
from marketplace.demo.seed_briefs import owner_email
from marketplace.demo.timeline import Timeline
from marketplace.strategy.indicators import indicators
from marketplace.strategy.use_cases.actions import ActionDetails, add_action, set_action_state
from marketplace.strategy.use_cases.measurements import MeasurementDetails, add_measurement
from marketplace.strategy.use_cases.objectives import OWN_UNIT, ObjectiveDetails, add_objective
from marketplace.strategy.use_cases.tools import ToolDetails, save_tool

Entry = dict[str, Any]
STATES = {"begun": "ongoing", "done": "done", "dropped": "dropped"}
"""Keys of the content with the day on which an action gets a state."""


def seed_plans(timeline: Timeline, fixtures: Fixtures) -> None:
    """Add the plans of the companies to the timeline."""
    for plan in content.plans():
        email = owner_email("company", plan["company"])
        key = f"plan {plan['company']}"
        for entry in plan["objectives"]:
            timeline.add(entry["day"], key, _add_objective(timeline, fixtures, email, entry))
            for day, value in entry["measured"]:
                details = MeasurementDetails(timeline.day(day), value * MILLI)
                timeline.add(day, key, _measure(fixtures, email, entry["key"], details), minutes=120)
        for number, entry in enumerate(plan["actions"]):
            timeline.add(entry["day"], key, _add(timeline, fixtures, email, entry), minutes=number)
            for name, state in STATES.items():
                if name in entry:
                    timeline.add(
                        entry[name], key, _set_state(fixtures, email, entry["key"], state), minutes=60
                    )
        for entry in plan["tools"]:
            for day, value in entry["ratings"]:
                timeline.add(day, key, _rate(fixtures, email, entry, value), minutes=90)


def _add_objective(timeline: Timeline, fixtures: Fixtures, email: str, entry: Entry) -> Callable[[], None]:
    def add() -> None:
        baseline = entry.get("baseline")
        details = ObjectiveDetails(
            text=entry["text"],
            **_counted(entry),
            baseline=None if baseline is None else baseline * MILLI,
            is_baseline_unknown=baseline is None,
            baseline_on=None if baseline is None else timeline.day(entry["day"]),
            target=entry["target"] * MILLI,
            target_on=timeline.day(entry["by"]),
            source=entry["source"],
            rhythm="monthly",
            audience=entry.get("audience", ""),
        )
        fixtures.objectives[entry["key"]] = add_objective(fixtures.viewer(email), details).id

    return add


def _counted(entry: Entry) -> Entry:
    """Return the fields that say what an objective counts: a ready-made indicator, or the company's own with its unit."""
    if "indicator" not in entry:
        return {
            "indicator": "",
            "indicator_name": entry["name"],
            "unit": OWN_UNIT,
            "own_unit": entry["unit"],
            "direction": entry["direction"],
            "kind": entry["kind"],
        }
    indicator = indicators()[entry["indicator"]]
    return {
        "indicator": indicator.code,
        "indicator_name": indicator.name,
        "unit": indicator.unit,
        "own_unit": "",
        "direction": indicator.direction,
        "kind": indicator.kind,
    }


def _measure(fixtures: Fixtures, email: str, key: str, details: MeasurementDetails) -> Callable[[], None]:
    def measure() -> None:
        add_measurement(fixtures.viewer(email), fixtures.objectives[key], details)

    return measure


def _add(timeline: Timeline, fixtures: Fixtures, email: str, entry: Entry) -> Callable[[], None]:
    def day(name: str) -> dt.date | None:
        return clock.add_working_days(timeline.day(entry[name] - 1), 1) if name in entry else None

    def add() -> None:
        low, high = entry.get("cost", (None, None))
        details = ActionDetails(
            what=entry["what"],
            performer=entry["performer"],
            objective_id=fixtures.objectives[entry["objective"]] if "objective" in entry else None,
            service_code=entry.get("service", ""),
            channel=entry.get("channel", ""),
            effect=entry["effect"],
            effort=entry["effort"],
            own_hours=entry.get("own_hours"),
            cost_low_nok=low,
            cost_high_nok=high,
            start_on=day("start"),
            due_on=day("due"),
            depends_on_id=fixtures.actions[entry["after"]] if "after" in entry else None,
        )
        fixtures.actions[entry["key"]] = add_action(fixtures.viewer(email), details).id

    return add


def _set_state(fixtures: Fixtures, email: str, key: str, state: str) -> Callable[[], None]:
    def change() -> None:
        set_action_state(fixtures.viewer(email), fixtures.actions[key], state)

    return change


def _rate(fixtures: Fixtures, email: str, entry: Entry, value: int) -> Callable[[], None]:
    details = ToolDetails(entry["state"], entry.get("owner", ""), entry.get("yearly"))
    return lambda: save_tool(fixtures.viewer(email), entry["tool"], details, value)
