"""Scheduled messages about course sessions: reminders before them, and notices to the companies that missed one."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from marketplace.audit.models import AuditEvent
from marketplace.audit.queries import is_recorded
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, session, sum_over_rows, transaction
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.messages import Recipient
from marketplace.outbox.use_cases import send, send_mail
from marketplace.programme.attendance import ATTENDED
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.sessions import CourseSession
from marketplace.programme.notices import sessions as notices
from marketplace.programme.queries.attendance import marks_of
from marketplace.programme.queries.calendar import participants_of, sessions_with_place

DAYS_BEFORE = 3
MAX_DELAY_DAYS = 1
"""Days by which the first reminder can be late, so that it is not lost if the service is down on the day it is due."""
MAX_NOTICE_DAYS = 2
"""Days after a session on which notices can be sent, so that they are not lost if the service is down on the first day."""
MISSED_NOTICE = "session.tell_missed"


@dataclass(slots=True)
class _Reminder:
    """The sessions of one day of which one person is reminded. `recipient` is None for a contact person without an account."""

    path: str
    locale: str
    recipient: Recipient | None = None
    sessions: dict[int, CourseSession] = field(default_factory=dict)


@clock.not_before(6)
def remind_of_sessions() -> int:
    """Remind the companies with a seat of the sessions today and in DAYS_BEFORE days; return the number of reminders.

    A scheduled job. Idempotent: each of the two reminders of a session is sent once, and again only if it is moved. A
    session that is announced in its last DAYS_BEFORE days has only the reminder of the same morning.
    """
    today, count = clock.today(), _remind_of_sessions(clock.today(), "reminded_today_at")
    for late in range(MAX_DELAY_DAYS + 1):
        count += _remind_of_sessions(today + dt.timedelta(days=DAYS_BEFORE - late), "reminded_before_at")
    return count


def reset_reminders(course_session: CourseSession) -> None:
    """Let a new or moved session be reminded of. If it begins soon, its announcement replaces the first reminder."""
    day = clock.to_local(course_session.starts_at).date()
    is_soon = day <= clock.today() + dt.timedelta(days=DAYS_BEFORE)
    course_session.reminded_before_at = clock.now() if is_soon else None
    course_session.reminded_today_at = None


def _remind_of_sessions(day: dt.date, column: str) -> int:
    due = select(CourseSession.id).where(
        CourseSession.starts_at >= max(clock.start_of_day(day), clock.now()),
        CourseSession.starts_at <= clock.end_of_day(day),
        CourseSession.cancelled_at.is_(None),
        getattr(CourseSession, column).is_(None),
    )
    ids = session.scalars(due).all()
    if not ids:
        return 0
    with transaction():
        locked = [load_locked(due.where(CourseSession.id == session_id)) for session_id in sorted(ids)]
        query = sessions_with_place().where(CourseSession.id.in_([number for number in locked if number]))
        sessions = session.scalars(query.order_by(CourseSession.starts_at, CourseSession.id)).all()
        reminders = _reminders(sessions)
        for email, reminder in reminders.items():
            message = notices.session_reminder(list(reminder.sessions.values()), reminder.path)
            if reminder.recipient is not None:
                send(message, [reminder.recipient])
            else:
                send_mail(message, email, reminder.locale)
        for course_session in sessions:
            setattr(course_session, column, clock.now())
            record(None, "session.remind", "session", course_session.id)
        return len(reminders)


def _reminders(sessions: Sequence[CourseSession]) -> dict[str, _Reminder]:
    """Return one reminder for each person, by e-mail address, with the sessions of all companies of the person."""
    reminders: dict[str, _Reminder] = {}
    members: dict[int, list[Recipient]] = defaultdict(list)
    participants = participants_of(sessions)
    for course_session in sessions:
        for participation in participants[course_session.id]:
            company_id = participation.company_id
            if company_id is not None and company_id not in members:
                members[company_id] = recipients_for(company_id)
            email = participation.contact_email
            if email:
                known = reminders.setdefault(email, _Reminder(participation.path, participation.locale))
                known.sessions[course_session.id] = course_session
            for member in members[company_id] if company_id is not None else ():
                known = reminders.setdefault(member.email, _Reminder("/course", member.locale))
                # A member's notice is stored unencrypted, so it must not contain the secret link of the seat.
                known.recipient, known.path = member, "/course"
                known.sessions[course_session.id] = course_session
    return reminders


@clock.not_before(6)
def notify_of_missed_sessions() -> int:
    """Notify the companies that missed a session yesterday; return their number. A scheduled job.

    Idempotent: each session is handled once, and only if at least one company attended it.
    """
    today = clock.today()
    handled = select(AuditEvent.object_id).where(
        AuditEvent.action == MISSED_NOTICE,
        AuditEvent.at >= clock.start_of_day(today - dt.timedelta(days=MAX_NOTICE_DAYS)),
    )
    due = select(CourseSession.id).where(
        CourseSession.ends_at < clock.start_of_day(today),
        CourseSession.ends_at >= clock.start_of_day(today - dt.timedelta(days=MAX_NOTICE_DAYS)),
        CourseSession.held_at.is_not(None),
        CourseSession.cancelled_at.is_(None),
    )
    done = set(session.scalars(handled))
    return sum_over_rows(
        _notify_of_missed, [number for number in session.scalars(due).all() if str(number) not in done]
    )


def _notify_of_missed(session_id: int) -> int:
    with transaction():
        # The lock makes a second process wait until the first has recorded that the session is handled.
        load_locked(select(CourseSession).where(CourseSession.id == session_id))
        if is_recorded(MISSED_NOTICE, "session", session_id):
            return 0
        missed = session.scalars(sessions_with_place().where(CourseSession.id == session_id)).one()
        marks = marks_of([session_id]).get(session_id, {})
        if not any(mark in ATTENDED for mark in marks.values()):
            return 0
        absent = [one for one in participants_of([missed])[session_id] if marks.get(one.id) not in ATTENDED]
        catch_up = _catch_up(missed)
        for participation in absent:
            _send_missed(missed, participation, catch_up)
        record(None, MISSED_NOTICE, "session", session_id, companies=len(absent))
        return len(absent)


def _catch_up(missed: CourseSession) -> CourseSession | None:
    """Return the next catch-up session of a session, or None if none is planned."""
    original_id = missed.catch_up_of_id or missed.id
    query = sessions_with_place().where(
        CourseSession.catch_up_of_id == original_id,
        CourseSession.cancelled_at.is_(None),
        CourseSession.starts_at > clock.now(),
    )
    return session.scalars(query.order_by(CourseSession.starts_at).limit(1)).first()


def _send_missed(missed: CourseSession, participation: Participation, catch_up: CourseSession | None) -> None:
    email = participation.contact_email
    if email:
        notice = notices.session_missed(missed, participation.path, catch_up)
        send_mail(notice, email, participation.locale)
    if participation.company_id is not None:
        members = [one for one in recipients_for(participation.company_id) if one.email != email]
        send(notices.session_missed(missed, "/course", catch_up), members)
