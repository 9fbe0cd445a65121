"""How often things may be tried, as pure rules. The counting is in use_cases/throttling.py."""

import datetime as dt
from dataclasses import dataclass

_NONE = dt.timedelta()


@dataclass(frozen=True, slots=True)
class BackoffPolicy:
    """How tries in a row are slowed down, then stopped for a while.

    `delays[n - 1]` is how long nothing is heard after try number n; the last one counts for all that follow. A row of
    tries is over after `reset_after` without one. So never more than `len(delays)` tries are heard within `reset_after`, as long
    as the last wait is no shorter.
    """

    name: str
    reset_after: dt.timedelta
    delays: tuple[dt.timedelta, ...]

    def delay_after(self, attempts: int) -> dt.timedelta:
        """Return how long to wait after so many tries in a row."""
        return self.delays[min(attempts, len(self.delays)) - 1]

    @property
    def max_attempts(self) -> int:
        """Return the try after which the longest wait begins."""
        return len(self.delays)


def _seconds(*numbers: int) -> tuple[dt.timedelta, ...]:
    return tuple(dt.timedelta(seconds=number) for number in numbers)


_QUARTER, _FIVE_MINUTES, _SIX_HOURS = (
    dt.timedelta(minutes=15),
    dt.timedelta(minutes=5),
    dt.timedelta(hours=6),
)

PASSWORD = BackoffPolicy("password", _QUARTER, (*_seconds(0, 0, 0, 0, 5, 10, 20, 40, 80), _QUARTER))
"""Wrong passwords for one account: from the fifth on each wait is longer, after the tenth a quarter of an hour."""

NETWORK_ADDRESS = BackoffPolicy("network", _FIVE_MINUTES, (*(_NONE,) * 59, _FIVE_MINUTES))
"""Wrong passwords from one network address, where a whole office may sit."""

CODE = BackoffPolicy("code", _FIVE_MINUTES, (*(_NONE,) * 4, _FIVE_MINUTES))
"""Codes of the second step: five in five minutes."""

MAIL = BackoffPolicy("mail", _SIX_HOURS, (_NONE, _NONE, _SIX_HOURS))
"""Mails that a stranger can make us send to one address: three in six hours."""

POLICIES = (PASSWORD, NETWORK_ADDRESS, CODE, MAIL)
