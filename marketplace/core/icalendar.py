"""Calendar files with moments, such as deadlines (iCalendar, RFC 5545)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

MAX_LINE_BYTES = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """A moment in a calendar, with a reminder one day before.

    `uid` identifies it in all calendars, so that a file with a higher `sequence` moves it.
    """

    uid: str
    at: dt.datetime
    summary: str
    url: str = ""
    sequence: int = 0


def calendar_file(events: Iterable[CalendarEvent], now: dt.datetime) -> str:
    """Return a calendar file with events, with lines of at most 75 bytes."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Leverandortorget//Deadlines//NO", "METHOD:PUBLISH"]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.uid}",
            f"DTSTAMP:{_utc(now)}",
            f"DTSTART:{_utc(event.at)}",
            f"SEQUENCE:{event.sequence}",
            f"SUMMARY:{_escape(event.summary)}",
            *([f"URL:{event.url}"] if event.url else []),
            "TRANSP:TRANSPARENT",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_escape(event.summary)}",
            "TRIGGER:-P1D",
            "END:VALARM",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _escape(text: str) -> str:
    printable = "".join(character for character in text if character >= " " or character == "\n")
    return printable.translate(_ESCAPES)


def _fold(line: str) -> str:
    """Break a line into parts of at most 75 bytes, never inside a character."""
    parts, size = [""], 0
    for character in line:
        length = len(character.encode())
        if size + length > MAX_LINE_BYTES:
            parts.append(" ")
            size = 1
        parts[-1] += character
        size += length
    return "\r\n".join(parts)
