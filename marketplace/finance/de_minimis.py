"""The rolling three-year sum of de minimis aid to a company.

Commission Regulation (EU) 2023/2831, article 3.
"""

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache

from dateutil.relativedelta import relativedelta

DE_MINIMIS = "de_minimis"
NOT_AID = "none"
"""Basis of a benefit that is not state aid."""
PERIOD_YEARS = 3
CEILING_EURO = 300_000
"""The most that one undertaking may get over any period of three years."""


@lru_cache(maxsize=32)
def _period_start(on: dt.date) -> dt.date:
    """Return the last day before the three years that end on a day. Cached because a list asks for one day many times."""
    return on - relativedelta(years=PERIOD_YEARS)


def rolling_sum(grants: Iterable[tuple[dt.date, str, int]], on: dt.date) -> int:
    """Return the de minimis aid, in øre, of the three years that end on a day, given date, basis and amount of each grant."""
    after = _period_start(on)
    return sum(ore for granted_on, basis, ore in grants if basis == DE_MINIMIS and after < granted_on <= on)


def highest_rolling_sum(grants: Iterable[tuple[dt.date, str, int]]) -> int:
    """Return the highest sum over any three years, in øre. It is reached on the day of a grant."""
    rows = list(grants)
    return max((rolling_sum(rows, granted_on) for granted_on, _basis, _ore in rows), default=0)
