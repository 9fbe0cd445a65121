"""Seats of cohorts: how many are taken, offered to waiting companies, and free."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, or_, select

from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.programme.lifecycle import ParticipationState
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project
from marketplace.programme.models.sessions import CourseSession


@dataclass(frozen=True, slots=True)
class SeatCounts:
    """Numbers of companies with a seat in a cohort, with an offered seat there, and on the waiting list with it as first choice."""

    taken: int = 0
    offered: int = 0
    waiting: int = 0

    @property
    def used(self) -> int:
        """Number of seats that are taken or offered."""
        return self.taken + self.offered


NO_SEATS = SeatCounts()
_COUNTED: Mapping[str, str] = {ParticipationState.SIGNED_UP: "taken", ParticipationState.WAITING: "waiting"}
_SEATS = prepared(
    select(Participation.cohort_id, Participation.state, Participation.offered_cohort_id, func.count())
    .where(
        Participation.project_id == bindparam("project_id"),
        or_(Participation.state.in_(_COUNTED), Participation.offered_cohort_id.is_not(None)),
    )
    .group_by(Participation.cohort_id, Participation.state, Participation.offered_cohort_id)
)


def seat_counts(project_id: int) -> Mapping[int, SeatCounts]:
    """Count the seats of a project by cohort; cohorts without companies are left out."""
    counts: dict[int, dict[str, int]] = {}
    for cohort_id, state, offered_id, count in session.execute(_SEATS, {"project_id": project_id}):
        for key, name in ((cohort_id, _COUNTED.get(state, "")), (offered_id, "offered")):
            if key is not None and name:
                of_cohort = counts.setdefault(key, {})
                of_cohort[name] = of_cohort.get(name, 0) + count
    return {cohort_id: SeatCounts(**found) for cohort_id, found in counts.items()}


def count_free_seats(cohort: Cohort) -> int:
    """Count the seats of a cohort that are neither taken nor offered. Negative if there are more companies than seats."""
    return cohort.seats - seat_counts(cohort.project_id).get(cohort.id, NO_SEATS).used


def cohorts_to_offer(project_id: int) -> Sequence[Cohort]:
    """Return the active cohorts of a current project that have no sessions yet, or a session that has not begun."""
    planned = (
        select(CourseSession.id)
        .where(
            CourseSession.cohort_id == Cohort.id,
            CourseSession.cancelled_at.is_(None),
            CourseSession.catch_up_of_id.is_(None),
        )
        .correlate(Cohort)
    )
    query = (
        select(Cohort)
        .join(Cohort.project)
        .where(
            Cohort.project_id == project_id,
            Cohort.cancelled_at.is_(None),
            Project.closed_at.is_(None),
            or_(Project.ends_on.is_(None), Project.ends_on >= clock.today()),
            or_(~planned.exists(), planned.where(CourseSession.starts_at > clock.now()).exists()),
        )
        .order_by(Cohort.id)
    )
    return session.scalars(query).all()
