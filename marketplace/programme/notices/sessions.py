"""Notices about course sessions: invitations for calendars, changes, cancellations and reminders."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.core import clock
from marketplace.core.course_plan import course_plan
from marketplace.core.i18n import format_date, format_time_range, gettext as _, ngettext
from marketplace.core.icalendar import CalendarEvent, Mailbox, invitation
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort
from marketplace.programme.models.sessions import CourseSession


@dataclass(frozen=True, slots=True)
class TimeAndPlace:
    """Time and place of a session, copied before a change so that a message can state both."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    venue: str


def session_event(
    course_session: CourseSession, added_sequence: int = 0, *, is_removed: bool = False
) -> CalendarEvent:
    """Return a session as a calendar event in the current language.

    The event is cancelled if the session is cancelled, or if `is_removed` takes it out of one company's calendar.
    """
    planned = course_plan().session(course_session.number)
    lecturer = _("Lecturer: %(name)s", name=course_session.lecturer) if course_session.lecturer else ""
    return CalendarEvent(
        uid=course_session.uid,
        at=course_session.starts_at,
        ends_at=course_session.ends_at,
        summary=_title(course_session),
        sequence=course_session.sequence + added_sequence,
        location=format_venue(course_session),
        description="\n".join(filter(None, (planned.summary if planned else "", lecturer))),
        is_cancelled=is_removed or course_session.cancelled_at is not None,
    )


def format_venue(course_session: CourseSession) -> str:
    """Return the venue, address and municipality of a session as one text. Undecided parts are left out."""
    parts = (course_session.venue, course_session.address, course_session.municipality)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _organizer(course_session: CourseSession) -> Mailbox | None:
    garden = course_session.cohort.place.garden
    return Mailbox(garden.name, garden.email) if garden.email else None


def _invitation(
    course_session: CourseSession, participation: Participation, *, is_removed: bool = False
) -> str:
    return invitation(
        session_event(course_session, participation.calendar_sequence, is_removed=is_removed),
        clock.now(),
        attendee=Mailbox(participation.contact_name, participation.contact_email),
        organizer=_organizer(course_session),
    )


def _title(course_session: CourseSession) -> str:
    return f"{course_session.heading} ({course_session.cohort.project.name})"


def time_and_place(course_session: CourseSession) -> TimeAndPlace:
    """Return the current time and place of a session."""
    return TimeAndPlace(course_session.starts_at, course_session.ends_at, format_venue(course_session))


def _time_and_place(course_session: CourseSession) -> list[str]:
    return _lines(time_and_place(course_session))


def _lines(one: TimeAndPlace) -> list[str]:
    return [format_time_range(one.starts_at, one.ends_at), one.venue]


@as_message("session_invited")
def session_invited(course_session: CourseSession, participation: Participation) -> Content:
    """Invite a contact person to a session, with a calendar entry attached."""
    return Content(
        _(
            "For your calendar: %(title)s, %(date)s",
            title=course_session.heading,
            date=format_date(course_session.starts_at),
        ),
        [
            _title(course_session),
            *_time_and_place(course_session),
            _("Your calendar is updated if the session is moved."),
        ],
        participation.path,
        _("See your seat"),
        _invitation(course_session, participation),
        expires_at=course_session.ends_at,
    )


@as_message("session_removed")
def session_removed(course_session: CourseSession, participation: Participation) -> Content:
    """Remove a session from the calendar of a contact person whose company loses its seat, or who is replaced."""
    return Content(
        _(
            "Removed from your calendar: %(title)s, %(date)s",
            title=course_session.heading,
            date=format_date(course_session.starts_at),
        ),
        [
            _title(course_session),
            *_time_and_place(course_session),
            _("This date is removed from your calendar."),
        ],
        calendar=_invitation(course_session, participation, is_removed=True),
        expires_at=course_session.ends_at,
    )


def session_lines(sessions: Sequence[CourseSession]) -> list[str]:
    """Return a line for each session, with title, time and venue."""
    return [f"• {one.heading}: {_join(time_and_place(one))}" for one in sessions]


def removal_hint() -> str:
    """Return the sentence that announces the e-mails of `session_removed`."""
    return _("You get one e-mail for each coming date, which removes the date from your calendar.")


def calendar_hint() -> str:
    """Return the sentence that announces the e-mails of `session_invited`."""
    return _(
        "You get one e-mail for each date, which adds the date to your calendar. If a session is moved, your calendar is updated."
    )


@as_message("session_moved")
def session_moved(
    course_session: CourseSession, participation: Participation, *, before: TimeAndPlace
) -> Content:
    """Notify a contact person of the new time or place of a session, and update the calendar."""
    calendar = _invitation(course_session, participation)
    return _moved(course_session, before, participation.path, calendar)


@as_message("session_moved")
def session_moved_for_member(course_session: CourseSession, *, before: TimeAndPlace) -> Content:
    """Notify a company's other members of the new time or place of a session."""
    return _moved(course_session, before, "/course", "")


