"""Scheduled reminders of course sessions: some days before and on the same morning."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, session, transaction
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.messages import Recipient
from marketplace.outbox.use_cases import send, send_mail
from marketplace.programme.models.sessions import CourseSession
from marketplace.programme.notices.sessions import session_reminder
from marketplace.programme.queries.calendar import participants_of, sessions_with_place

DAYS_BEFORE = 3
MAX_DELAY_DAYS = 1
"""Days by which the first reminder can be late, so that it is not lost if the service is down on the day it is due."""


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
    today, count = clock.today(), _remind(clock.today(), "reminded_today_at")
    for late in range(MAX_DELAY_DAYS + 1):
        count += _remind(today + dt.timedelta(days=DAYS_BEFORE - late), "reminded_before_at")
    return count


def reset_reminders(course_session: CourseSession) -> None:
    """Let a new or moved session be reminded of. If it begins soon, its announcement replaces the first reminder."""
    day = clock.to_local(course_session.starts_at).date()
    is_soon = day <= clock.today() + dt.timedelta(days=DAYS_BEFORE)
    course_session.reminded_before_at = clock.now() if is_soon else None
    course_session.reminded_today_at = None


def _remind(day: dt.date, column: str) -> int:
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
            message = session_reminder(list(reminder.sessions.values()), reminder.path)
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
