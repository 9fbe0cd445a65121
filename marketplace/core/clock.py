"""The application's clock: UTC internally, Europe/Oslo for users. All code reads the time through this module."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, wraps
from zoneinfo import ZoneInfo

from dateutil.easter import easter

LOCAL_ZONE = ZoneInfo("Europe/Oslo")
_simulated_time: ContextVar[datetime | None] = ContextVar("simulated_time", default=None)


def now() -> datetime:
    """Return the current time as an aware datetime in UTC."""
    return _simulated_time.get() or datetime.now(UTC)


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Simulate another current time inside the block, so that demo data and tests can create past events."""
    token = _simulated_time.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _simulated_time.reset(token)


def today() -> date:
    """Return the current date in local time."""
    return now().astimezone(LOCAL_ZONE).date()


def to_local(moment: datetime) -> datetime:
    """Convert an aware datetime to local time."""
    return moment.astimezone(LOCAL_ZONE)


def from_local(day: date, at: time) -> datetime:
    """Return a local date and time in UTC. The hour that occurs twice in autumn means its first occurrence.

    Raises ValueError for a time that does not exist because summer time begins.
    """
    moment = datetime.combine(day, at, tzinfo=LOCAL_ZONE).astimezone(UTC)
    if to_local(moment).replace(tzinfo=None) != datetime.combine(day, at):
        message = f"{day} {at} does not exist in local time."
        raise ValueError(message)
    return moment


def end_of_day(day: date) -> datetime:
    """Return the last second of a local day (23:59:59), when deadlines end, in UTC."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=LOCAL_ZONE).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    """Return the first second of a local day, in UTC."""
    return datetime.combine(day, time(), tzinfo=LOCAL_ZONE).astimezone(UTC)


def not_before(hour: int) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Let a scheduled job do nothing, and return 0, before an hour of the local day."""

    def decorate(job: Callable[[], int]) -> Callable[[], int]:
        @wraps(job)
        def run() -> int:
            return 0 if now() < from_local(today(), time(hour)) else job()

        return run

    return decorate


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """Return True if a day is a Norwegian working day: neither a weekend nor a public holiday."""
    if day.weekday() >= 5:  # noqa: PLR2004 because Saturday is 5 in date.weekday()
        return False
    if (day.month, day.day) in {(1, 1), (5, 1), (5, 17), (12, 25), (12, 26)}:
        return False
    from_easter = (day - easter(day.year)).days
    return from_easter not in {-3, -2, 0, 1, 39, 49, 50}


def add_working_days(day: date, count: int) -> date:
    """Return the date `count` working days after a day, or before it if negative."""
    step = timedelta(days=1 if count >= 0 else -1)
    left = abs(count)
    while left:
        day += step
        if is_working_day(day):
            left -= 1
    return day


def working_days_between(first: date, last: date) -> int:
    """Count the working days after `first` up to and including `last` (0 if `last` is not later)."""
    count, day = 0, first
    while day < last:
        day += timedelta(days=1)
        count += is_working_day(day)
    return count
