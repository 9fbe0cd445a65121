"""Searches without a result, by service and municipality."""

import datetime as dt

from sqlalchemy import func, select

from marketplace.core.database import session
from marketplace.directory.models import UnansweredSearch


def unanswered_searches(since: dt.date) -> dict[tuple[str, str], int]:
    """Count searches without a result since a date, by service or kind of service, and municipality (or empty)."""
    query = (
        select(UnansweredSearch.code, UnansweredSearch.place, func.sum(UnansweredSearch.number))
        .where(UnansweredSearch.week >= since)
        .group_by(UnansweredSearch.code, UnansweredSearch.place)
    )
    return {(code, place): int(number) for code, place, number in session.execute(query)}
