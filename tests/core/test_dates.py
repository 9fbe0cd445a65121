"""Dates as people write them, and months added at month ends."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.dates import add_months, parse_date, parse_month

pytestmark = pytest.mark.once
CHRISTMAS_EVE = dt.date(2026, 12, 24)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-24",
        "24.12.2026",
        "24. 12. 2026",
        "24/12/2026",
        "24-12-2026",
        "24.12.26",
        "24. desember 2026",
        "24 December 2026",
        "24. des. 2026",
    ],
)
def test_date_formats_are_accepted(text: str) -> None:
    assert parse_date(text) == parse_date(f" {text} ") == CHRISTMAS_EVE


@pytest.mark.parametrize(
    "text", ["", "31.02.2027", "2026-13-01", "24.12", "i morgen", "24. jul 0", "٢٤.١٢.٢٠٢٦", "9" * 400]
)
def test_other_text_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize("text", ["juni 2027", "June 2027", "06.2027", "6/2027", "2027-06"])
def test_month_formats_are_accepted(text: str) -> None:
    assert parse_month(text) == "2027-06"


@pytest.mark.parametrize("text", ["", "2027", "13.2027", "juni"])
def test_other_text_is_no_month(text: str) -> None:
    assert parse_month(text) is None


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-05-31", -3, "2026-02-28"),
        ("2028-02-29", 12, "2029-02-28"),
    ],
)
def test_missing_day_becomes_last_day_of_month(day: str, months: int, result: str) -> None:
    assert add_months(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(result)


EARLIEST, LATEST = (dt.datetime(year, 1, 1) for year in (1900, 2100))  # noqa: DTZ001 because Hypothesis wants naive bounds


@given(st.datetimes(EARLIEST, LATEST), st.integers(-600, 600))
def test_added_months_keep_day_and_time_where_possible(moment: dt.datetime, months: int) -> None:
    later = add_months(moment, months)
    assert (later.year - moment.year) * 12 + later.month - moment.month == months
    assert later.time() == moment.time()
    assert later.day == moment.day or (later + dt.timedelta(days=1)).day == 1
