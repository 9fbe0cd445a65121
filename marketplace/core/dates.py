"""Dates as people write them, and calendar arithmetic."""

import datetime as dt
import re
from functools import lru_cache
from typing import Any, TypeVar

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

from marketplace.core import clock

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
_DASH = re.compile("[\u2010-\u2015\u2212]")
_YEARS = range(1000, 9000)
"""Years that a date can have. The first and last day that Python knows do not exist in other time zones."""
UNKNOWN_MONTH = "unknown"
"""Stored in place of a month if the answer is that the month is not known."""
_UNKNOWN = re.compile(
    r"(?:jeg |eg |vi |i |we )?(?:vet|veit|kjenner) (?:ikke|ikkje)(?: (?:ennå|enno|helt|heilt))?|(?:i |we )?(?:do not|don.?t) know(?: yet)?|"
    r"usikkert?|ikkje sikker|ikke sikker|unsure|not sure|(?:ikke|ikkje|not) (?:bestemt|decided)(?: ennå| enno| yet)?|\?+|-+"
)
_WEEKDAY = re.compile(
    r"^(?:man|måndag|mon|tir|tys|tues?|ons|wednes|tors|thurs|fre|fri|lør|laur|satur|søn|sun)[a-zæøå]*[,.]?\s+(?:den |the )?"
)
_LEAD = re.compile(
    r"^(?:(?:innen|innan|før|by|before|til|i løpet av|during|in|i|fra|frå|from|ca\.?|rundt|omkring|around|about|over|"
    r"(?:i |på |the )?(?:starten|begynnelsen|byrjinga|midten|slutten|start|beginning|middle|end|utgangen)(?: av| of)?|"
    r"tidlig|tidleg|midt|sent|seint|early|mid|late|den|the|påfølgende)\s+)+"
)
# A season stands for its first month, a quarter or half year for its last: "by summer", "by the second quarter".
_SEASONS = {
    name: month
    for month, names in {
        1: "vinter vinteren winter nyttår new year",
        3: "vår våren spring",
        6: "sommer sommeren sommaren summer sankthans jonsok midsummer",
        7: "fellesferien fellesferie fellesferia",
        8: "skolestart skulestart",
        9: "høst høsten haust hausten autumn fall",
        12: "jul jula julen christmas xmas advent årsskiftet",
    }.items()
    for name in names.split()
}
_EASTER = {"påske": 0, "påska": 0, "påsken": 0, "easter": 0, "pinse": 49, "pinsa": 49, "pinsen": 49, "whitsun": 49, "pentecost": 49}  # fmt: skip
_ORDINALS = {
    "1": 1, "2": 2, "3": 3, "4": 4, "første": 1, "fyrste": 1, "first": 1, "andre": 2, "annet": 2, "second": 2,
    "tredje": 3, "third": 3, "fjerde": 4, "fourth": 4,
}  # fmt: skip
_QUARTER = re.compile(r"(?:q([1-4])|([1-4]|[a-zøæå]+)\.?\s*(?:kvartal|quarter))")
_HALF_YEAR = re.compile(r"([12]|[a-zøæå]+)\.?\s*(?:halvår|half(?: of)?(?: the year)?)")

Moment = TypeVar("Moment", dt.date, dt.datetime)


def _date(year: str, month: str | int, day: str | int) -> dt.date | None:
    full_year = int(year if len(year) == _FULL_YEAR else f"20{year}")
    try:
        return dt.date(full_year, int(month), int(day)) if full_year in _YEARS else None
    except ValueError:
        return None


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", _DASH.sub("-", text)).strip().strip(".,").casefold()


def parse_date(text: str) -> dt.date | None:
    """Parse a date with its year. Returns None for anything else.

    Examples: "2026-12-24", "20261224", "24.12.26", "24/12 2026", "241226", "24. desember 2026", "torsdag 24. des. 2026".
    """
    text = _WEEKDAY.sub("", _plain(text))
    if match := re.fullmatch(r"([0-9]{2})([0-9]{2})((?:20)?[0-9]{2})", text):
        day, month, year = match.groups()
        if parsed := _date(year, month, day):
            return parsed
    if match := re.fullmatch(r"(20[0-9]{2})([0-9]{2})([0-9]{2})", text) or re.fullmatch(
        r"([0-9]{4})\s?[./-]\s?([0-9]{1,2})\s?[./-]\s?([0-9]{1,2})", text
    ):
        year, month, day = match.groups()
        return _date(year, month, day)
    if match := re.fullmatch(
        r"([0-9]{1,2})\s?[./-]\s?([0-9]{1,2})(?:\s?[./-]\s?'?([0-9]{4}|[0-9]{2})| ([0-9]{4}))", text
    ):
        day, month, *years = match.groups()
        year = years[0] or years[1]
        return _date(year, month, day)
    if match := re.fullmatch(
        r"(?:den )?([0-9]{1,2})(?:\.|st|nd|rd|th)?\s?[-/]?(?:of )?([a-z]+)\.?,?\s?[-/']?([0-9]{4}|[0-9]{2})",
        text,
    ):
        day, name, year = match.groups()
        return _date(year, _MONTHS.get(name, 0), day)
    if match := re.fullmatch(r"([a-z]+)\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})", text):
        name, day, year = match.groups()
        return _date(year, _MONTHS.get(name, 0), day)
    return None


def is_unknown(text: str) -> bool:
    """Return True if a text says that the writer does not know: "vet ikke", "veit ikkje", "not sure", "?"."""
    return _UNKNOWN.fullmatch(_plain(text)) is not None


