"""clock.as_of: actions in the past get their own time."""

import datetime as dt

import pytest

from marketplace.core import clock


def test_as_of_sets_now_and_today() -> None:
    moment = dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC)
    with clock.as_of(moment):
        assert clock.now() == moment
        assert clock.today() == dt.date(2026, 3, 2), "it is past midnight in Oslo"
    assert clock.now() > moment or clock.now().year < 2026


def test_as_of_ends_when_block_raises() -> None:
    moment = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    with pytest.raises(ValueError, match="stop"), clock.as_of(moment):
        raise ValueError("stop")
    assert clock.now() != moment
