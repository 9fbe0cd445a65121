"""Places, cohorts and people of a project, and the content of its page."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.collation import norwegian_order
from marketplace.core.database import UtcDateTime, prepared, session
from marketplace.core.errors import NotFound, or_404
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden, Membership, Organisation
from marketplace.programme.lifecycle import ParticipationState
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project, ProjectGarden, ProjectPerson, ProjectPlace
from marketplace.programme.models.sessions import CourseSession
from marketplace.programme.queries.projects import ProjectAccess, projects_query
from marketplace.programme.queries.seats import NO_SEATS, SeatCounts, seat_counts

MAX_UPCOMING = 6


@dataclass(frozen=True, slots=True)
class ProjectSummary:
    """A project in the list, with the companies that have a seat at the viewer's places, and the next session there."""

    project: Project
    signed_up: int
    next_session_at: dt.datetime | None
    is_own: bool


@dataclass(frozen=True, slots=True)
class CohortSeats:
    """A cohort with its seats."""

    cohort: Cohort
    counts: SeatCounts

    @property
    def free(self) -> int:
        """Number of seats that are neither taken nor offered; 0 if there are more companies than seats."""
        return max(0, self.cohort.seats - self.counts.used)


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """Content of the page of a project, restricted to the places that the viewer may see.

    `finished` are the ids of the cohorts whose course is over.
    """

    cohorts: Sequence[CohortSeats]
    cancelled: Sequence[Cohort]
    people: Sequence[ProjectPerson]
    partners: Sequence[BusinessGarden]
    upcoming: Sequence[CourseSession]
    session_counts: Counter[int]
    finished: Collection[int]
    states: Counter[str]

    @property
    def signed_up(self) -> int:
        """Number of companies with a seat."""
        return self.states[ParticipationState.SIGNED_UP]

    @property
    def has_unplanned_cohort(self) -> bool:
        """True if a cohort has no sessions yet."""
        return any(not self.session_counts[row.cohort.id] for row in self.cohorts)

    @property
    def active_percent(self) -> int:
        """Sum of the percentages of a full-time position that people fill today."""
        today = clock.today()
        return sum(
            person.percent
            for person in self.people
            if person.since <= today and (person.until is None or person.until >= today)
        )


def project_list(viewer: Viewer) -> list[ProjectSummary]:
    """Return the viewer's projects, open ones first and newest first. Raises NotFound outside business gardens."""
    query = projects_query(viewer).options(joinedload(Project.garden))
    projects = session.scalars(
        query.order_by(Project.closed_at.is_not(None), Project.starts_on.desc(), Project.id)
    ).all()
    visible = and_(
        ProjectPlace.project_id.in_([project.id for project in projects]),
        or_(
            ProjectPlace.garden_id == viewer.organisation_id,
            ProjectPlace.project_id.in_([p.id for p in projects if p.garden_id == viewer.organisation_id]),
        ),
    )
    seats = (
        select(Cohort.project_id, func.count())
        .join(ProjectPlace, ProjectPlace.id == Cohort.place_id)
        .join(Participation, Participation.cohort_id == Cohort.id)
        .where(visible, Participation.state == ParticipationState.SIGNED_UP)
        .group_by(Cohort.project_id)
    )
    next_sessions = (
        select(Cohort.project_id, func.min(CourseSession.starts_at))
        .join(ProjectPlace, ProjectPlace.id == Cohort.place_id)
        .join(CourseSession, CourseSession.cohort_id == Cohort.id)
        .where(visible, CourseSession.ends_at > clock.now(), CourseSession.cancelled_at.is_(None))
        .group_by(Cohort.project_id)
    )
    signed_up = _rows_by_key(seats) if projects else {}
    upcoming = _rows_by_key(next_sessions) if projects else {}

    return [
        ProjectSummary(
            project,
            signed_up.get(project.id, 0),
            upcoming.get(project.id),
            project.garden_id == viewer.organisation_id,
        )
        for project in projects
    ]


def project_page(access: ProjectAccess) -> ProjectPage:
    """Return the content of the page of a project, restricted to the places that the viewer may see."""
    cohorts = cohorts_with_seats(access)
    cohort_ids = [row.cohort.id for row in cohorts]
    return ProjectPage(
        cohorts=[row for row in cohorts if row.cohort.cancelled_at is None],
        cancelled=[row.cohort for row in cohorts if row.cohort.cancelled_at is not None],
        people=_people(access),
        partners=partner_gardens(access.project),
        upcoming=session.scalars(upcoming_sessions(cohort_ids).limit(MAX_UPCOMING)).all(),
        session_counts=_count_sessions(cohort_ids),
        finished=finished_cohorts(cohort_ids),
        states=_count_states(access, cohort_ids),
    )


_COHORTS = prepared(
    select(Cohort)
    .join(Cohort.place)
    .options(contains_eager(Cohort.place), joinedload(Cohort.project))
    .where(
        Cohort.project_id == bindparam("project_id"),
        Cohort.place_id.in_(bindparam("place_ids", expanding=True)),
    )
    .order_by(Cohort.place_id, norwegian_order(Cohort.name), Cohort.id)
)


