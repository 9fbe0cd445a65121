"""Timeline of the demo: actions run in chronological order, each at its own time."""

import datetime as dt
import itertools
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.progress import Progress

from marketplace.core import clock
from marketplace.core.database import session, transaction

Action = Callable[[], object]
EARLIEST_HOUR, WORKING_MINUTES = 8, 7 * 60


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """An action and its time. Scheduled jobs manage their own transactions."""

    at: dt.datetime
    action: Action
    is_scheduled: bool


class Timeline:
    """Past actions to run. Days are relative to today and negative."""

    def __init__(self, today: dt.date) -> None:
        self.today = today
        self._events: list[TimelineEvent] = []

    def day(self, days: int) -> dt.date:
        """Return the date a number of days from today."""
        return self.today + dt.timedelta(days=days)

    def add(self, days: int, key: str, action: Action, *, minutes: int = 0) -> None:
        """Add an action on a past day.

        The key determines the time of day, so that actions with the same key keep their order. `minutes` is the delay
        after the first action with that key.
        """
        start = zlib.crc32(key.encode()) % WORKING_MINUTES
        local = dt.datetime.combine(self.day(min(days, -1)), dt.time(EARLIEST_HOUR), tzinfo=clock.LOCAL_ZONE)
        self._events.append(
            TimelineEvent(local + dt.timedelta(minutes=start + minutes), action, is_scheduled=False)
        )

    def add_at(self, days: int, time: dt.time, action: Action) -> None:
        """Add an action at a local time on a past day."""
        local = dt.datetime.combine(self.day(days), time, tzinfo=clock.LOCAL_ZONE)
        self._events.append(TimelineEvent(local, action, is_scheduled=False))

    def add_scheduled(self, days: int, action: Action) -> None:
        """Add a scheduled job that runs just after midnight on a past day, once a day."""
        local = dt.datetime.combine(self.day(days), dt.time(0, 5), tzinfo=clock.LOCAL_ZONE)
        event = TimelineEvent(local, action, is_scheduled=True)
        if days < 0 and event not in self._events:
            self._events.append(event)

    @property
    def start(self) -> dt.datetime:
        """Return the time of the first action."""
        return min(event.at for event in self._events)

    def run(self, progress: Progress) -> None:
        """Run all actions in chronological order. The actions between two scheduled jobs share a transaction."""
        events = sorted(self._events, key=lambda event: event.at)
        task = progress.add_task("Demo data", total=len(events))
        for is_scheduled, group in itertools.groupby(events, key=lambda event: event.is_scheduled):
            run_group = self._run_scheduled if is_scheduled else self._run_actions
            for _event in run_group(group):
                progress.advance(task)

    @staticmethod
    def _run_scheduled(events: Iterator[TimelineEvent]) -> Iterator[TimelineEvent]:
        for event in events:
            with clock.as_of(event.at):
                event.action()
            yield event

    @staticmethod
    def _run_actions(group: Iterator[TimelineEvent]) -> Iterator[TimelineEvent]:
        events = list(group)
        # Rows that are recorded at the commit get a time in the past too.
        with clock.as_of(events[-1].at), transaction():
            for event in events:
                with clock.as_of(event.at):
                    event.action()
                    session.flush()
                session.expire_all()  # the next action reads from the database, as a new request would
                yield event
