import datetime as dt

import pytest

from marketplace.briefs import deadlines
from marketplace.core import clock

MONDAY = dt.date(2026, 11, 2)


def test_deadline_can_be_extended_twice():
    assert [deadlines.can_extend_again(extensions) for extensions in range(4)] == [True, True, False, False]


def test_extension_without_offers_ends_with_the_open_period():
    published = clock.start_of_day(MONDAY - dt.timedelta(days=50))
    assert deadlines.extension_range_without_offers(MONDAY, clock.start_of_day(MONDAY)) == (
        dt.date(2026, 11, 4),
        dt.date(2026, 11, 16),
    )
    assert deadlines.extension_range_without_offers(MONDAY, published)[1] == dt.date(2026, 11, 12)


@pytest.mark.parametrize(("days", "due"), [(7, None), (8, 7), (21, 7), (22, 21), (36, 35)])
def test_decision_reminder_is_due_after_the_last_second_of_its_day(days, due):
    opened = clock.end_of_day(MONDAY)
    assert (
        deadlines.decision_reminder_due(opened, opened + dt.timedelta(days=days) - dt.timedelta(hours=1))
        == due
    )


@pytest.mark.parametrize(
    ("decides_in", "days", "due"),
    [(12, 11, 7), (12, 12, 11), (8, 8, 7), (7, 7, None), (7, 8, 7), (0, 7, None)],
)
def test_decision_reminder_is_due_on_the_day_that_suppliers_were_told(decides_in, days, due):
    opened = clock.end_of_day(MONDAY)
    now = clock.start_of_day(MONDAY + dt.timedelta(days=days)) + dt.timedelta(hours=1)
    decides_on = MONDAY + dt.timedelta(days=decides_in)
    assert deadlines.decision_reminder_due(opened, now, decides_on) == due


@pytest.mark.parametrize("day", [dt.date(2027, 3, 29), dt.date(2027, 11, 1)])
def test_unsent_reminder_is_at_the_same_hour_when_the_clocks_change(day):
    begins = deadlines.unsent_reminder_at(clock.end_of_day(day))
    assert clock.to_local(begins).time() == deadlines.UNSENT_REMINDER_TIME


def test_unsent_reminder_is_sent_once_per_deadline():
    deadline = clock.end_of_day(MONDAY)
    begins = deadlines.unsent_reminder_at(deadline)
    assert clock.to_local(begins).isoformat(" ", "minutes")[:16] == "2026-11-01 08:00"
    assert not deadlines.is_unsent_reminder_due(None, deadline, begins - dt.timedelta(seconds=1))
    assert deadlines.is_unsent_reminder_due(None, deadline, begins)
    assert not deadlines.is_unsent_reminder_due(begins, deadline, begins)
    assert deadlines.is_unsent_reminder_due(begins - dt.timedelta(days=7), deadline, begins)
