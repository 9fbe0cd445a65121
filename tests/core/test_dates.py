"""Dates as people write them, and months added at month ends."""

import datetime as dt

import pytest
from hypothesis import given, strategies as st

from marketplace.core import clock
from marketplace.core.dates import (
    UNKNOWN_MONTH,
    add_months,
    cutoff_passed,
    cutoff_reached,
    is_unknown,
    local_date_after,
    parse_date,
    parse_month,
)

pytestmark = pytest.mark.once
ADVENT = dt.date(2026, 11, 29)
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
        "24/12-26",
        "24/12 2026",
        "24.12 2026",
        "24 – 12 – 2026",
        "24.12.'26",
        "20261224",
        "24.desember 26",
        "torsdag 24. desember 2026",
        "tors. 24.12.2026",
        "den 24. desember 2026",
        "December 24, 2026",
        "24th December 2026",
        "2026/12/24",
        "24.\u00a0desember\u202f2026",
        "24122026",
        "241226",
    ],
)
def test_date_formats_are_accepted(text: str) -> None:
    assert parse_date(text) == parse_date(f" {text} ") == CHRISTMAS_EVE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31.02.2027",
        "0001-01-01",
        "31.12.9999",
        "2026-13-01",
        "24.12",
        "i morgen",
        "24. jul 0",
        "310227",
        "24121926",
        "٢٤.١٢.٢٠٢٦",
        "9" * 400,
    ],
)
def test_other_text_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "juni 2027", "June 2027", "jun. 2027", "06.2027", "6/2027", "2027-06", "juni 27", "juni-2027", "JUNI, 2027", "juni",
        "innen juni", "slutten av juni 2027", "midt i juni 2027", "sommeren 2027", "sommaren 2027", "summer 2027", "til sommeren",
        "neste sommer", "by summer 2027", "Q2 2027", "2. kvartal 2027", "andre kvartal", "første halvår 2027", "uke 24",
        "veke 24 2027", "week 24, 2027", "15. juni 2027", "15. juni", "15.06.27", "01-06-2027",
    ],
)  # fmt: skip
def test_month_formats_are_accepted(text: str) -> None:
    assert parse_month(text, ADVENT) == "2027-06"


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("november", "2026-11"),
        ("oktober", "2027-10"),
        ("mai 2027", "2027-05"),
        ("april", "2027-04"),
        ("påske 2027", "2027-03"),
        ("før påske", "2027-03"),
        ("Easter 2028", "2028-04"),
        ("pinsen 2027", "2027-05"),
        ("våren 2027", "2027-03"),
        ("hausten 2027", "2027-09"),
        ("jul", "2026-12"),
        ("uke 12", "2027-03"),
        ("uke 53 2026", "2026-12"),
    ],
)
def test_month_without_year_is_the_next_one(text: str, month: str) -> None:
    assert parse_month(text, ADVENT) == month


@pytest.mark.parametrize(
    "text", ["", "2027", "13.2027", "snart", "uke 60", "uke 53 2027", "30. februar 2027"]
)
def test_other_text_is_no_month(text: str) -> None:
    assert parse_month(text, ADVENT) is None


@pytest.mark.parametrize(
    "text",
    ["vet ikke", "Vet ikke.", "veit ikkje", "don't know", "do not know", "usikker", "not sure", "?", "-"],
)
def test_somebody_may_not_know(text: str) -> None:
    assert is_unknown(text)
    assert parse_month(text) == UNKNOWN_MONTH


@pytest.mark.parametrize(
    ("moment", "days", "day"),
    [
        ("2027-08-10T00:30+02:00", 90, "2027-11-08"),
        ("2027-08-10T23:30+02:00", 90, "2027-11-08"),
        ("2027-03-27T23:30+01:00", 1, "2027-03-28"),
        ("2027-10-30T23:30+02:00", 1, "2027-10-31"),
        ("2027-11-08T00:30+01:00", -90, "2027-08-10"),
    ],
)
def test_days_are_added_to_the_local_date(moment: str, days: int, day: str) -> None:
    in_utc = dt.datetime.fromisoformat(moment).astimezone(dt.UTC)
    assert local_date_after(in_utc, days=days) == dt.date.fromisoformat(day)


PERIODS = [{"days": 1}, {"days": 30}, {"days": 90}, {"months": 1}, {"months": 12}, {"months": 14}]


@given(
    st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2029, 1, 1), timezones=st.just(dt.UTC)),  # noqa: DTZ001 because Hypothesis wants naive bounds
    st.sampled_from(PERIODS),
    st.integers(-3, 3),
    st.integers(0, 86_399),
)
def test_cutoffs_agree_with_the_last_date_of_a_period(
    moment: dt.datetime, period: dict[str, int], days: int, second: int
) -> None:
    last = local_date_after(moment, **period)
    now = clock.start_of_day(last + dt.timedelta(days=days)) + dt.timedelta(seconds=second)
    today = clock.to_local(now).date()
    assert (moment < cutoff_reached(**period, now=now)) is (last <= today)
    assert (moment < cutoff_passed(**period, now=now)) is (last < today)


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
