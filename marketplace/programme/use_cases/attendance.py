"""Taking attendance. Marks are only added, may arrive late and in any order, and the one with the latest device time counts."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from marketplace.audit.use_cases import check_object_unchanged, record
from marketplace.core import clock
from marketplace.core.database import insert_missing, load_locked, session, transaction
from marketplace.core.details import details_of
from marketplace.core.errors import Conflict, NotFound, RuleBroken, or_404
from marketplace.core.i18n import format_date, gettext as _
from marketplace.core.identifiers import new_token, token_hash
from marketplace.core.text import name_key
from marketplace.core.viewer import Viewer
from marketplace.programme.attendance import ATTENDED, Mark, MarkSource, plausible_time
from marketplace.programme.lifecycle import ParticipationActor
from marketplace.programme.limits import MAX_LINK_MARKS, MAX_MARKS, MAX_PEOPLE
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort
from marketplace.programme.models.sessions import AttendanceMark, CourseSession, SessionLink
from marketplace.programme.queries.attendance import attendance_list, days_until, open_links
from marketplace.programme.use_cases.recruiting import ParticipationDetails, add_leads
from marketplace.programme.use_cases.seating import TransitionOrigin, change_state, lock_project

LINK_PURPOSES = {"attendance": 1, "lecturer": 30}
"""Days for which a link works, by purpose: from the day of the session, or from the day it was made if that is later."""


@dataclass(frozen=True, slots=True)
class NewMark:
    """A mark as a device sends it: with the time on the device, and a key that identifies the mark if it is sent again."""

    participation_id: int
    mark: Mark
    marked_at: dt.datetime
    key: str


@dataclass(frozen=True, slots=True)
class HeldDetails:
    """Record of a session that was held: the number of people in the room, or None if nobody counted."""

    head_count: int | None = None


@dataclass(frozen=True, slots=True)
class MarkOrigin:
    """Origin of marks: a member of the garden, a link on a borrowed phone, or the company itself."""

    source: MarkSource
    viewer: Viewer | None = None


def add_marks(session_id: int, marks: Sequence[NewMark], origin: MarkOrigin) -> None:
    """Add marks. Marks that are stored already are skipped, so that a device may send them again.

    Raises NotFound for a company that is not in the project. Raises Conflict if the session is cancelled or on a later
    day, or if too many marks of the session were made by link.
    """
    with transaction():
        course_session = _session(session_id)
        if course_session.cancelled_at is not None:
            raise Conflict(_("The session is cancelled, so attendance cannot be taken."))
        if days_until(course_session) > 0:
            raise Conflict(early_message(course_session))
        _require_in_project(course_session, {mark.participation_id for mark in marks})
        new = _without_stored(marks[:MAX_MARKS])
        if not new:
            return
        if origin.source is not MarkSource.STAFF:
            _require_link_quota(session_id, len(new))
        now = clock.now()
        rows = [
            {
                "session_id": session_id,
                "participation_id": mark.participation_id,
                "mark": mark.mark,
                "marked_at": plausible_time(mark.marked_at, course_session.starts_at, now),
                "recorded_at": now,
                "client_key": mark.key,
                "source": origin.source,
                "people": 1,
                "user_id": origin.viewer.user_id if origin.viewer else None,
            }
            for mark in new
        ]
        insert_missing(AttendanceMark, rows)
        if course_session.held_at is None and any(mark.mark in ATTENDED for mark in new):
            course_session.held_at = now
        record(origin.viewer, "session.attendance", "session", session_id, marks=len(rows))


def early_message(course_session: CourseSession) -> str:
    """Return the message that attendance can only be taken on the day of the session."""
    date = format_date(course_session.starts_at, weekday=True)
    return _("Attendance can be taken on the day of the session, %(date)s.", date=date)


def save_list(
    session_id: int, submitted: Mapping[int, bool], rendered: Mapping[int, bool], origin: MarkOrigin
) -> int:
    """Add a mark for each company whose box was changed since the page was rendered; return the number of marks.

    A box that was not changed on this device does not overwrite a mark made on another device meanwhile.
    """
    now = clock.now()
    marks = [
        NewMark(one, Mark.PRESENT if is_here else Mark.ABSENT, now, new_token()[:36])
        for one, is_here in submitted.items()
        if rendered.get(one) is not is_here
    ]
    if marks:
        add_marks(session_id, marks, origin)
    return len(marks)


def mark_all_here(session_id: int, origin: MarkOrigin) -> int:
    """Mark all listed companies without a mark as present; return their number."""
    with transaction():
        rows = attendance_list(_session(session_id)).rows
        now = clock.now()
        marks = [
            NewMark(row.participation.id, Mark.PRESENT, now, new_token()[:36])
            for row in rows
            if row.mark is None
        ]
        add_marks(session_id, marks, origin)
        return len(marks)


def add_guest(
    session_id: int, company_name: str, contact_name: str, phone: str, origin: MarkOrigin
) -> Participation:
    """Mark a company without a seat in the cohort as present. A new company is added to the project with a seat.

    A company that is on the waiting list or has withdrawn keeps its state: seats are given in the order of the list.
    """
    with transaction():
        course_session = _session_of_locked_project(session_id)
        cohort = course_session.cohort
        query = select(Participation).where(Participation.project_id == cohort.project_id)
        key = name_key(company_name)
        same_name = [one for one in session.scalars(query) if name_key(one.company_name) == key]
        known = min(same_name, key=lambda one: (one.cohort_id != cohort.id, one.id), default=None)
        if known is None:
            _require_room(cohort)
            guest = ParticipationDetails(
                company_name,
                contact_name=contact_name,
                contact_phone=phone,
                municipality_number=course_session.municipality_number,
                source="event",
            )
            (known,) = add_leads(origin.viewer, cohort.project, [guest])
            change_state(
                known, "take_seat", TransitionOrigin(ParticipationActor.GARDEN, origin.viewer), cohort
            )
            known.confirmed_at = clock.now()
        add_marks(session_id, [NewMark(known.id, Mark.PRESENT, clock.now(), new_token()[:36])], origin)
        return known


def confirm_held(session_id: int, details: HeldDetails, viewer: Viewer, expected: str | None = None) -> None:
    """Record that a session was held, and the number of people present.

    Raises RuleBroken, and Conflict if the session has not been held, or the number has changed since the form was
    rendered with `expected`.
    """
    head_count = details.head_count
    if head_count is not None and not 0 <= head_count <= MAX_PEOPLE:
        raise RuleBroken(_("Enter a number from 0 to %(high)s.", high=MAX_PEOPLE), "head_count")
    with transaction():
        course_session = _session(session_id)
        if course_session.cancelled_at is not None:
            raise Conflict(_("The session is cancelled."))
        if course_session.starts_at > clock.now():
            raise Conflict(_("The session has not started yet."))
        check_object_unchanged(
            viewer, "session", session_id, expected, details_of(HeldDetails, course_session), details
        )
        course_session.held_at = course_session.held_at or clock.now()
        course_session.head_count = head_count
        record(viewer, "session.held", "session", session_id)


def create_link(session_id: int, purpose: str, viewer: Viewer) -> str:
    """Create a link to a session for a person without an account; return the token, which is not stored."""
    with transaction():
        course_session = _session(session_id)
        token = new_token()
        first_day = max(clock.to_local(course_session.ends_at).date(), clock.today())
        last_day = first_day + dt.timedelta(days=LINK_PURPOSES[purpose])
        session.add(
            SessionLink(
                session_id=session_id,
                purpose=purpose,
                token_hash=token_hash(token),
                created_by_id=viewer.user_id,
                expires_at=clock.start_of_day(last_day),
            )
        )
        record(viewer, "session.create_link", "session", session_id, purpose=purpose)
        return token


def withdraw_links(session_id: int, purpose: str, viewer: Viewer) -> None:
    """Make all links of a purpose to a session stop working."""
    with transaction():
        for link in open_links(session_id, purpose):
            link.withdrawn_at = clock.now()
        record(viewer, "session.withdraw_links", "session", session_id, purpose=purpose)


def _without_stored(marks: Sequence[NewMark]) -> list[NewMark]:
    """Return the marks whose keys are not stored yet."""
    query = select(AttendanceMark.client_key).where(
        AttendanceMark.client_key.in_([mark.key for mark in marks])
    )
    stored = set(session.scalars(query))
    return [mark for mark in marks if mark.key not in stored]


def _require_link_quota(session_id: int, count: int) -> None:
    """Raise Conflict if too many marks are made by link: somebody with a link could add marks without end."""
    query = select(func.count()).where(
        AttendanceMark.session_id == session_id, AttendanceMark.source != MarkSource.STAFF
    )
    if (session.scalar(query) or 0) + count > MAX_LINK_MARKS:
        raise Conflict(
            _("No more marks can be made by link at this session. The adviser can still take attendance.")
        )


def _require_room(cohort: Cohort) -> None:
    """Raise Conflict if a cohort has too many companies: somebody with a link could add companies without end."""
    query = select(func.count()).select_from(Participation).where(Participation.cohort_id == cohort.id)
    if (session.scalar(query) or 0) >= MAX_PEOPLE:
        raise Conflict(_("There are already %(num)s companies in this cohort.", num=MAX_PEOPLE))


def _session_of_locked_project(session_id: int) -> CourseSession:
    """Lock the project of a session, then the session, in the same order as the planning of sessions does."""
    query = select(Cohort.project_id).join(CourseSession).where(CourseSession.id == session_id)
    project_id = or_404(session.scalar(query))
    lock_project(project_id)
    return _session(session_id)


def _session(session_id: int) -> CourseSession:
    return or_404(load_locked(select(CourseSession).where(CourseSession.id == session_id)))


def _require_in_project(course_session: CourseSession, participation_ids: set[int]) -> None:
    query = select(Participation.id).where(
        Participation.id.in_(participation_ids),
        Participation.project_id == course_session.cohort.project_id,
    )
    if set(session.scalars(query)) != participation_ids:
        raise NotFound
