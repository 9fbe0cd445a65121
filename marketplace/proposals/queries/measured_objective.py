"""The objective that a brief serves, as the outcome form shows it."""

import datetime as dt
from dataclasses import dataclass

from marketplace.briefs.models import Brief
from marketplace.briefs.queries.action_briefs import objective_of
from marketplace.core.viewer import Viewer
from marketplace.strategy.objective_state import valid_readings
from marketplace.strategy.queries.objectives import readings_of
from marketplace.strategy.units import format_value, unit_of


@dataclass(frozen=True, slots=True)
class MeasuredObjective:
    """An objective with its last value as text, empty if it has not been measured."""

    text: str
    unit: str
    direction: str
    source: str
    last_value: str
    last_on: dt.date | None


def measured_objective(viewer: Viewer, brief: Brief) -> MeasuredObjective | None:
    """Return the objective that a brief of the viewer's company serves, or None."""
    objective = objective_of(viewer, brief)
    if objective is None:
        return None
    readings = valid_readings(readings_of(objective))
    last = readings[-1] if readings else None
    return MeasuredObjective(
        objective.text.rstrip("."),
        str(unit_of(objective.unit).label),
        objective.direction,
        objective.source,
        format_value(last.value_milli, objective.unit) if last else "",
        last.measured_on if last else None,
    )
