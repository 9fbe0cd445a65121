"""What has happened in the demo world, in the order of time, each thing at its own moment."""

import datetime as dt
import itertools
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.progress import Progress

from marketplace.core import clock
from marketplace.core.database import session, transaction

Act = Callable[[], None]
EARLIEST_HOUR, WORKING_MINUTES = 8, 7 * 60


@dataclass(frozen=True, slots=True)
class Event:
    """An act and when it was done. What the clock does has its own transactions."""

    at: dt.datetime
    act: Act
    by_clock: bool


class History:
    """Acts to be lived through. Days count from today; all lie in the past."""

    def __init__(self, today: dt.date) -> None:
        self.today = today
        self._events: list[Event] = []

    def day(self, days: int) -> dt.date:
        """Return the date so many days from today."""
        return self.today + dt.timedelta(days=days)

    def add(self, days: int, key: str, act: Act, *, minutes: int = 0) -> None:
        """Add an act on a past day. `key` decides the time of day, so that acts of one matter keep their order.

        `minutes` is how long after the first act of that matter.
        """
        start = zlib.crc32(key.encode()) % WORKING_MINUTES
        local = dt.datetime.combine(self.day(min(days, -1)), dt.time(EARLIEST_HOUR), tzinfo=clock.LOCAL_ZONE)
        self._events.append(Event(local + dt.timedelta(minutes=start + minutes), act, by_clock=False))

    def add_clock(self, days: int, act: Act) -> None:
        """Add something that the clock does in the first minutes of a past day, once a day."""
        local = dt.datetime.combine(self.day(days), dt.time(0, 5), tzinfo=clock.LOCAL_ZONE)
        event = Event(local, act, by_clock=True)
        if days < 0 and event not in self._events:
            self._events.append(event)

    @property
    def begins(self) -> dt.datetime:
        """Return the moment of the first act."""
        return min(event.at for event in self._events)

    def live(self, progress: Progress) -> None:
        """Do it all, in the order of time. What stands between two acts of the clock is one transaction."""
        events = sorted(self._events, key=lambda event: event.at)
        task = progress.add_task("Demo data", total=len(events))
        for by_clock, group in itertools.groupby(events, key=lambda event: event.by_clock):
            live = self._by_clock if by_clock else self._by_people
            for _event in live(group):
                progress.advance(task)

    @staticmethod
    def _by_clock(events: Iterator[Event]) -> Iterator[Event]:
        for event in events:
            with clock.as_of(event.at):
                event.act()
            yield event

    @staticmethod
    def _by_people(events: Iterator[Event]) -> Iterator[Event]:
        with transaction():
            for event in events:
                with clock.as_of(event.at):
                    event.act()
                    session.flush()
                session.expire_all()  # the next act reads as a new request would
                yield event
