"""Objectives of a strategy: add, change, remove and restore, and the action that measures an unknown baseline."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.audit.use_cases import check_object_unchanged, record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _, use_locale
from marketplace.core.viewer import Viewer
from marketplace.strategy.indicators import indicators
from marketplace.strategy.limits import MAX_ACTION_TEXT, MAX_OPEN_OBJECTIVES
from marketplace.strategy.models.actions import Action
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.objective_state import valid_readings
from marketplace.strategy.prioritizing import Performer
from marketplace.strategy.queries.objectives import readings_of
from marketplace.strategy.queries.plan import current_objectives
from marketplace.strategy.units import UNITS, range_error
from marketplace.strategy.use_cases.locking import strategy_for_writing
from marketplace.strategy.use_cases.rows import locked_row, record_change, remove_row
from marketplace.strategy.use_cases.versions import save_version

BASELINE_DAYS = 30
"""Days within which an unknown baseline is to be measured."""
OWN_UNIT = "own"
"""Choice in the form with which the company writes a unit of its own."""


@dataclass(frozen=True, slots=True)
class ObjectiveDetails:
    """An objective as it is edited. Values are thousandths of the unit."""

    text: str
    indicator: str
    indicator_name: str
    unit: str
    own_unit: str
    direction: str
    baseline: int | None
    is_baseline_unknown: bool
    baseline_on: dt.date | None
    target: int
    target_on: dt.date
    source: str
    rhythm: str
    kind: str
    audience: str = ""

    @property
    def stored_unit(self) -> str:
        """The code of a known unit, or the company's own text."""
        return self.own_unit if self.unit == OWN_UNIT else self.unit


def objective_details(objective: Objective) -> ObjectiveDetails:
    """Return the current details of an objective."""
    is_own = objective.unit not in UNITS
    return ObjectiveDetails(
        text=objective.text,
        indicator=objective.indicator,
        indicator_name=objective.indicator_name,
        unit=OWN_UNIT if is_own else objective.unit,
        own_unit=objective.unit if is_own else "",
        direction=objective.direction,
        baseline=objective.baseline_milli,
        is_baseline_unknown=objective.baseline_milli is None,
        baseline_on=objective.baseline_on,
        target=objective.target_milli,
        target_on=objective.target_on,
        source=objective.source,
        rhythm=objective.rhythm,
        kind=objective.kind,
        audience=objective.audience,
    )


def detail_errors(details: ObjectiveDetails) -> list[RuleBroken]:
    """Return the rules that the details of an objective break, each with its field."""
    found = []
    unit = details.stored_unit
    if details.unit == OWN_UNIT and not details.own_unit:
        found.append(RuleBroken(_("Write the unit, for example litres."), "own_unit"))
    if details.is_baseline_unknown and details.baseline is not None:
        found.append(
            RuleBroken(_("Remove the number, or the tick that says that you do not know it."), "baseline")
        )
    elif not details.is_baseline_unknown and details.baseline is None:
        found.append(RuleBroken(_("Enter the number today, or tick that you do not know it."), "baseline"))
    for field, value in (("baseline", details.baseline), ("target", details.target)):
        if value is not None and (message := range_error(value, unit)):
            found.append(RuleBroken(message, field))
    if details.baseline_on is not None and details.baseline_on > clock.today():
        found.append(RuleBroken(_("This date is in the future."), "baseline_on"))
    return found


def add_objective(viewer: Viewer, details: ObjectiveDetails) -> Objective:
    """Add an objective to the strategy of the viewer's company. Raises RuleBroken.

    An unknown baseline adds an action to measure it.
    """
    with transaction():
        strategy = strategy_for_writing(viewer)
        current = current_objectives(strategy.id)
        _require_room(current)
        objective = Objective(
            strategy_id=strategy.id, position=max((one.position for one in current), default=0) + 1
        )
        _assign(objective, details)
        session.add(objective)
        session.flush()
        record(viewer, "objective.create", "objective", objective.id)
        if details.is_baseline_unknown:
            _plan_baseline(viewer, strategy, objective)
        save_version(viewer, strategy)
        return objective


