"""Feedback on sessions: asking the companies that attended, and storing their answers."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, session, sum_over_rows, transaction
from marketplace.core.details import details_of, write_details
from marketplace.core.errors import Conflict
from marketplace.core.i18n import gettext as _
from marketplace.core.identifiers import new_token, token_hash
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send, send_mail
from marketplace.programme.attendance import ATTENDED
from marketplace.programme.feedback import ASK_WITHIN_DAYS, answer_deadline, ask_from
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.sessions import CourseSession, SessionFeedback
from marketplace.programme.notices import reminders as notices
from marketplace.programme.queries.attendance import marks_of
from marketplace.programme.queries.feedback import feedback_of_link


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers of a company about a session. Their scales are in `programme.feedback`."""

    useful: int
    pace: int
    used_before: int | None = None
    comment: str = ""
    allows_quote: bool = False


def ask_for_feedback() -> int:
    """Ask the companies that attended a session, on the same evening; return the number of e-mails. A scheduled job.

    Idempotent: each company is asked once about each session. A company whose attendance is recorded up to
    `ASK_WITHIN_DAYS` late is asked then.
    """
    now = clock.now()
    query = select(CourseSession.id).where(
        CourseSession.held_at.is_not(None),
        CourseSession.cancelled_at.is_(None),
        CourseSession.ends_at <= now,
        CourseSession.ends_at > now - dt.timedelta(days=ASK_WITHIN_DAYS),
    )
    session_ids = session.scalars(query.order_by(CourseSession.id)).all()
    session.rollback()
    return sum_over_rows(_ask, session_ids)


def _ask(session_id: int) -> int:
    with transaction():
        course_session = load_locked(select(CourseSession).where(CourseSession.id == session_id))
        if course_session is None or ask_from(course_session.starts_at, course_session.ends_at) > clock.now():
            return 0
        marks = marks_of([session_id]).get(session_id, {})
        asked = select(SessionFeedback.participation_id).where(SessionFeedback.session_id == session_id)
        query = (
            select(Participation)
            .where(
                Participation.id.in_([number for number, mark in marks.items() if mark in ATTENDED]),
                Participation.id.not_in(asked),
                Participation.contact_email != "",
            )
            .order_by(Participation.id)
        )
        participations = session.scalars(query).all()
        for participation in participations:
            token = new_token()
            session.add(
                SessionFeedback(
                    session_id=session_id, participation_id=participation.id, token_hash=token_hash(token)
                )
            )
            message = notices.feedback_asked(course_session, token)
            send_mail(message, participation.contact_email, participation.locale)
        if participations:
            record(None, "session.ask_feedback", "session", session_id, companies=len(participations))
        return len(participations)


def given_answers(feedback: SessionFeedback) -> Answers | None:
    """Return the answers that a company has given, or None."""
    if feedback.useful is None or feedback.pace is None:
        return None
    return details_of(Answers, feedback)


def give_feedback(token: str, answers: Answers) -> None:
    """Store or change the answers of the company with an e-mailed link. Raises InvalidLink, and Conflict after the deadline."""
    with transaction():
        feedback = feedback_of_link(token)
        course_session = load_locked(select(CourseSession).where(CourseSession.id == feedback.session_id))
        if course_session is None or answer_deadline(feedback.asked_at) <= clock.now():
            raise Conflict(_("The feedback can no longer be changed."))
        earlier = select(func.count()).where(
            SessionFeedback.session_id == course_session.id, SessionFeedback.answered_at.is_not(None)
        )
        if not session.scalar(earlier):
            send(
                notices.feedback_ready(course_session), recipients_for(course_session.cohort.place.garden_id)
            )
        feedback.answered_at = clock.now()
        write_details(feedback, answers)
        record(None, "session.feedback", "session", course_session.id)
