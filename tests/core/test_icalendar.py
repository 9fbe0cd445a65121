"""Calendar files: escaping, folding and times as RFC 5545 defines them."""

import datetime as dt
import re

import pytest
from icalendar import Calendar

from marketplace.core.clock import LOCAL_ZONE
from marketplace.core.icalendar import CalendarEvent, Mailbox, calendar_file, invitation

pytestmark = pytest.mark.once
AT = dt.datetime(2026, 12, 11, 23, 59, 59, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_calendar_file_has_utc_times_and_stable_ids() -> None:
    text = calendar_file([CalendarEvent("2026-0001-offers@x", AT, "Svar", "https://x.example/b", 3)], AT)
    lines = unfolded(text)
    assert len(Calendar.from_ical(text).walk("VEVENT")) == 1
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert {
        "DTSTART:20261211T225959Z",
        "UID:2026-0001-offers@x",
        "SEQUENCE:3",
        "URL:https://x.example/b",
    } <= set(lines)


def test_feed_has_its_name_and_interval_for_all_programs() -> None:
    lines = unfolded(calendar_file([], AT, name="Kurs, vår"))
    assert {
        "NAME:Kurs\\, vår",
        "X-WR-CALNAME:Kurs\\, vår",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        "X-PUBLISHED-TTL:PT15M",
    } <= set(lines)


def test_text_is_escaped_and_folded_between_characters() -> None:
    title = "Ost; smør, rømme \\ flatbrød\nog BEGIN:VEVENT\x00 " + "æøå🧀" * 40
    text = calendar_file([CalendarEvent("a", AT, title)], AT)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert not re.search(r"(?<!\r)\n", text)
    assert text.count("BEGIN:VEVENT\r\n") == 1
    summary = next(line for line in unfolded(text) if line.startswith("SUMMARY:"))
    assert summary.startswith("SUMMARY:Ost\\; smør\\, rømme \\\\ flatbrød\\nog BEGIN:VEVENT ")
    assert summary.endswith("æøå🧀" * 40)


def test_time_zone_of_an_invitation_has_the_clock_changes_of_norway() -> None:
    event = CalendarEvent("a", AT, "Samling", ends_at=AT + dt.timedelta(hours=3))
    text = invitation(event, AT, attendee=Mailbox("Kari\nNord", "kari@blåbær.example"))
    assert "mailto:kari@xn--blbr-roah.example" in "".join(unfolded(text))
    (zone,) = Calendar.from_ical(text).walk("VTIMEZONE")
    defined = zone.to_tz()
    for year in (1997, 2026, 2039):
        for month, day in ((1, 15), (3, 24), (3, 31), (7, 15), (10, 24), (10, 31), (11, 15)):
            moment = dt.datetime(year, month, day, 12, tzinfo=LOCAL_ZONE)
            assert moment.replace(tzinfo=defined).utcoffset() == moment.utcoffset()
