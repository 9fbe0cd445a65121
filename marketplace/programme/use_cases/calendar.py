"""Calendar invitations to companies with a seat, and the calendar feeds of advisers."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeAlias

from sqlalchemy import delete

from marketplace.accounts.models import User
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import lock_row, session, transaction
from marketplace.core.errors import Forbidden
from marketplace.core.identifiers import new_token, token_hash
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.messages import Message
from marketplace.outbox.use_cases import send, send_mail
from marketplace.programme.models.calendar import CalendarFeed
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.sessions import CourseSession
from marketplace.programme.notices import sessions as notices
from marketplace.programme.queries.calendar import coming_sessions_of, own_feed, participants_of

Notice: TypeAlias = Callable[[CourseSession, Participation], Message]


def dates_of(participation: Participation) -> list[CourseSession]:
    """Return the coming sessions of a company with a confirmed seat, which are in its contact person's calendar."""
    if not participation.has_confirmed_seat or participation.cohort_id is None:
        return []
    session.flush()
    return coming_sessions_of(participation, participation.cohort_id)


def invite(participation: Participation, sessions: Iterable[CourseSession]) -> None:
    """Add sessions to the contact person's calendar, inside the caller's transaction.

    Each session has an e-mail of its own, because one e-mail for all dates would reach fewer calendars. All events of a
    request must have the same UID (RFC 5546, section 3.2.2); Outlook takes only the first of several UIDs. One UID for
    irregular dates needs RDATE, which Outlook refuses without RRULE ([MS-OXCICAL], RDATE). Mail programs do not add a
    file of published events to a calendar by themselves, so that a later change of a session would have no effect.
    """
    if participation.contact_email:
        for course_session in sessions:
            notice = notices.session_invited(course_session, participation)
            send_mail(notice, participation.contact_email, participation.locale)


def remove_dates(participation: Participation, dates: Sequence[CourseSession]) -> None:
    """Remove sessions from the contact person's calendar, inside the caller's transaction.

    `dates` are the result of `dates_of` from before the seat or the contact person changed. Call this function after
    the e-mail that explains the change has been queued, and before the e-mail address changes.
    """
    if not dates or not participation.contact_email:
        return
    participation.calendar_sequence += 1
    for course_session in dates:
        notice = notices.session_removed(course_session, participation)
        send_mail(notice, participation.contact_email, participation.locale)
    # If the company comes back, the new events need a higher number than the cancelled ones to replace them.
    participation.calendar_sequence += 1


def announce_new(sessions: Iterable[CourseSession]) -> None:
    """Send new or restored sessions to the companies with a seat, inside the caller's transaction."""
    session.flush()
    coming = _coming(sessions)
    participants = participants_of(coming)
    for course_session in coming:
        for participation in participants[course_session.id]:
            invite(participation, [course_session])


def _coming(sessions: Iterable[CourseSession]) -> list[CourseSession]:
    now = clock.now()
    return [row for row in sessions if row.starts_at > now]


def announce_move(course_session: CourseSession, before: notices.TimeAndPlace) -> int:
    """Notify the companies with a seat about the new time and place of a session, inside the caller's transaction.

    A session that was coming is announced also if its new time is over. Returns the number of notified companies.
    """
    is_coming = max(course_session.starts_at, before.starts_at) > clock.now()
    return _announce(
        [course_session] if is_coming else [],
        partial(notices.session_moved, before=before),
        partial(notices.session_moved_for_member, before=before),
    )


def announce_cancellation(course_session: CourseSession) -> None:
    """Notify the companies with a seat that a session is cancelled, inside the caller's transaction."""
    _announce(_coming([course_session]), notices.session_cancelled, notices.session_cancelled_for_member)


def _announce(
    changed: Sequence[CourseSession], notice: Notice, member_notice: Callable[[CourseSession], Message]
) -> int:
    """Notify contact persons, and the members of companies with an account; return the number of companies."""
    session.flush()
    participants = participants_of(changed)
    for course_session in changed:
        for participation in participants[course_session.id]:
            email = participation.contact_email
            if email:
                send_mail(notice(course_session, participation), email, participation.locale)
            if participation.company_id is not None:
                members = recipients_for(participation.company_id)
                send(member_notice(course_session), [member for member in members if member.email != email])
    return sum(len(participants[course_session.id]) for course_session in changed)


def feed_token(secret_key: str, nonce: str) -> str:
    """Return the token of an adviser's calendar feed."""
    return token_hash(f"{secret_key} calendar {nonce}")[:43]


def create_feed(viewer: Viewer, secret_key: str) -> None:
    """Create the viewer's calendar feed in the current garden, or give the existing feed a new address."""
    if not viewer.is_garden:
        raise Forbidden
    with transaction():
        lock_row(User.id, viewer.user_id)
        _delete_own_feed(viewer)
        nonce = new_token()
        feed = CalendarFeed(
            user_id=viewer.user_id,
            garden_id=viewer.organisation_id,
            nonce=nonce,
            token_hash=token_hash(feed_token(secret_key, nonce)),
        )
        session.add(feed)
        session.flush()
        record(viewer, "calendar.create", "user", viewer.user_id)


def revoke_feed(viewer: Viewer) -> None:
    """Make the address of the viewer's calendar feed invalid."""
    with transaction():
        if own_feed(viewer) is not None:
            _delete_own_feed(viewer)
            record(viewer, "calendar.revoke", "user", viewer.user_id)


def _delete_own_feed(viewer: Viewer) -> None:
    session.execute(
        delete(CalendarFeed).where(
            CalendarFeed.user_id == viewer.user_id, CalendarFeed.garden_id == viewer.organisation_id
        )
    )