def _moved(course_session: CourseSession, before: TimeAndPlace, path: str, calendar: str) -> Content:
    now = time_and_place(course_session)
    return Content(
        _("Moved: %(title)s", title=course_session.heading),
        [
            _title(course_session),
            _("Before: %(time_and_place)s", time_and_place=_join(before)),
            _("Now: %(time_and_place)s", time_and_place=_join(now)),
        ],
        path,
        _("See your seat") if calendar else _("Open your course"),
        calendar,
        expires_at=max(before.starts_at, now.starts_at),
    )


def _join(one: TimeAndPlace) -> str:
    return ", ".join(filter(None, _lines(one)))


@as_message("session_cancelled")
def session_cancelled(course_session: CourseSession, participation: Participation) -> Content:
    """Notify a contact person that a session is cancelled, and remove it from the calendar."""
    return _cancelled(course_session, participation.path, _invitation(course_session, participation))


@as_message("session_cancelled")
def session_cancelled_for_member(course_session: CourseSession) -> Content:
    """Notify a company's other members that a session is cancelled."""
    return _cancelled(course_session, "/course", "")


def _cancelled(course_session: CourseSession, path: str, calendar: str) -> Content:
    return Content(
        _(
            "Cancelled: %(title)s, %(date)s",
            title=course_session.heading,
            date=format_date(course_session.starts_at),
        ),
        [
            _("The session has been cancelled: %(reason)s", reason=course_session.cancelled_reason),
            _title(course_session),
            *_time_and_place(course_session),
        ],
        path,
        _("See your seat") if calendar else _("Open your course"),
        calendar,
    )


@as_message("cohort_cancelled")
def cohort_cancelled(
    participation: Participation, cohort: Cohort, *, has_others: bool, had_seat: bool, has_dates: bool = False
) -> Content:
    """Notify a contact person that a cohort is cancelled in which the company had a seat, or for which it waited.

    `has_others` states that another cohort of the project has seats to offer, now or later.
    """
    lines = [_("With the link you can withdraw."), *([removal_hint()] if has_dates else [])]
    lines = [
        _lost_seat(participation, cohort, had_seat=had_seat),
        _waits(cohort, has_others=has_others),
        *lines,
    ]
    return _cohort_cancelled(cohort, lines, participation.path, _("See your seat"))


@as_message("cohort_cancelled")
def cohort_cancelled_for_member(participation: Participation, cohort: Cohort, *, has_others: bool) -> Content:
    """Notify a company's other members that the cohort in which it had a seat is cancelled."""
    lines = [_lost_seat(participation, cohort, had_seat=True), _waits(cohort, has_others=has_others)]
    return _cohort_cancelled(cohort, lines, "/course", _("Open your course"))


def _cohort_cancelled(cohort: Cohort, lines: Sequence[str], path: str, label: str) -> Content:
    return Content(_("The course in %(place)s is cancelled", place=cohort.place.name), lines, path, label)


def _lost_seat(participation: Participation, cohort: Cohort, *, had_seat: bool) -> str:
    names = {
        "company": participation.company_name,
        "course": cohort.project.name,
        "place": cohort.place.name,
    }
    if had_seat:
        return _(
            "%(company)s no longer has a seat in %(course)s in %(place)s, because the course there is cancelled.",
            **names,
        )
    return _(
        "%(company)s no longer waits for a seat in %(course)s in %(place)s, because the course there is cancelled.",
        **names,
    )


def _waits(cohort: Cohort, *, has_others: bool) -> str:
    if has_others:
        return _(
            "You are on the waiting list, before companies that came later, and get an e-mail when a seat at another place is free."
        )
    return _(
        "There is no course at another place now. Ask %(garden)s about new courses.",
        garden=cohort.project.garden.name,
    )


@as_message("session_soon", topic=Topic.COURSE)
def session_reminder(sessions: Sequence[CourseSession], path: str) -> Content:
    """Remind a contact person or a member of a company of the sessions on one day."""
    first = sessions[0]
    is_today = clock.to_local(first.starts_at).date() == clock.today()
    lines = []
    for course_session in sessions:
        lines += [_title(course_session), *_time_and_place(course_session)]
    subject = (
        ngettext("Course today", "Courses today", len(sessions))
        if is_today
        else _("Course on %(date)s", date=format_date(first.starts_at, weekday=True, year=False))
    )
    label = _("Open your course") if path == "/course" else _("See your seat")
    return Content(subject, lines, path, label, expires_at=sessions[-1].starts_at)


@as_message("session_missed", topic=Topic.COURSE)
def session_missed(missed: CourseSession, path: str, catch_up: CourseSession | None) -> Content:
    """Notify a company that it missed a session, with the date of a catch-up session if one is planned."""
    lines = [
        _(
            "We missed you at “%(title)s” on %(date)s.",
            title=missed.heading,
            date=format_date(missed.starts_at, weekday=True, year=False),
        )
    ]
    if catch_up is not None:
        lines += [_("You can catch up:"), *_time_and_place(catch_up)]
    else:
        lines.append(_("The material is on your course page. Your business garden can help you catch up."))
    return Content(
        _("You missed “%(title)s”", title=missed.heading),
        lines,
        path,
        _("Open your course") if path == "/course" else _("See your seat"),
    )