def save_objective(
    viewer: Viewer, objective_id: int, details: ObjectiveDetails, expected: str | None = None
) -> Objective:
    """Change an objective. Raises RuleBroken, or Conflict if it has changed since the form was rendered."""
    with transaction():
        strategy = strategy_for_writing(viewer)
        objective = locked_row(Objective, strategy, objective_id)
        check_object_unchanged(
            viewer, "objective", objective.id, expected, objective_details(objective), details
        )
        _check_measured(objective, details)
        _assign(objective, details)
        record(viewer, "objective.save", "objective", objective.id)
        if details.is_baseline_unknown:
            _plan_baseline(viewer, strategy, objective)
        save_version(viewer, strategy)
        return objective


def remove_objective(viewer: Viewer, objective_id: int) -> Objective:
    """Remove an objective. It can be restored, with its measurements."""
    return remove_row(viewer, Objective, objective_id)


def restore_objective(viewer: Viewer, objective_id: int) -> Objective:
    """Restore a removed objective; does nothing if it is not removed. Raises RuleBroken if there are too many."""
    with transaction():
        strategy = strategy_for_writing(viewer)
        objective = locked_row(Objective, strategy, objective_id, with_removed=True)
        if objective.removed_at is not None:
            _require_room(current_objectives(strategy.id))
            objective.removed_at = None
            record_change(viewer, strategy, objective, "restore")
        return objective


def plan_baseline(viewer: Viewer, objective_id: int) -> bool:
    """Add the action to measure an unknown baseline; return False if it has been added before or is not needed."""
    with transaction():
        strategy = strategy_for_writing(viewer)
        objective = locked_row(Objective, strategy, objective_id)
        is_added = _plan_baseline(viewer, strategy, objective)
        if is_added:
            save_version(viewer, strategy)
        return is_added


def _plan_baseline(viewer: Viewer, strategy: Strategy, objective: Objective) -> bool:
    if objective.baseline_milli is not None or objective.baseline_action_at is not None:
        return False
    with use_locale(strategy.language):
        what = _(
            "Find out what the number is today: %(name)s", name=objective.indicator_name or objective.text
        )
    action = Action(
        strategy_id=strategy.id,
        what=what if len(what) <= MAX_ACTION_TEXT else what[: MAX_ACTION_TEXT - 1] + "…",
        objective_id=objective.id,
        performer=Performer.SELF,
        effect=3,
        effort=1,
        due_on=clock.today() + dt.timedelta(days=BASELINE_DAYS),
    )
    session.add(action)
    session.flush()
    objective.baseline_action_at = clock.now()
    record(viewer, "action.create", "action", action.id, objective=objective.id)
    return True


def _require_room(current: Sequence[Objective]) -> None:
    if len(current) >= MAX_OPEN_OBJECTIVES:
        raise RuleBroken(
            _("You can have %(num)s objectives. Remove one of them first.", num=MAX_OPEN_OBJECTIVES)
        )


def _check_measured(objective: Objective, details: ObjectiveDetails) -> None:
    """Refuse changes to an objective that would change what its measurements mean. Raises RuleBroken."""
    measurements = objective.measurements
    if not measurements:
        return
    message = _("This would change the meaning of the measurements. Remove this objective and add a new one.")
    if details.stored_unit != objective.unit:
        raise RuleBroken(message, "unit")
    if details.direction != objective.direction:
        raise RuleBroken(message, "direction")
    valid = valid_readings(readings_of(objective))
    if (
        valid
        and details.baseline_on is not None
        and not details.is_baseline_unknown
        and details.baseline_on > valid[0].measured_on
    ):
        raise RuleBroken(_("You have a measurement from before this date."), "baseline_on")


def _assign(objective: Objective, details: ObjectiveDetails) -> None:
    errors = detail_errors(details)
    if errors:
        raise errors[0]
    objective.text = details.text
    objective.indicator = details.indicator if details.indicator in indicators() else ""
    objective.indicator_name = details.indicator_name
    objective.unit = details.stored_unit
    objective.direction = details.direction
    objective.baseline_milli = details.baseline
    objective.baseline_on = (details.baseline_on or clock.today()) if details.baseline is not None else None
    objective.target_milli = details.target
    objective.target_on = details.target_on
    objective.source = details.source
    objective.rhythm = details.rhythm
    objective.kind = details.kind
    objective.audience = details.audience
