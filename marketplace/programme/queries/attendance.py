"""The attendance list of a session, and attendance per company."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased, joinedload

from marketplace.core import clock
from marketplace.core.collation import sort_key
from marketplace.core.database import prepared, session
from marketplace.core.errors import InvalidLink, or_404
from marketplace.core.grouping import group
from marketplace.core.identifiers import token_hash
from marketplace.programme.attendance import ATTENDED, Mark, MarkEvent, latest_marks
from marketplace.programme.lifecycle import ParticipationState
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, ProjectPlace
from marketplace.programme.models.sessions import AttendanceMark, CourseSession, SessionLink


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """A company on the attendance list of a session. `mark` is None until the company has been marked."""

    participation: Participation
    mark: Mark | None
    is_guest: bool = False

    @property
    def is_here(self) -> bool:
        """True if the company is marked as present, on time or late."""
        return self.mark in ATTENDED


@dataclass(frozen=True, slots=True)
class AttendanceList:
    """The attendance list of a session: its companies with a seat and its guests, by name."""

    session: CourseSession
    rows: Sequence[AttendanceRow]

    @property
    def here(self) -> int:
        """Number of companies that are marked as present, on time or late."""
        return sum(row.is_here for row in self.rows)

    @property
    def is_over_capacity(self) -> bool:
        """True if walk-in companies have made the list longer than the cohort has seats."""
        return len(self.rows) > self.session.cohort.seats


def attendance_list(course_session: CourseSession) -> AttendanceList:
    """Return the attendance list of a session."""
    marks = marks_of([course_session.id]).get(course_session.id, {})
    query = select(Participation).where(
        or_(
            (Participation.cohort_id == course_session.cohort_id)
            & (Participation.state == ParticipationState.SIGNED_UP),
            Participation.id.in_(marks),
        )
    )
    rows = [
        AttendanceRow(one, marks.get(one.id), is_guest=one.cohort_id != course_session.cohort_id)
        for one in session.scalars(query)
    ]
    return AttendanceList(
        course_session,
        sorted(rows, key=lambda row: (sort_key(row.participation.company_name), row.participation.id)),
    )


def marks_of(session_ids: Collection[int], as_of: dt.datetime | None = None) -> dict[int, dict[int, Mark]]:
    """Return the latest marks, by session and participation; with `as_of`, of those received by then."""
    query = select(
        AttendanceMark.session_id,
        AttendanceMark.participation_id,
        AttendanceMark.mark,
        AttendanceMark.marked_at,
        AttendanceMark.client_key,
    ).where(AttendanceMark.session_id.in_(session_ids))
    if as_of is not None:
        query = query.where(AttendanceMark.recorded_at <= as_of)
    events = group((row.session_id, _event(row)) for row in session.execute(query))
    return {
        session_id: {one: event.mark for one, event in latest_marks(found).items()}
        for session_id, found in events.items()
    }


def is_attended(session_id: int) -> bool:
    """Return True if any company is marked as having attended a session."""
    return any(mark in ATTENDED for mark in marks_of([session_id]).get(session_id, {}).values())


def _event(row: Any) -> MarkEvent:
    return MarkEvent(row.participation_id, Mark(row.mark), row.marked_at, row.client_key)


def marks_by_participation(
    marks: Iterable[tuple[int, Any]],
) -> dict[int, dict[int, tuple[int, Mark]]]:
    """Return (number in the course plan, latest mark) by participation and session.

    `marks` are pairs of a session's number in the course plan and a stored mark, or a row with the columns of a mark.
    """
    rows = list(marks)
    numbers = {row.session_id: number for number, row in rows}
    events = group((row.session_id, _event(row)) for _number, row in rows)
    found: dict[int, dict[int, tuple[int, Mark]]] = {}
    for session_id, of_session in events.items():
        for participation_id, event in latest_marks(of_session).items():
            found.setdefault(participation_id, {})[session_id] = (numbers[session_id], event.mark)
    return found


_LATER = aliased(AttendanceMark)
_IS_REPLACED = exists().where(
    _LATER.session_id == AttendanceMark.session_id,
    _LATER.participation_id == AttendanceMark.participation_id,
    tuple_(_LATER.marked_at, _LATER.client_key) > tuple_(AttendanceMark.marked_at, AttendanceMark.client_key),
)
# The SQL of `latest_marks` and `count_attended`.
_ATTENDED = prepared(
    select(AttendanceMark.participation_id, func.count(CourseSession.number.distinct()))
    .join(CourseSession, CourseSession.id == AttendanceMark.session_id)
    .where(
        AttendanceMark.participation_id.in_(bindparam("ids", expanding=True)),
        AttendanceMark.mark.in_(ATTENDED),
        ~_IS_REPLACED,
    )
    .group_by(AttendanceMark.participation_id)
)


def attended_by(participation_ids: Sequence[int]) -> dict[int, int]:
    """Count the sessions that each company attended, by participation. Companies that attended none are left out."""
    return dict(session.execute(_ATTENDED, {"ids": participation_ids}).all())


def others_in_project(course_session: CourseSession) -> list[Participation]:
    """Return the companies that may turn up at a session without a seat in its cohort, by name.

    Companies of cohorts of other gardens are left out, because this garden may not see their names.
    """
    cohort = course_session.cohort
    of_garden = select(Cohort.id).join(Cohort.place).where(ProjectPlace.garden_id == cohort.place.garden_id)
    query = select(Participation).where(
        Participation.project_id == cohort.project_id,
        Participation.cohort_id.in_(of_garden),
        or_(
            Participation.cohort_id != course_session.cohort_id,
            Participation.state != ParticipationState.SIGNED_UP,
        ),
    )
    return sorted(session.scalars(query), key=lambda one: (sort_key(one.company_name), one.id))


def session_of_link(token: str, purpose: str) -> CourseSession:
    """Return the session of a link that has not expired or been withdrawn. Raises InvalidLink."""
    query = (
        select(CourseSession)
        .join(SessionLink, SessionLink.session_id == CourseSession.id)
        .options(joinedload(CourseSession.cohort).joinedload(Cohort.project))
        .where(
            SessionLink.token_hash == token_hash(token[:100]),
            SessionLink.purpose == purpose,
            SessionLink.withdrawn_at.is_(None),
            SessionLink.expires_at > clock.now(),
        )
    )
    found = session.scalar(query)
    if found is None:
        raise InvalidLink
    return found


def open_links(session_id: int, purpose: str) -> Sequence[SessionLink]:
    """Return the links to a session that have not expired or been withdrawn, newest first."""
    query = (
        select(SessionLink)
        .where(
            SessionLink.session_id == session_id,
            SessionLink.purpose == purpose,
            SessionLink.withdrawn_at.is_(None),
            SessionLink.expires_at > clock.now(),
        )
        .order_by(SessionLink.id.desc())
    )
    return session.scalars(query).all()


def session_by_id(session_id: int) -> CourseSession:
    """Return a session without checking access: the code in the URL authorizes the page. Raises NotFound."""
    return or_404(session.get(CourseSession, session_id))


def days_until(course_session: CourseSession) -> int:
    """Return the number of days until the local date of a session; negative after that date."""
    return (clock.to_local(course_session.starts_at).date() - clock.today()).days
