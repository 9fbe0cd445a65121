"""Calendar files and invitations: iCalendar (RFC 5545), sent by e-mail as RFC 5546 and RFC 6047 define."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from icalendar import Alarm, Calendar, Component, Event, Timezone, vCalAddress, vDuration, vText

from marketplace.core.clock import LOCAL_ZONE
from marketplace.core.email_address import ascii_email

PRODUCT = "-//Leverandortorget//Calendar//NO"
REFRESH_MINUTES = 15
# With recurrence rules, so that it never expires; the library's own definition ends in 2038.
_TIMEZONE = """BEGIN:VTIMEZONE
TZID:Europe/Oslo
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """An event with an end in local time, or a moment such as a deadline with a reminder one day before.

    Calendar programs replace an event by one with the same `uid` and a higher `sequence`.
    """

    uid: str
    at: dt.datetime
    summary: str
    url: str = ""
    sequence: int = 0
    ends_at: dt.datetime | None = None
    location: str = ""
    description: str = ""
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Name and e-mail address of the organizer or an attendee."""

    name: str
    email: str


def calendar_file(
    events: Iterable[CalendarEvent],
    now: dt.datetime,
    *,
    name: str = "",
) -> str:
    """Return a calendar file with events. With a name it is a feed that calendar programs read again regularly."""
    calendar = _calendar("PUBLISH")
    if name:
        interval = dt.timedelta(minutes=REFRESH_MINUTES)
        calendar.add("name", vText(_printable(name)))
        calendar.add("refresh-interval", interval, parameters={"VALUE": "DURATION"})
        # The same values for Google and Outlook, which do not read the properties of RFC 7986.
        calendar.add("x-wr-calname", vText(_printable(name)))
        calendar.add("x-published-ttl", vDuration(interval))
    built = [_event(event, now) for event in events]
    if any(event.get("dtend") for event in built):
        calendar.add_component(_timezone())
    for event in built:
        calendar.add_component(event)
    return _text(calendar)


def invitation(
    event: CalendarEvent, now: dt.datetime, *, attendee: Mailbox, organizer: Mailbox | None = None
) -> str:
    """Return the scheduling message that adds, moves or, if the event is cancelled, removes one attendee's event.

    RFC 5546 allows one event in each message. The attendee has accepted by taking the seat and is not asked to reply.
    Without an organizer, `add_sender` makes the sender of the e-mail the organizer.
    """
    calendar = _calendar("CANCEL" if event.is_cancelled else "REQUEST")
    calendar.add_component(_timezone())
    component = _event(event, now)
    if organizer is not None:
        component.add("organizer", _address(organizer))
    address = _address(attendee)
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText("ACCEPTED")
    address.params["RSVP"] = vText("FALSE")
    component.add("attendee", address)
    calendar.add_component(component)
    return _text(calendar)


def calendar_method(text: str) -> str:
    """Return the METHOD of a calendar file. Raises ValueError if the file is damaged."""
    return str(Calendar.from_ical(text)["METHOD"])


def add_sender(text: str, sender: Mailbox) -> str:
    """Return a calendar file with the sender of the e-mail as its organizer, or on behalf of the one it has.

    Mail programs distrust a scheduling message that comes from neither its organizer nor SENT-BY (RFC 5546, 6.1.2).
    """
    calendar = Calendar.from_ical(text)
    for event in calendar.walk("VEVENT"):
        if "ORGANIZER" not in event:
            event.add("organizer", _address(sender))
        elif event["ORGANIZER"] != f"mailto:{sender.email}":
            event["ORGANIZER"].params["SENT-BY"] = f"mailto:{sender.email}"
    return _text(calendar)


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _event(event: CalendarEvent, now: dt.datetime) -> Event:
    component = Event()
    component.add("uid", event.uid)
    component.add("dtstamp", now.astimezone(dt.UTC))
    component.add("sequence", event.sequence)
    component.add("summary", _printable(event.summary))
    if event.ends_at is not None:
        component.add("dtstart", event.at.astimezone(LOCAL_ZONE))
        component.add("dtend", event.ends_at.astimezone(LOCAL_ZONE))
    else:
        component.add("dtstart", event.at.astimezone(dt.UTC))
        component.add("transp", "TRANSPARENT")
        if not event.is_cancelled:
            component.add_component(_alarm(event.summary))
    component.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    for name, value in (("location", event.location), ("description", event.description)):
        if value:
            component.add(name, _printable(value))
    if event.url:
        component.add("url", event.url)
    return component


def _alarm(summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _printable(summary))
    alarm.add("trigger", dt.timedelta(days=-1))
    return alarm


def _address(mailbox: Mailbox) -> vCalAddress:
    address = vCalAddress(f"mailto:{ascii_email(mailbox.email)}")
    if mailbox.name:
        address.params["CN"] = vText(_printable(mailbox.name).replace("\n", " "))
    return address


@cache
def _timezone() -> Component:
    return Timezone.from_ical(_TIMEZONE)


def _printable(text: str) -> str:
    """Return a text without control characters, which calendar programs reject."""
    return "".join(character for character in text if character >= " " or character == "\n")


def _text(calendar: Calendar) -> str:
    return str(calendar.to_ical(), "utf-8")
