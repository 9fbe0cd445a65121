"""Time limits after an award or a lapse: reopening the choice, declining the award, deciding late. Pure functions."""

import datetime as dt

from marketplace.core.dates import end_of_day_after

REOPEN_DAYS = 14
"""Days after an award within which the company can reopen its choice."""
DECLINE_DAYS = 10
"""Days within which the chosen supplier can decline the award."""
LATE_DECISION_DAYS = 90
"""Days after a brief has lapsed within which the company can still decide."""


def can_reopen(awarded_at: dt.datetime, now: dt.datetime) -> bool:
    """Return True if the company can still reopen its choice."""
    return now <= end_of_day_after(awarded_at, REOPEN_DAYS)


def can_decline(awarded_at: dt.datetime, now: dt.datetime) -> bool:
    """Return True if the chosen supplier can still decline the award."""
    return now <= end_of_day_after(awarded_at, DECLINE_DAYS)


def can_decide_late(lapsed_at: dt.datetime, now: dt.datetime) -> bool:
    """Return True if a lapsed brief can still be decided."""
    return now <= end_of_day_after(lapsed_at, LATE_DECISION_DAYS)
