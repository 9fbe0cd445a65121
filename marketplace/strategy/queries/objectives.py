"""Objectives of a company's strategy with their measurements, status and due dates."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound, or_404
from marketplace.core.viewer import Viewer
from marketplace.strategy.hooks import find_project_periods
from marketplace.strategy.models.objectives import Measurement, Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.objective_state import (
    ObjectiveState,
    ObjectiveTerms,
    Reading,
    Status,
    next_due,
    objective_state,
    valid_readings,
)
from marketplace.strategy.objective_warnings import (
    ObjectiveWarning,
    Period,
    common_warnings,
    objective_warnings,
)

MAX_REMOVED = 5
"""Removed objectives that are offered to be restored."""


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    """An objective with its computed state. `valid` are the measurements that are neither corrected nor withdrawn."""

    objective: Objective
    terms: ObjectiveTerms
    state: ObjectiveState
    valid: Sequence[Measurement]
    next_due: dt.date | None
    warnings: Sequence[ObjectiveWarning]

    @property
    def is_due(self) -> bool:
        """True if a measurement is due today or overdue."""
        return self.next_due is not None and self.next_due <= clock.today()

    @property
    def latest(self) -> Measurement | None:
        """The newest valid measurement, or None."""
        reading = self.state.latest
        return next((one for one in self.valid if reading is not None and one.id == reading.id), None)

    @property
    def replaced_ids(self) -> frozenset[int]:
        """Ids of the measurements that a correction or a withdrawal replaces."""
        measurements = self.objective.measurements
        return frozenset(one.replaces_id for one in measurements if one.replaces_id is not None)

    @property
    def withdrawals(self) -> dict[int, Measurement]:
        """Withdrawals by the id of the measurement that each withdraws."""
        withdrawn = (one for one in self.objective.measurements if one.is_withdrawn)
        return {one.replaces_id: one for one in withdrawn if one.replaces_id is not None}


@dataclass(frozen=True, slots=True)
class ObjectiveList:
    """Objectives of a company, the latest removed ones, and warnings about the current ones together."""

    current: Sequence[ObjectiveView]
    removed: Sequence[Objective]
    warnings: Sequence[ObjectiveWarning]


def terms_of(objective: Objective) -> ObjectiveTerms:
    """Return an objective as plain values."""
    return ObjectiveTerms(
        objective.direction,
        objective.baseline_milli,
        objective.target_milli,
        objective.target_on,
        objective.baseline_on,
        objective.rhythm,
        objective.source,
        objective.indicator,
        clock.to_local(objective.created_at).date(),
    )


def readings_of(objective: Objective) -> list[Reading]:
    """Return the measurements of an objective as plain values."""
    return [
        Reading(one.id, one.measured_on, one.value_milli, one.replaces_id, one.is_withdrawn)
        for one in objective.measurements
    ]


def view_objective(objective: Objective, periods: Sequence[Period] = ()) -> ObjectiveView:
    """Compute the status, due date and warnings of an objective today, with the periods of the company's projects."""
    terms, readings, today = terms_of(objective), readings_of(objective), clock.today()
    by_id = {one.id: one for one in objective.measurements}
    state = objective_state(terms, readings, today)
    warnings = objective_warnings(terms, today, periods)
    if state.status in {Status.REACHED, Status.NOT_REACHED}:
        warnings = [one for one in warnings if one is not ObjectiveWarning.TARGET_IN_PAST]
    return ObjectiveView(
        objective,
        terms,
        state,
        [by_id[one.id] for one in valid_readings(readings)],
        next_due(terms, readings),
        warnings,
    )


def objectives_of(strategy: Strategy) -> list[ObjectiveView]:
    """Return the objectives of a strategy in their order, without removed ones."""
    query = select(Objective).where(Objective.strategy_id == strategy.id, Objective.removed_at.is_(None))
    query = query.options(selectinload(Objective.measurements))
    return [view_objective(one) for one in session.scalars(query.order_by(Objective.position, Objective.id))]


_OF_COMPANY = prepared(
    select(Objective)
    .join(Strategy, Strategy.id == Objective.strategy_id)
    .where(Strategy.company_id == bindparam("company_id"))
    .options(joinedload(Objective.measurements))
    .order_by(Objective.position, Objective.id)
)
_CURRENT = prepared(_OF_COMPANY.where(Objective.removed_at.is_(None)))


def own_objectives(viewer: Viewer) -> ObjectiveList:
    """Return the objectives of the viewer's company. Raises NotFound for other viewers."""
    if not viewer.is_company:
        raise NotFound
    rows = session.scalars(_OF_COMPANY, {"company_id": viewer.organisation_id}).unique().all()
    periods = find_project_periods(viewer.organisation_id) if rows else []
    current = [view_objective(one, periods) for one in rows if one.removed_at is None]
    removed = sorted(
        (one for one in rows if one.removed_at is not None), key=lambda one: str(one.removed_at), reverse=True
    )
    warnings = common_warnings([one.terms for one in current])
    return ObjectiveList(current, removed[:MAX_REMOVED], warnings)


_OWN = prepared(
    select(Objective)
    .join(Strategy, Strategy.id == Objective.strategy_id)
    .where(
        Strategy.company_id == bindparam("company_id"),
        Objective.id == bindparam("id"),
        Objective.removed_at.is_(None),
    )
    .options(selectinload(Objective.measurements).joinedload(Measurement.by))
)


def own_objective(viewer: Viewer, objective_id: int) -> Objective:
    """Return an objective of the viewer's company that is not removed. Raises NotFound."""
    if not viewer.is_company:
        raise NotFound
    return or_404(session.scalar(_OWN, {"company_id": viewer.organisation_id, "id": objective_id}))


def own_measurement(viewer: Viewer, objective_id: int, measurement_id: int) -> Measurement:
    """Return a measurement of an objective of the viewer's company. Raises NotFound."""
    objective = own_objective(viewer, objective_id)
    return or_404(
        next(
            (one for one in objective.measurements if one.id == measurement_id and not one.is_withdrawn), None
        )
    )


def due_objectives(company_id: int) -> list[ObjectiveView]:
    """Return the objectives of a company whose measurement is due, the longest overdue first."""
    rows = session.scalars(_CURRENT, {"company_id": company_id}).unique()
    due = [one for one in map(view_objective, rows) if one.is_due]
    return sorted(due, key=lambda one: (str(one.next_due), one.objective.id))
