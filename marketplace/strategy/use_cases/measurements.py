"""Measurements of objectives: rows are added, and corrected or withdrawn by new rows that replace them."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, session, transaction
from marketplace.core.errors import Conflict, NotFound, RuleBroken, or_404
from marketplace.core.i18n import gettext as _
from marketplace.core.numbers import percentage_milli
from marketplace.core.viewer import Viewer
from marketplace.strategy.models.objectives import Measurement, Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.objective_state import valid_readings
from marketplace.strategy.queries.objectives import readings_of
from marketplace.strategy.units import SHARE, range_error
from marketplace.strategy.use_cases.locking import strategy_for_writing
from marketplace.strategy.use_cases.rows import locked_row
from marketplace.strategy.use_cases.versions import save_version

ORIGIN_OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class MeasurementDetails:
    """A measurement as it is entered. A share has a value, or numerator and denominator, from which it is computed.

    `is_baseline` stores the value as the baseline of the objective too.
    """

    measured_on: dt.date
    value: int | None
    source: str = ""
    numerator: int | None = None
    denominator: int | None = None
    is_baseline: bool = False


def add_measurement(
    viewer: Viewer, objective_id: int, details: MeasurementDetails, expected_unit: str | None = None
) -> Measurement:
    """Add a measurement. Raises RuleBroken, or Conflict if the unit is no longer the one that the form showed."""
    with transaction():
        strategy = strategy_for_writing(viewer)
        objective = locked_row(Objective, strategy, objective_id)
        _check_unit(objective, expected_unit)
        _check_date_is_free(objective, details.measured_on)
        return _add(viewer, strategy, objective, details, None)


def correct_measurement(
    viewer: Viewer,
    objective_id: int,
    measurement_id: int,
    details: MeasurementDetails,
    expected_unit: str | None = None,
) -> Measurement:
    """Replace a measurement by a new row. Raises RuleBroken, or Conflict if it is corrected or withdrawn by now."""
    with transaction():
        strategy = strategy_for_writing(viewer)
        objective = locked_row(Objective, strategy, objective_id)
        _check_unit(objective, expected_unit)
        old = _unchanged_measurement(objective, measurement_id)
        if details.measured_on != old.measured_on:
            _check_date_is_free(objective, details.measured_on)
        return _add(viewer, strategy, objective, details, old)


def withdraw_measurement(viewer: Viewer, objective_id: int, measurement_id: int) -> Measurement:
    """Add a row that withdraws a measurement. Raises Conflict if it is corrected or withdrawn by now."""
    with transaction():
        objective = locked_row(Objective, strategy_for_writing(viewer), objective_id)
        old = _unchanged_measurement(objective, measurement_id)
        withdrawal = Measurement(
            objective_id=objective.id,
            measured_on=old.measured_on,
            value_milli=old.value_milli,
            origin=old.origin,
            source=old.source,
            brief_reference=old.brief_reference,
            by_id=viewer.user_id,
            replaces_id=old.id,
            is_withdrawn=True,
        )
        _store(viewer, objective, withdrawal)
        return withdrawal


def _unchanged_measurement(objective: Objective, measurement_id: int) -> Measurement:
    """Return a measurement of a locked objective. Raises NotFound, or Conflict if another row replaces it."""
    old = next((one for one in objective.measurements if one.id == measurement_id), None)
    if old is None or old.is_withdrawn:
        raise NotFound
    if any(one.replaces_id == old.id for one in objective.measurements):
        raise Conflict(
            _(
                "This value has been corrected or withdrawn already. Go back to the objective and see it there."
            )
        )
    return old


def record_outcome_measurement(  # noqa: PLR0913 because each is a part of the measurement
    objective_id: int,
    value_milli: int,
    measured_on: dt.date,
    brief_reference: str,
    by: Viewer,
    *,
    corrects_id: int | None = None,
) -> Measurement:
    """Record the number that a company reports about a job, in the caller's transaction.

    It is also recorded for a removed objective, which may be restored. The number replaces the measurement `corrects_id`,
    or the measurement that has corrected it since. Without `corrects_id` it replaces the measurement of the same brief and
    date. Repeating a value changes nothing, even if the value has been withdrawn. Raises NotFound for the objective of another company, or RuleBroken.
    """
    query = (
        select(Objective)
        .join(Strategy, Strategy.id == Objective.strategy_id)
        .where(Objective.id == objective_id, Strategy.company_id == by.organisation_id)
    )
    objective = or_404(load_locked(query) if by.is_company else None)
    if message := range_error(value_milli, objective.unit):
        raise RuleBroken(message, "value")
    old = _measurement_to_correct(objective, brief_reference, measured_on, corrects_id)
    if old is not None and (old.value_milli, old.measured_on) == (value_milli, measured_on):
        return old
    added = Measurement(
        objective_id=objective.id,
        measured_on=measured_on,
        value_milli=value_milli,
        origin=ORIGIN_OUTCOME,
        brief_reference=brief_reference,
        by_id=by.user_id,
        replaces_id=old.id if old else None,
    )
    _store(by, objective, added)
    return added


def _measurement_to_correct(
    objective: Objective, brief_reference: str, measured_on: dt.date, corrects_id: int | None
) -> Measurement | None:
    """Return the valid measurement of a job that a new number replaces, or None."""
    corrections = {one.replaces_id: one for one in objective.measurements if one.replaces_id is not None}
    corrected = next((one for one in objective.measurements if one.id == corrects_id), None)
    while corrected is not None and corrected.id in corrections:
        corrected = corrections[corrected.id]
    if corrected is not None:
        return corrected
    wanted = (ORIGIN_OUTCOME, brief_reference, measured_on)
    return next(
        (
            one
            for one in objective.measurements
            if (one.origin, one.brief_reference, one.measured_on) == wanted and one.id not in corrections
        ),
        None,
    )


def _add(
    viewer: Viewer,
    strategy: Strategy,
    objective: Objective,
    details: MeasurementDetails,
    old: Measurement | None,
) -> Measurement:
    value = _checked_value(objective, details)
    becomes_baseline = details.is_baseline and can_be_baseline(objective, old)
    if becomes_baseline:
        _check_is_first(objective, details.measured_on, old)
    added = Measurement(
        objective_id=objective.id,
        measured_on=details.measured_on,
        value_milli=value,
        numerator=details.numerator,
        denominator=details.denominator,
        origin=old.origin if old else "own",
        source=details.source,
        brief_reference=old.brief_reference if old else "",
        by_id=viewer.user_id,
        replaces_id=old.id if old else None,
    )
    _store(viewer, objective, added)
    if becomes_baseline:
        objective.baseline_milli, objective.baseline_on = value, details.measured_on
        record(viewer, "objective.save", "objective", objective.id)
        save_version(viewer, strategy)
    return added


def can_be_baseline(objective: Objective, old: Measurement | None) -> bool:
    """Return True if a value may become the baseline: it is unknown, or equal to the measurement to be corrected."""
    if objective.baseline_milli is None:
        return True
    return old is not None and (objective.baseline_milli, objective.baseline_on) == (
        old.value_milli,
        old.measured_on,
    )


def _store(viewer: Viewer, objective: Objective, added: Measurement) -> None:
    session.add(added)
    session.flush()
    session.expire(objective, ["measurements"])
    action = "measurement.correct" if added.replaces_id else "measurement.create"
    action = "measurement.withdraw" if added.is_withdrawn else action
    record(viewer, action, "measurement", added.id, objective=objective.id)


def _check_unit(objective: Objective, expected_unit: str | None) -> None:
    if expected_unit is not None and expected_unit != objective.unit:
        raise Conflict(_("The unit of this objective has been changed. Check the number, and save it again."))


def _check_date_is_free(objective: Objective, day: dt.date) -> None:
    if any(one.measured_on == day for one in valid_readings(readings_of(objective))):
        raise RuleBroken(
            _("You have a value for this date already. Correct that one instead."), "measured_on"
        )


def _check_is_first(objective: Objective, day: dt.date, old: Measurement | None) -> None:
    """Refuse a baseline with a date after a measurement that is not itself corrected. Raises RuleBroken."""
    others = (one for one in valid_readings(readings_of(objective)) if old is None or one.id != old.id)
    if any(one.measured_on < day for one in others):
        raise RuleBroken(_("You have a measurement from before this date."), "is_baseline")


def _checked_value(objective: Objective, details: MeasurementDetails) -> int:
    """Return the value of a measurement, computed from numerator and denominator if they are given. Raises RuleBroken."""
    if details.measured_on > clock.today():
        raise RuleBroken(_("This date is in the future."), "measured_on")
    if (
        objective.baseline_milli is not None
        and objective.baseline_on is not None
        and details.measured_on < objective.baseline_on
    ):
        raise RuleBroken(
            _("This date is before the date of the number that you started from."), "measured_on"
        )
    value = _share(details) if objective.unit == SHARE else details.value
    if value is None:
        raise RuleBroken(_("Enter the number."), "value")
    if message := range_error(value, objective.unit):
        raise RuleBroken(message, "value")
    return value


def _share(details: MeasurementDetails) -> int | None:
    if details.numerator is None and details.denominator is None:
        return details.value
    if details.numerator is None or details.denominator is None:
        field = "numerator" if details.numerator is None else "denominator"
        raise RuleBroken(_("Enter both numbers, or none of them."), field)
    if details.denominator == 0:
        raise RuleBroken(_("This number must be higher than 0."), "denominator")
    if details.numerator > details.denominator:
        raise RuleBroken(_("A part cannot be higher than the total."), "numerator")
    computed = percentage_milli(details.numerator, details.denominator)
    if details.value is not None and not _is_rounded(details.value, computed):
        raise RuleBroken(_("The percentage does not match the two numbers."), "value")
    return computed


def _is_rounded(value: int, computed: int) -> bool:
    """Return True if a percentage differs from the computed one by no more than rounding to whole percent explains."""
    return abs(value - computed) < 1_000  # noqa: PLR2004 because a percent has 1,000 thousandths
