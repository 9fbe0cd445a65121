"""Telling what has happened as when it happened."""

import datetime as dt

import pytest

from marketplace.core import clock


def test_a_moment_can_be_the_present_one_for_a_while() -> None:
    moment = dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC)
    with clock.as_of(moment):
        assert clock.now() == moment
        assert clock.today() == dt.date(2026, 3, 2), "it is past midnight in Oslo"
    assert clock.now() > moment or clock.now().year < 2026


def test_the_clock_goes_on_when_something_fails() -> None:
    moment = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    with pytest.raises(ValueError, match="stop"), clock.as_of(moment):
        raise ValueError("stop")
    assert clock.now() != moment
