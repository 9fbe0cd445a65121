"""Periods of a company's projects and last sessions of its courses, and projects whose retention period is over."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select

from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.dates import cutoff_passed
from marketplace.programme.lifecycle import ParticipationState
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Project
from marketplace.programme.models.sessions import CourseSession
from marketplace.strategy.objective_warnings import Period

_PERIODS = prepared(
    select(Project.starts_on, Project.ends_on)
    .join(Participation, Participation.project_id == Project.id)
    .where(
        Participation.company_id == bindparam("company_id"),
        Participation.state == ParticipationState.SIGNED_UP,
        Project.closed_at.is_(None),
        or_(Project.ends_on.is_(None), Project.ends_on >= bindparam("today")),
    )
    .order_by(Project.starts_on, Project.id)
)


def project_periods(company_id: int) -> list[Period]:
    """Return the periods of the projects in which a company has a seat and that have not ended."""
    params = {"company_id": company_id, "today": clock.today()}
    return [Period(row.starts_on, row.ends_on) for row in session.execute(_PERIODS, params)]


def ended_projects(months: int) -> Any:
    """Build a subquery of the projects that ended over `months` ago. A project without an end date ends when it is closed."""
    limit = cutoff_passed(months=months)
    last_day = clock.to_local(limit).date()
    ended = select(Project.id).where(
        or_(Project.ends_on < last_day, and_(Project.ends_on.is_(None), Project.closed_at < limit))
    )
    return ended.scalar_subquery()


_COURSE_ENDS = prepared(
    select(Participation.company_id, func.max(CourseSession.ends_at))
    .join(CourseSession, CourseSession.cohort_id == Participation.cohort_id)
    .where(
        Participation.company_id.in_(bindparam("company_ids", expanding=True)),
        Participation.state == ParticipationState.SIGNED_UP,
        CourseSession.cancelled_at.is_(None),
    )
    .group_by(Participation.company_id)
)


def course_ends(company_ids: Sequence[int]) -> dict[int, dt.date]:
    """Return the local date of the last session of the course in which each company has a seat, by company id."""
    rows = session.execute(_COURSE_ENDS, {"company_ids": company_ids}).all()
    return {number: clock.to_local(ends_at).date() for number, ends_at in rows if number is not None}
