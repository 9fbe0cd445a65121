"""Scheduled notices to the companies that missed a session, on the day after, with the date of a catch-up session."""

import datetime as dt

from sqlalchemy import select

from marketplace.audit.models import AuditEvent
from marketplace.audit.queries import is_recorded
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, session, sum_over_rows, transaction
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send, send_mail
from marketplace.programme.attendance import ATTENDED
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.sessions import CourseSession
from marketplace.programme.notices import sessions as notices
from marketplace.programme.queries.attendance import marks_of
from marketplace.programme.queries.calendar import participants_of, sessions_with_place

MAX_DAYS = 2
"""Days after a session on which notices can be sent, so that they are not lost if the service is down on the first day."""
SENT = "session.tell_missed"


@clock.not_before(6)
def notify_of_missed_sessions() -> int:
    """Notify the companies that missed a session yesterday; return their number. A scheduled job.

    Idempotent: each session is handled once, and only if at least one company attended it.
    """
    today = clock.today()
    handled = select(AuditEvent.object_id).where(
        AuditEvent.action == SENT, AuditEvent.at >= clock.start_of_day(today - dt.timedelta(days=MAX_DAYS))
    )
    due = select(CourseSession.id).where(
        CourseSession.ends_at < clock.start_of_day(today),
        CourseSession.ends_at >= clock.start_of_day(today - dt.timedelta(days=MAX_DAYS)),
        CourseSession.held_at.is_not(None),
        CourseSession.cancelled_at.is_(None),
    )
    done = set(session.scalars(handled))
    return sum_over_rows(
        _notify, [number for number in session.scalars(due).all() if str(number) not in done]
    )


def _notify(session_id: int) -> int:
    with transaction():
        # The lock makes a second process wait until the first has recorded that the session is handled.
        load_locked(select(CourseSession).where(CourseSession.id == session_id))
        if is_recorded(SENT, "session", session_id):
            return 0
        missed = session.scalars(sessions_with_place().where(CourseSession.id == session_id)).one()
        marks = marks_of([session_id]).get(session_id, {})
        if not any(mark in ATTENDED for mark in marks.values()):
            return 0
        absent = [one for one in participants_of([missed])[session_id] if marks.get(one.id) not in ATTENDED]
        catch_up = _catch_up(missed)
        for participation in absent:
            _send(missed, participation, catch_up)
        record(None, SENT, "session", session_id, companies=len(absent))
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


def _send(missed: CourseSession, participation: Participation, catch_up: CourseSession | None) -> None:
    email = participation.contact_email
    if email:
        notice = notices.session_missed(missed, participation.path, catch_up)
        send_mail(notice, email, participation.locale)
    if participation.company_id is not None:
        members = [one for one in recipients_for(participation.company_id) if one.email != email]
        send(notices.session_missed(missed, "/course", catch_up), members)
