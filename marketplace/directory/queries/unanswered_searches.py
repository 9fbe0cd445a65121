"""Searches without a result, by service and municipality."""

import datetime as dt

from sqlalchemy import bindparam, func, select

from marketplace.core.database import prepared, session
from marketplace.directory.models import UnansweredSearch

_SEARCHES = prepared(
    select(UnansweredSearch.code, UnansweredSearch.place, func.sum(UnansweredSearch.number))
    .where(UnansweredSearch.week >= bindparam("since"))
    .group_by(UnansweredSearch.code, UnansweredSearch.place)
)


def unanswered_searches(since: dt.date) -> dict[tuple[str, str], int]:
    """Count searches without a result since a date, by service or kind of service, and municipality (or empty)."""
    rows = session.execute(_SEARCHES, {"since": since})
    return {(code, place): int(number) for code, place, number in rows}