def cohorts_of(access: ProjectAccess) -> Sequence[Cohort]:
    """Return the cohorts at the places that the viewer may see, in order of place and name."""
    params = {"project_id": access.project.id, "place_ids": access.place_ids}
    return session.scalars(_COHORTS, params).all()


_FINISHED = prepared(
    select(CourseSession.cohort_id)
    .where(
        CourseSession.cohort_id.in_(bindparam("cohort_ids", expanding=True)),
        CourseSession.cancelled_at.is_(None),
    )
    .group_by(CourseSession.cohort_id)
    .having(func.max(CourseSession.ends_at) < bindparam("now", type_=UtcDateTime()))
)


def finished_cohorts(cohort_ids: Sequence[int]) -> set[int]:
    """Return the ids of the cohorts whose last session is over."""
    return set(session.scalars(_FINISHED, {"cohort_ids": cohort_ids, "now": clock.now()}))


def cohort_for(access: ProjectAccess, cohort_id: int) -> Cohort:
    """Return a cohort at a place that the viewer may see. Raises NotFound."""
    cohort = session.get(Cohort, cohort_id)
    if cohort is None or cohort.project_id != access.project.id or cohort.place_id not in access.place_ids:
        raise NotFound
    return cohort


def place_for(access: ProjectAccess, place_id: int) -> ProjectPlace:
    """Return a place that the viewer may see. Raises NotFound."""
    return or_404(next((place for place in access.places if place.id == place_id), None))


def person_for(access: ProjectAccess, person_id: int) -> ProjectPerson:
    """Return a person's role in a project, for the project leader. Raises NotFound."""
    person = session.get(ProjectPerson, person_id)
    if person is None or person.project_id != access.project.id:
        raise NotFound
    return person


def partner_gardens(project: Project) -> Sequence[BusinessGarden]:
    """Return the partner gardens of a project, by name, without its owner."""
    query = (
        select(BusinessGarden)
        .join(ProjectGarden, ProjectGarden.garden_id == BusinessGarden.id)
        .where(ProjectGarden.project_id == project.id)
        .order_by(norwegian_order(BusinessGarden.name), BusinessGarden.id)
    )
    return session.scalars(query).all()


def eligible_people(project: Project) -> list[tuple[int, str]]:
    """Return id and name of the active members of a project's gardens, by name."""
    partners = select(ProjectGarden.garden_id).where(ProjectGarden.project_id == project.id)
    query = (
        select(User.id, User.name, Organisation.name)
        .join(Membership, Membership.user_id == User.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            or_(
                Membership.organisation_id == project.garden_id,
                Membership.organisation_id.in_(partners),
            ),
            User.is_active,
        )
        .order_by(norwegian_order(User.name), User.id)
    )
    return [(user_id, f"{name}, {garden}") for user_id, name, garden in session.execute(query)]


def upcoming_sessions(cohort_ids: Sequence[int]) -> Select[CourseSession]:
    """Build the query for sessions of the given cohorts that are neither over nor cancelled, the next one first."""
    return (
        select(CourseSession)
        .where(
            CourseSession.cohort_id.in_(cohort_ids),
            CourseSession.ends_at > clock.now(),
            CourseSession.cancelled_at.is_(None),
        )
        .order_by(CourseSession.starts_at, CourseSession.id)
    )


def cohorts_with_seats(access: ProjectAccess) -> list[CohortSeats]:
    """Return the cohorts that the viewer may see, with their seats."""
    counts = seat_counts(access.project.id)
    return [CohortSeats(cohort, counts.get(cohort.id, NO_SEATS)) for cohort in cohorts_of(access)]


def _people(access: ProjectAccess) -> Sequence[ProjectPerson]:
    """Return the people of a project, current ones first. A partner garden sees leaders and the managers of its places."""
    query = select(ProjectPerson).options(joinedload(ProjectPerson.user), joinedload(ProjectPerson.place))
    query = query.where(ProjectPerson.project_id == access.project.id)
    if not access.is_owner_garden:
        query = query.where(
            or_(ProjectPerson.place_id.is_(None), ProjectPerson.place_id.in_(access.place_ids))
        )
    return session.scalars(
        query.order_by(ProjectPerson.until.is_not(None), ProjectPerson.role, ProjectPerson.id)
    ).all()


def _count_sessions(cohort_ids: Sequence[int]) -> Counter[int]:
    query = (
        select(CourseSession.cohort_id, func.count())
        .where(CourseSession.cohort_id.in_(cohort_ids), CourseSession.catch_up_of_id.is_(None))
        .group_by(CourseSession.cohort_id)
    )
    return Counter(_rows_by_key(query))


def _count_states(access: ProjectAccess, cohort_ids: Sequence[int]) -> Counter[str]:
    query = select(Participation.state, func.count()).where(Participation.project_id == access.project.id)
    if not access.is_owner_garden:
        query = query.where(Participation.cohort_id.in_(cohort_ids))
    return Counter(_rows_by_key(query.group_by(Participation.state)))


def _rows_by_key(query: Executable) -> dict[Any, Any]:
    """Return the rows of a query with two columns as a dictionary."""
    return {row[0]: row[1] for row in session.execute(query)}