def parse_month(text: str, today: dt.date | None = None) -> str | None:
    """Parse a month to "2027-06": "juni 2027", "06.2027", "april", "sommeren 2027", "påske 2027", "uke 12", a date.

    Without a year it is the next one from `today`. "Vet ikke" becomes UNKNOWN_MONTH; anything else None.
    """
    today = today or clock.today()
    if is_unknown(text):
        return UNKNOWN_MONTH
    text = _LEAD.sub("", _plain(text))
    if day := parse_date(text):
        return day.isoformat()[:7]
    if match := re.fullmatch(r"([0-9]{4})\s?[./-]\s?([0-9]{1,2})", text):
        return _month_text(*match.groups())
    if match := re.fullmatch(r"([0-9]{1,2})\s?[./-]\s?([0-9]{4})", text):
        return _month_text(match[2], match[1])
    named, year = text, ""
    if match := re.fullmatch(
        r"(.*?[a-zæøå.0-9])(?:[ ,]+(?:i |of )?|[ ,]*[-']|(?<=[a-zæøå]))([0-9]{4})", text
    ):
        named, year = match.groups()
    elif match := re.fullmatch(r"([a-zæøå]{3,})\.?[ ,]*[-']?([0-9]{2})", text):
        named, year = match[1], f"20{match[2]}"
        if named in {"uke", "veke", "week"}:
            named, year = text, ""
    if year:
        return _named_month(named, int(year))
    years = (today.year, today.year + 1)
    months = [month for candidate in years if (month := _named_month(named, candidate))]
    return next((month for month in months if month >= today.isoformat()[:7]), None)


def _month_text(year: str, month: str | int) -> str | None:
    first = _date(year, month, 1)
    return first.isoformat()[:7] if first else None


def _named_month(name: str, year: int) -> str | None:
    """Return the month of a name, season, holiday, week, quarter or day of a year, or None."""
    name = re.sub(r"^(?:neste|next|til|this|denne|kommende|komande) ", "", name.strip(" .,"))
    match = re.fullmatch(r"(?:den )?([0-9]{1,2})(?:\.|st|nd|rd|th)? ?([a-z]+)", name)
    if match and match[2] in _MONTHS:
        day = _date(str(year), _MONTHS.get(match[2], 0), match[1])
        return day.isoformat()[:7] if day else None
    if match := re.fullmatch(r"(?:uke|veke|week|uke nr|v|u)\.? ?([0-9]{1,2})", name):
        try:
            return dt.date.fromisocalendar(year, int(match[1]), 4).isoformat()[:7]
        except ValueError:
            return None
    if name in _EASTER and 1583 <= year <= 9998:  # noqa: PLR2004 because the Gregorian Easter begins in 1583
        return (easter(year) + dt.timedelta(days=_EASTER[name])).isoformat()[:7]
    # "Jul" alone is Christmas; with a day before it, as above, it is July.
    month = _SEASONS.get(name) or _MONTHS.get(name)
    if match := _QUARTER.fullmatch(name):
        month = 3 * _ORDINALS.get(match[1] or match[2], 0)
    elif match := _HALF_YEAR.fullmatch(name):
        half = _ORDINALS.get(match[1], 0)
        month = 6 * half if half <= 2 else 0  # noqa: PLR2004 because a year has two halves
    return _month_text(f"{year:04}", month) if month else None


def local_date_after(moment: dt.datetime, *, days: int = 0, months: int = 0) -> dt.date:
    """Return the local (Europe/Oslo) date some calendar days and months after the local date of a moment.

    Deadlines count calendar days: adding them to the moment in UTC gives the wrong date around midnight and when
    daylight saving time begins or ends.
    """
    return clock.to_local(moment).date() + relativedelta(days=days, months=months)


def cutoff_reached(*, days: int = 0, months: int = 0, now: dt.datetime | None = None) -> dt.datetime:
    """Return the cut-off of a period whose last date has begun: use it in SQL in place of `local_date_after`.

    `moment < cutoff_reached(days=30)` is the same as `local_date_after(moment, days=30) <= today`.
    """
    return _cutoff(clock.to_local(now or clock.now()).date(), days, months)


def cutoff_passed(*, days: int = 0, months: int = 0, now: dt.datetime | None = None) -> dt.datetime:
    """Return the cut-off of a period whose last date is over, at local midnight.

    `moment < cutoff_passed(days=30)` is the same as `local_date_after(moment, days=30) < today`.
    """
    return _cutoff(clock.to_local(now or clock.now()).date() - dt.timedelta(days=1), days, months)


@lru_cache(maxsize=256)
def _cutoff(day: dt.date, days: int, months: int) -> dt.datetime:
    """Return the first moment for which `local_date_after` is later than a day.

    Adding months is not reversible: 29, 30 and 31 January are all a month before 28 February.
    """
    period, one_day = relativedelta(days=days, months=months), dt.timedelta(days=1)
    latest = day - period
    while latest + period > day:
        latest -= one_day
    while latest + one_day + period <= day:
        latest += one_day
    return clock.start_of_day(latest + one_day)


def add_months(moment: Moment, months: int) -> Moment:
    """Return a date or datetime some calendar months later, or earlier if negative.

    A day that the month does not have becomes its last day: 31 January plus one month is 28 or 29 February. Raises
    ValueError outside the years 1 to 9999.
    """
    return moment + relativedelta(months=months)


def end_of_day_after(since: dt.datetime, days: int) -> dt.datetime:
    """Return the last second of the local day that is a number of days after a moment."""
    return clock.end_of_day(local_date_after(since, days=days))


def json_value(value: Any) -> Any:
    """Return a date or moment as an ISO text, and another value as it is, to be stored or exported as JSON."""
    return value.isoformat() if isinstance(value, dt.date) else value
