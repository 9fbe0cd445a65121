"""Rows for the course tasks on the home pages of business gardens and companies, with few columns and few statements."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased

from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.dates import local_date_after
from marketplace.core.viewer import Viewer
from marketplace.programme.lifecycle import CALL, LAPSED_OFFER, ParticipationState
from marketplace.programme.models.participation import Participation, ParticipationEvent
from marketplace.programme.models.projects import Cohort, Project, ProjectPerson, ProjectPlace
from marketplace.programme.models.sessions import CourseSession
from marketplace.programme.queries.projects import has_role

SOON_DAYS, PAST_DAYS = 14, 60
_GARDEN_ID = bindparam("garden_id", type_=Integer())
_NOW = bindparam("now", type_=CourseSession.starts_at.type)
_SOON = bindparam("soon", type_=CourseSession.starts_at.type)
_PAST = bindparam("past", type_=CourseSession.starts_at.type)
_USER_ID = bindparam("user_id", type_=Integer())
_TODAY = bindparam("today", type_=ProjectPerson.since.type)
_LED = (
    select(ProjectPerson.project_id)
    .join(Project, Project.id == ProjectPerson.project_id)
    .where(
        Project.garden_id == _GARDEN_ID,
        ProjectPerson.user_id == _USER_ID,
        ProjectPerson.role == "leader",
        has_role(_TODAY),
    )
)
_IS_RESPONSIBLE = or_(ProjectPlace.garden_id == _GARDEN_ID, ProjectPlace.project_id.in_(_LED))
"""Condition for the places of the viewer's garden, and for all places of projects that the viewer leads."""
_SEATED = (
    select(func.count())
    .where(Participation.cohort_id == Cohort.id, Participation.state == ParticipationState.SIGNED_UP)
    .correlate(Cohort)
    .scalar_subquery()
)
_EARLIER = aliased(CourseSession)
_IS_FIRST = ~(
    exists()
    .where(
        _EARLIER.cohort_id == CourseSession.cohort_id,
        _EARLIER.cancelled_at.is_(None),
        tuple_(_EARLIER.starts_at, _EARLIER.id) < tuple_(CourseSession.starts_at, CourseSession.id),
    )
    .correlate(CourseSession)
)
_SESSIONS = prepared(
    select(
        CourseSession.id,
        CourseSession.number,
        CourseSession.starts_at,
        CourseSession.ends_at,
        CourseSession.venue,
        CourseSession.held_at,
        Cohort.name.label("cohort"),
        Project.slug,
        _SEATED.label("seated"),
        case((Cohort.cancelled_at.is_(None) & _IS_FIRST, Cohort.seats), else_=0).label("seats_to_fill"),
    )
    .join(Cohort, Cohort.id == CourseSession.cohort_id)
    .join(ProjectPlace, ProjectPlace.id == Cohort.place_id)
    .join(Project, Project.id == Cohort.project_id)
    .where(
        _IS_RESPONSIBLE,
        CourseSession.cancelled_at.is_(None),
        CourseSession.starts_at > _PAST,
        CourseSession.starts_at <= _SOON,
        or_(CourseSession.held_at.is_(None), CourseSession.ends_at > _NOW),
    )
    .order_by(CourseSession.starts_at, CourseSession.id)
)
_LATER_CALL = aliased(ParticipationEvent)


