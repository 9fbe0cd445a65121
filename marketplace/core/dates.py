"""Dates as people write them, and calendar arithmetic."""

import datetime as dt
import re
from typing import TypeVar

from dateutil.relativedelta import relativedelta

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar january jan", "februar february feb", "mars march mar", "april apr", "mai may", "juni june jun",
            "juli july jul", "august aug", "september sep sept", "oktober october okt oct", "november nov",
            "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_FULL_YEAR = 4

Moment = TypeVar("Moment", dt.date, dt.datetime)


def _date(year: str, month: str | int, day: str | int) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def parse_date(text: str) -> dt.date | None:
    """Parse "2026-12-24", "24.12.2026", "24/12/26", "24-12-2026" or "24. desember 2026"; None for anything else."""
    text = text.strip()
    if match := re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", text):
        return _date(*match.groups())
    if match := re.fullmatch(r"([0-9]{1,2})\s*[./-]\s*([0-9]{1,2})\s*[./-]\s*([0-9]{4}|[0-9]{2})", text):
        day, month, year = match.groups()
        return _date(year if len(year) == _FULL_YEAR else f"20{year}", month, day)
    if match := re.fullmatch(r"([0-9]{1,2})\.?\s*([a-z]+)\.?\s*([0-9]{4})", text.casefold()):
        day, name, year = match.groups()
        return _date(year, _MONTHS.get(name, 0), day)
    return None


def parse_month(text: str) -> str | None:
    """Parse "juni 2027", "June 2027", "06.2027", "6/2027" or "2027-06" to "2027-06"; None for anything else."""
    text = text.strip()
    month: str | int
    if match := re.fullmatch(r"([0-9]{4})-([0-9]{1,2})", text):
        year, month = match.groups()
    elif match := re.fullmatch(r"([0-9]{1,2})\s*[./-]\s*([0-9]{4})", text):
        month, year = match.groups()
    elif match := re.fullmatch(r"([a-z]+)\.?\s*([0-9]{4})", text.casefold()):
        month, year = _MONTHS.get(match[1], 0), match[2]
    else:
        return None
    first = _date(year, month, 1)
    return first.isoformat()[:7] if first else None


def add_months(moment: Moment, months: int) -> Moment:
    """Return a date or datetime some calendar months later, or earlier if negative.

    A day that the month does not have becomes its last day: 31 January plus one month is 28 or 29 February. Raises
    ValueError outside the years 1 to 9999.
    """
    return moment + relativedelta(months=months)
