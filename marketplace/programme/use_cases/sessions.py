"""Planning, moving and cancelling the sessions of a course."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from marketplace.audit.use_cases import check_object_unchanged, record
from marketplace.core import clock
from marketplace.core.course_plan import course_plan
from marketplace.core.database import lock_row, session, transaction
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import gettext as _, use_locale
from marketplace.core.identifiers import new_token
from marketplace.core.viewer import Viewer
from marketplace.programme.models.projects import Cohort, Project
from marketplace.programme.models.sessions import CourseSession
from marketplace.programme.notices.sessions import time_and_place
from marketplace.programme.queries.attendance import is_attended
from marketplace.programme.queries.cohorts import cohort_for
from marketplace.programme.queries.projects import ProjectAccess, project_for
from marketplace.programme.queries.sessions import cohorts_with_sessions, session_for
from marketplace.programme.use_cases.calendar import announce_cancellation, announce_move, announce_new
from marketplace.programme.use_cases.seating import lock_project
from marketplace.programme.use_cases.session_reminders import reset_reminders

CALENDAR_FIELDS = ("starts_at", "ends_at", "venue", "address", "municipality_number")
"""Columns of time and place. A change gives calendar entries a new sequence number (RFC 5546, section 2.1.4)."""


@dataclass(frozen=True, slots=True)
class SessionDetails:
    """Values of a session in a form, with its date and times in local time."""

    title: str
    day: dt.date
    starts: dt.time
    ends: dt.time
    venue: str
    address: str
    municipality_number: str
    lecturer: str
    lecturer_email: str


@dataclass(frozen=True, slots=True)
class CourseDates:
    """Plan of a course: the weeks between two sessions, and the first session, whose other values all sessions share."""

    weeks: int
    first: SessionDetails


def session_details(course_session: CourseSession) -> SessionDetails:
    """Return the current details of a session."""
    starts, ends = clock.to_local(course_session.starts_at), clock.to_local(course_session.ends_at)
    return SessionDetails(
        title=course_session.title,
        day=starts.date(),
        starts=starts.time(),
        ends=ends.time(),
        venue=course_session.venue,
        address=course_session.address,
        municipality_number=course_session.municipality_number,
        lecturer=course_session.lecturer,
        lecturer_email=course_session.lecturer_email,
    )


def plan_course(viewer: Viewer, slug: str, cohort_id: int, dates: CourseDates) -> list[CourseSession]:
    """Add the sessions of the course plan to a cohort that has none. Raises RuleBroken or Conflict."""
    with transaction():
        cohort = _cohort_to_plan(_lock(viewer, slug), cohort_id)
        planned = []
        for index, part in enumerate(course_plan().sessions):
            day = dates.first.day + dt.timedelta(weeks=dates.weeks * index)
            planned.append(_add(cohort, part.number, dates.first, day))
        session.flush()
        record(viewer, "cohort.plan", "cohort", cohort.id, sessions=len(planned))
        announce_new(planned)
        return planned


def copy_course(viewer: Viewer, slug: str, cohort_id: int, target_ids: Sequence[int], days: int) -> int:
    """Copy the sessions of a cohort to others without sessions; return the number of new sessions.

    In the first target the sessions are `days` later, in the second twice as many days later, and so on, at the same
    local time. The venue is not copied, because each cohort has its own place.
    """
    with transaction():
        access = _lock(viewer, slug)
        source = cohort_for(access, cohort_id)
        originals = session.scalars(
            select(CourseSession)
            .where(
                CourseSession.cohort_id == source.id,
                CourseSession.cancelled_at.is_(None),
                CourseSession.catch_up_of_id.is_(None),
            )
            .order_by(CourseSession.starts_at)
        ).all()
        copies = []
        for index, target_id in enumerate(target_ids, start=1):
            target = _cohort_to_plan(access, target_id)
            for original in originals:
                details = session_details(original)
                added = _add(target, original.number, details, details.day + dt.timedelta(days=days * index))
                added.venue = added.address = ""
                added.municipality_number = target.place.municipality_number
                copies.append(added)
            record(viewer, "cohort.plan", "cohort", target.id, sessions=len(originals), source=source.id)
        session.flush()
        announce_new(copies)
        return len(copies)


def save_session(
    viewer: Viewer, slug: str, session_id: int, details: SessionDetails, expected: str | None = None
) -> int:
    """Change a session, and notify the companies of a new time or place; return the number of notified companies.

    Raises RuleBroken, or Conflict if the session is cancelled or has changed since the form was rendered with `expected`.
    """
    with transaction():
        course_session = _lock_session(viewer, slug, session_id)
        check_object_unchanged(
            viewer, "session", session_id, expected, session_details(course_session), details
        )
        if course_session.cancelled_at is not None:
            raise Conflict(_("This session is cancelled. Undo the cancellation before you change it."))
        before, former = _calendar_values(course_session), time_and_place(course_session)
        _assign(course_session, details, details.day)
        is_moved, notified = _calendar_values(course_session) != before, 0
        if is_moved:
            course_session.sequence += 1
            reset_reminders(course_session)
            notified = announce_move(course_session, former)
        record(viewer, "session.move" if is_moved else "session.save", "session", session_id)
        return notified


def cancel_session(viewer: Viewer, slug: str, session_id: int, reason: str) -> bool:
    """Cancel a session; return False if it is cancelled already. Raises RuleBroken if anybody came to it.

    A single mark of presence makes a session held, so one that was made by mistake and corrected prevents nothing.
    """
    with transaction():
        course_session = _lock_session(viewer, slug, session_id)
        if course_session.cancelled_at is not None:
            return False
        if course_session.head_count or is_attended(session_id):
            raise RuleBroken(
                _(
                    "This session has been held and cannot be cancelled. If that is a mistake, correct the attendance first."
                ),
                "reason",
            )
        course_session.held_at = None
        _cancel(viewer, course_session, reason)
        announce_cancellation(course_session)
        return True


def cancel_sessions_of(viewer: Viewer, cohort: Cohort) -> bool:
    """Cancel the sessions of a cohort that are neither held nor over; return False if there are none.

    The caller's transaction notifies the companies.
    """
    with use_locale(cohort.project.locale):
        reason = _("The course at this place is cancelled.")
    planned = _lock_planned(CourseSession.cohort_id == cohort.id)
    for course_session in planned:
        _cancel(viewer, course_session, reason)
    return bool(planned)


def cancel_sessions_of_project(viewer: Viewer, project: Project) -> bool:
    """Cancel the sessions of a project that are neither held nor over, and notify the companies with a seat.

    Joins the caller's transaction. Returns False if there are none.
    """
    with use_locale(project.locale):
        reason = _("The project is closed.")
    cohort_ids = select(Cohort.id).where(Cohort.project_id == project.id)
    planned = _lock_planned(CourseSession.cohort_id.in_(cohort_ids))
    for course_session in planned:
        _cancel(viewer, course_session, reason)
        announce_cancellation(course_session)
    return bool(planned)


def _lock_planned(condition: ColumnElement[bool]) -> Sequence[CourseSession]:
    """Lock the sessions with a condition that are neither cancelled, held nor over, by time."""
    planned = select(CourseSession).where(
        condition,
        CourseSession.cancelled_at.is_(None),
        CourseSession.held_at.is_(None),
        CourseSession.ends_at > clock.now(),
    )
    in_order = planned.order_by(CourseSession.starts_at, CourseSession.id)
    return session.scalars(in_order.with_for_update(of=CourseSession, key_share=True)).all()


def restore_session(viewer: Viewer, slug: str, session_id: int) -> bool:
    """Undo the cancellation of a session; return False if it is not cancelled. Raises Conflict if the cohort is cancelled."""
    with transaction():
        course_session = _lock_session(viewer, slug, session_id)
        if course_session.cancelled_at is None:
            return False
        _require_active(course_session.cohort)
        course_session.cancelled_at = None
        course_session.cancelled_reason = ""
        reset_reminders(course_session)
        course_session.sequence += 1
        announce_new([course_session])
        record(viewer, "session.restore", "session", session_id)
        return True


def add_catch_up(viewer: Viewer, slug: str, session_id: int, details: SessionDetails) -> CourseSession:
    """Add a session that repeats another one for the companies that missed it. Raises RuleBroken or Conflict."""
    with transaction():
        original = _lock_session(viewer, slug, session_id)
        _require_active(original.cohort)
        original_id = original.catch_up_of_id or original.id
        added = _add(original.cohort, original.number, details, details.day)
        added.catch_up_of_id = original_id
        session.flush()
        announce_new([added])
        record(viewer, "session.add_catch_up", "session", added.id, original=original_id)
        return added


def _lock(viewer: Viewer, slug: str) -> ProjectAccess:
    """Lock a project whose sessions the viewer changes, and return it. Raises NotFound."""
    access = project_for(viewer, slug)
    lock_project(access.project.id)
    return access


def _lock_session(viewer: Viewer, slug: str, session_id: int) -> CourseSession:
    """Lock a project and a session at one of the viewer's places, because attendance locks only the session.

    Raises NotFound.
    """
    access = _lock(viewer, slug)
    lock_row(CourseSession.id, session_id)
    return session_for(access, session_id)


def _cohort_to_plan(access: ProjectAccess, cohort_id: int) -> Cohort:
    cohort = cohort_for(access, cohort_id)
    _require_active(cohort)
    if cohorts_with_sessions([cohort.id]):
        raise Conflict(_("%(cohort)s already has sessions. Change them one by one.", cohort=cohort.name))
    return cohort


def _require_active(cohort: Cohort) -> None:
    if cohort.cancelled_at is not None:
        raise Conflict(_("This cohort is cancelled."))


def _cancel(viewer: Viewer, course_session: CourseSession, reason: str) -> None:
    course_session.cancelled_at = clock.now()
    course_session.cancelled_reason = reason
    course_session.sequence += 1
    record(viewer, "session.cancel", "session", course_session.id)


def _add(cohort: Cohort, number: int, details: SessionDetails, day: dt.date) -> CourseSession:
    added = CourseSession(
        cohort_id=cohort.id, number=number, uid=f"session-{new_token()[:24]}@leverandortorget", sequence=0
    )
    _assign(added, details, day)
    reset_reminders(added)
    session.add(added)
    return added


def _assign(course_session: CourseSession, details: SessionDetails, day: dt.date) -> None:
    """Set the columns of a session. Raises RuleBroken if it would not end after it starts."""
    starts_at = _moment(day, details.starts, "starts")
    ends_at = _moment(day, details.ends, "ends")
    if ends_at <= starts_at:
        raise RuleBroken(_("The session must end after it starts."), "ends")
    course_session.starts_at, course_session.ends_at = starts_at, ends_at
    course_session.title = details.title
    course_session.venue, course_session.address = details.venue, details.address
    course_session.municipality_number = details.municipality_number
    course_session.lecturer, course_session.lecturer_email = details.lecturer, details.lecturer_email


def _moment(day: dt.date, at: dt.time, field: str) -> dt.datetime:
    try:
        return clock.from_local(day, at)
    except ValueError as error:
        raise RuleBroken(
            _("This time does not exist: the clocks go forward that night. Choose another one."), field
        ) from error


def _calendar_values(course_session: CourseSession) -> tuple[object, ...]:
    return tuple(getattr(course_session, name) for name in CALENDAR_FIELDS)
