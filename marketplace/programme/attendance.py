"""Rules of attendance: which mark counts, and which sessions count towards completing the course."""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from marketplace.core.i18n import lazy_gettext as _


class Mark(StrEnum):
    """Attendance of a company at a session."""

    PRESENT = "here"
    LATE = "late"
    EXCUSED = "excused"
    ABSENT = "away"


MARK_LABELS = {
    Mark.PRESENT: _("Here"),
    Mark.LATE: _("Came late"),
    Mark.EXCUSED: _("Excused"),
    Mark.ABSENT: _("Not here"),
}
ATTENDED = frozenset({Mark.PRESENT, Mark.LATE})


class MarkSource(StrEnum):
    """Way in which a mark was made."""

    STAFF = "staff"
    LINK = "link"
    SELF = "self"


class MarkEvent(NamedTuple):
    """A stored mark. `marked_at` is the time on the device; between marks with equal times, `key` decides."""

    participation_id: int
    mark: Mark
    marked_at: dt.datetime
    key: str


def latest_marks(events: Iterable[MarkEvent]) -> dict[int, MarkEvent]:
    """Return the mark that counts for each participation: the one with the latest device time, regardless of arrival order."""
    latest: dict[int, MarkEvent] = {}
    for event in events:
        current = latest.get(event.participation_id)
        if current is None or (current.marked_at, current.key) < (event.marked_at, event.key):
            latest[event.participation_id] = event
    return latest


def plausible_time(marked_at: dt.datetime, starts_at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """Return the time of a mark, clamped between the day before the session and now: device clocks may be wrong."""
    return min(max(marked_at, starts_at - dt.timedelta(days=1)), now)


def count_attended(marks: Iterable[tuple[int, Mark]]) -> int:
    """Count the sessions of the course that a company attended, from (number in the course plan, mark).

    A catch-up session has the number of the session it repeats, so attending both counts once.
    """
    return len({number for number, mark in marks if mark in ATTENDED})
