"""The state of an objective (reached, on the way, not reached), its progress and due dates.

All values are thousandths of the unit.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from marketplace.core.dates import add_months


class Direction(StrEnum):
    """Direction in which values get better."""

    UP = "up"
    DOWN = "down"


class Rhythm(StrEnum):
    """How often an objective is measured."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ONCE = "once"


class Status(StrEnum):
    """Status of an objective. Without a measurement it is not measured, even after the target date."""

    NOT_MEASURED = "not_measured"
    ON_THE_WAY = "on_the_way"
    REACHED = "reached"
    NOT_REACHED = "not_reached"


MONTHS = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3}


@dataclass(frozen=True, slots=True)
class ObjectiveTerms:
    """Target and baseline of an objective. A baseline of None is unknown, which is not zero."""

    direction: str
    baseline_milli: int | None
    target_milli: int
    target_on: dt.date
    baseline_on: dt.date | None = None
    rhythm: str = Rhythm.MONTHLY
    source: str = ""
    indicator: str = ""
    created_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured value. A correction names the reading that it replaces; a withdrawal does too, and has no value."""

    id: int
    measured_on: dt.date
    value_milli: int
    replaces_id: int | None = None
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class ObjectiveState:
    """The state of an objective on a day. `progress` is the share of the way from baseline to target, or None.

    A negative share is a step back, and a share above one is beyond the target. `reached_late` is set if the target was
    not met on its date and is met by a later reading.
    """

    status: Status
    latest: Reading | None = None
    progress: Fraction | None = None
    reached_late: bool = False


def valid_readings(readings: Iterable[Reading]) -> list[Reading]:
    """Return the readings that are neither corrected nor withdrawn, by date and then in the order of recording."""
    known = list(readings)
    replaced = {one.replaces_id for one in known if one.replaces_id is not None}
    valid = (one for one in known if one.id not in replaced and not one.is_withdrawn)
    return sorted(valid, key=lambda one: (one.measured_on, one.id))


def is_met(terms: ObjectiveTerms, value_milli: int) -> bool:
    """Return True if a value is at the target or beyond it, in the direction of the objective."""
    if terms.direction == Direction.DOWN:
        return value_milli <= terms.target_milli
    return value_milli >= terms.target_milli


def objective_state(terms: ObjectiveTerms, readings: Iterable[Reading], today: dt.date) -> ObjectiveState:
    """Return the state of an objective on a day.

    Until the target date, the latest reading decides. After it, the last reading up to that date decides, so that an
    objective that was reached in time remains reached; a later reading may still reach the target, but late.
    """
    valid = [one for one in valid_readings(readings) if one.measured_on <= today]
    if not valid:
        return ObjectiveState(Status.NOT_MEASURED)
    latest = valid[-1]
    progress = progress_to(terms, latest.value_milli)
    if is_met(terms, latest.value_milli):
        return ObjectiveState(Status.REACHED, latest, progress, reached_late=_is_late(terms, valid))
    if today <= terms.target_on:
        return ObjectiveState(Status.ON_THE_WAY, latest, progress)
    in_time = [one for one in valid if one.measured_on <= terms.target_on]
    is_reached = bool(in_time) and is_met(terms, in_time[-1].value_milli)
    return ObjectiveState(Status.REACHED if is_reached else Status.NOT_REACHED, latest, progress)


def _is_late(terms: ObjectiveTerms, valid: Sequence[Reading]) -> bool:
    """Return True if the target was not met by its date, but by a reading after it."""
    in_time = [one for one in valid if one.measured_on <= terms.target_on]
    return not (in_time and is_met(terms, in_time[-1].value_milli))


def progress_to(terms: ObjectiveTerms, value_milli: int) -> Fraction | None:
    """Return the share of the way from baseline to target; None if either end of the way is missing.

    A target that is equal to the baseline or worse leaves no way to go.
    """
    if terms.baseline_milli is None or is_met(terms, terms.baseline_milli):
        return None
    return Fraction(value_milli - terms.baseline_milli, terms.target_milli - terms.baseline_milli)


def next_due(terms: ObjectiveTerms, readings: Iterable[Reading]) -> dt.date | None:
    """Return when an objective is to be measured next, possibly in the past; None after the last measurement.

    The last measurement is the first one on the target date or later. With the rhythm "once" it is the only one.
    """
    dates = _due_dates(terms, readings)
    return next(iter(dates), None)


def last_due(terms: ObjectiveTerms, readings: Iterable[Reading], today: dt.date) -> dt.date | None:
    """Return the latest date up to today on which a measurement was due that is still missing, or None."""
    latest = None
    for due in _due_dates(terms, readings):
        if due > today:
            break
        latest = due
    return latest


def _due_dates(terms: ObjectiveTerms, readings: Iterable[Reading]) -> Iterable[dt.date]:
    """Yield the dates of the missing measurements in order; the target date is the last one."""
    valid = valid_readings(readings)
    start = valid[-1].measured_on if valid else terms.baseline_on or terms.created_on or terms.target_on
    if valid and start >= terms.target_on:
        return
    months = MONTHS.get(Rhythm(terms.rhythm))
    count = 1
    while months and (due := add_months(start, months * count)) < terms.target_on:
        yield due
        count += 1
    yield terms.target_on
