"""Dates of the last course sessions of companies, after which they take the self-assessment again."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.programme.lifecycle import ParticipationState
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.sessions import CourseSession

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
