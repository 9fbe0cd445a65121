"""Days of the sessions of the demo's course."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from marketplace.core import clock

AFTERNOONS, MIN_DAYS_BETWEEN, CHRISTMAS_BEGINS = 6, 5, 23


def session_days(today: dt.date, places: Sequence[dict[str, Any]]) -> dict[str, list[int]]:
    """Return the days of the sessions of each place, relative to today.

    Sessions on other days than working days, or at Christmas, move away from today to a day without a session.
    """
    taken = {0}

    def moved(planned: Iterable[int], step: int) -> list[int]:
        days: list[int] = []
        for day in planned:
            chosen = day
            while (
                (days and abs(chosen) < abs(days[-1]) + MIN_DAYS_BETWEEN)
                or chosen in taken
                or not _is_course_day(today + dt.timedelta(chosen))
            ):
                chosen += step
            taken.add(chosen)
            days.append(chosen)
        return days

    def days_of(place: dict[str, Any]) -> list[int]:
        planned = [place["first"] + 7 * place["weeks"] * number for number in range(AFTERNOONS)]
        past = moved((day for day in reversed(planned) if day < 0), -1)
        return [
            *reversed(past),
            *(day for day in planned if not day),
            *moved((day for day in planned if day > 0), 1),
        ]

    return {place["name"]: days_of(place) for place in places}


def _is_course_day(day: dt.date) -> bool:
    return clock.is_working_day(day) and not (day.month == 12 and day.day >= CHRISTMAS_BEGINS)