def _not_called_since(moment: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Return the condition that nobody has called the company after a moment of the outer statement."""
    return ~(
        exists()
        .where(
            _LATER_CALL.participation_id == Participation.id,
            _LATER_CALL.transition == CALL,
            _LATER_CALL.at > moment,
        )
        .correlate(Participation, ParticipationEvent, CourseSession)
    )


_UNTAKEN = prepared(
    select(
        Participation.id,
        Participation.company_name,
        Project.slug,
        ParticipationEvent.transition,
        func.max(ParticipationEvent.at),
    )
    .join(ParticipationEvent, ParticipationEvent.participation_id == Participation.id)
    .join(Cohort, Cohort.id == Participation.cohort_id)
    .join(ProjectPlace, ProjectPlace.id == Cohort.place_id)
    .join(Project, Project.id == Participation.project_id)
    .where(
        _IS_RESPONSIBLE,
        ParticipationEvent.at > _PAST,
        ParticipationEvent.from_state == ParticipationState.WAITING,
        _not_called_since(ParticipationEvent.at),
        or_(
            and_(
                ParticipationEvent.transition == "release",
                ParticipationEvent.reason == LAPSED_OFFER,
                Participation.state == ParticipationState.LEAD,
            ),
            and_(
                ParticipationEvent.transition == "withdraw",
                Participation.state == ParticipationState.WITHDRAWN,
            ),
        ),
    )
    .group_by(Participation.id, Participation.company_name, Project.slug, ParticipationEvent.transition)
    .order_by(func.max(ParticipationEvent.at).desc(), Participation.id)
)
_CANCELLED = prepared(
    select(
        CourseSession.id,
        CourseSession.number,
        CourseSession.starts_at,
        Cohort.name,
        Project.slug,
        func.count(Participation.id),
    )
    .join(Cohort, Cohort.id == CourseSession.cohort_id)
    .join(ProjectPlace, ProjectPlace.id == Cohort.place_id)
    .join(Project, Project.id == Cohort.project_id)
    .join(Participation, Participation.cohort_id == Cohort.id)
    .where(
        _IS_RESPONSIBLE,
        CourseSession.cancelled_at.is_not(None),
        CourseSession.starts_at > _NOW,
        CourseSession.starts_at <= _SOON,
        Participation.state == ParticipationState.SIGNED_UP,
        Participation.contact_email == "",
        Participation.company_id.is_(None),
        _not_called_since(CourseSession.cancelled_at),
    )
    .group_by(CourseSession.id, CourseSession.number, CourseSession.starts_at, Cohort.name, Project.slug)
    .order_by(CourseSession.starts_at, CourseSession.id)
)
_NEXT = prepared(
    select(
        CourseSession.id,
        CourseSession.number,
        CourseSession.title,
        CourseSession.starts_at,
        CourseSession.venue,
        CourseSession.municipality_number,
    )
    .join(Participation, Participation.cohort_id == CourseSession.cohort_id)
    .where(
        Participation.company_id == bindparam("company_id", type_=Integer()),
        Participation.state == ParticipationState.SIGNED_UP,
        CourseSession.cancelled_at.is_(None),
        CourseSession.ends_at > _NOW,
    )
    .order_by(CourseSession.starts_at, CourseSession.id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class HomeSession:
    """A session for which a member of a garden has a task. `seats_to_fill` is 0 unless it is the first of its course."""

    id: int
    number: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    venue: str
    held_at: dt.datetime | None
    cohort: str
    slug: str
    seated: int
    seats_to_fill: int

    @property
    def free_seats(self) -> int:
        """Number of free seats, if the session is the first of its course; otherwise 0."""
        return max(self.seats_to_fill - self.seated, 0)

    @property
    def is_today(self) -> bool:
        """True on the local day of the session."""
        return clock.to_local(self.starts_at).date() == clock.today()


@dataclass(frozen=True, slots=True)
class CancelledSession:
    """A cancelled session with the number of companies that no e-mail reaches."""

    id: int
    number: int
    starts_at: dt.datetime
    cohort: str
    slug: str
    to_call: int


@dataclass(frozen=True, slots=True)
class UntakenSeat:
    """A company that did not take an offered seat, or that left the waiting list."""

    participation_id: int
    company_name: str
    slug: str
    transition: str
    at: dt.datetime


def home_sessions(viewer: Viewer) -> list[HomeSession]:
    """Return the sessions of today and the next two weeks, and past ones not confirmed as held, by time.

    Only sessions at the garden's places and, for a project leader, at all places of the project.
    """
    values = _coming(viewer) | {"past": clock.now() - dt.timedelta(days=PAST_DAYS)}
    return [HomeSession(*row) for row in session.execute(_SESSIONS, values)]


def cancelled_sessions_to_call_about(viewer: Viewer) -> list[CancelledSession]:
    """Return the cancelled sessions of the next two weeks with companies to call: no e-mail reaches them."""
    return [CancelledSession(*row) for row in session.execute(_CANCELLED, _coming(viewer))]


def untaken_seats(viewer: Viewer) -> list[UntakenSeat]:
    """Return the companies whose offer lapsed, or that left the waiting list, in the last two weeks, latest first."""
    values = _responsibility(viewer) | {"past": clock.now() - dt.timedelta(days=SOON_DAYS)}
    return [UntakenSeat(*row) for row in session.execute(_UNTAKEN, values)]


def next_sessions_of(company_id: int) -> Sequence[Row[int, int, str, dt.datetime, str, str]]:
    """Return the next session of a company's course as a list of one row, or an empty list."""
    return session.execute(_NEXT, {"company_id": company_id, "now": clock.now()}).all()


def _coming(viewer: Viewer) -> dict[str, object]:
    now = clock.now()
    soon = clock.end_of_day(local_date_after(now, days=SOON_DAYS))
    return _responsibility(viewer) | {"now": now, "soon": soon}


def _responsibility(viewer: Viewer) -> dict[str, object]:
    return {"garden_id": viewer.organisation_id, "user_id": viewer.user_id, "today": clock.today()}
