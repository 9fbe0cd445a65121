"""Limits on repeated attempts: passwords, two-factor codes, confirmation links, e-mails. Growing delays, then a lockout.

The counters are in use_cases/attempt_counters.py.
"""

import datetime as dt
from dataclasses import dataclass

_NONE = dt.timedelta()


@dataclass(frozen=True, slots=True)
class BackoffPolicy:
    """Growing delays after repeated attempts, then a lockout.

    `delays[n - 1]` is the pause after attempt n; the last delay applies to all later attempts. The count starts over
    after `reset_after` without an attempt. At most `len(delays)` attempts are accepted within `reset_after`, provided
    that the last delay is at least that long.
    """

    name: str
    reset_after: dt.timedelta
    delays: tuple[dt.timedelta, ...]

    def delay_after(self, attempts: int) -> dt.timedelta:
        """Return the delay after the given number of consecutive attempts."""
        return self.delays[min(attempts, len(self.delays)) - 1]

    @property
    def max_attempts(self) -> int:
        """Return the number of the attempt after which the longest delay begins."""
        return len(self.delays)


def _seconds(*numbers: int) -> tuple[dt.timedelta, ...]:
    return tuple(dt.timedelta(seconds=number) for number in numbers)


_QUARTER, _FIVE_MINUTES, _HOUR, _SIX_HOURS = (
    dt.timedelta(minutes=15),
    dt.timedelta(minutes=5),
    dt.timedelta(hours=1),
    dt.timedelta(hours=6),
)

PASSWORD = BackoffPolicy("password", _QUARTER, (*_seconds(0, 0, 0, 0, 5, 10, 20, 40, 80), _QUARTER))
"""Wrong passwords for one account from one network or known device: growing delays from the fifth, 15 minutes after
the tenth. Strangers elsewhere do not lock the owner out."""

ACCOUNT = BackoffPolicy("account", _HOUR, (*(_NONE,) * 99, _HOUR))
"""Wrong passwords for one account from all networks; devices and networks known to the account are exempt."""

NETWORK_ADDRESS = BackoffPolicy("network", _FIVE_MINUTES, (*(_NONE,) * 59, _FIVE_MINUTES))
"""Wrong passwords from one network address, which a whole office may share."""

CONFIRMATION = BackoffPolicy("confirmation", _QUARTER, (*(_NONE,) * 9, _QUARTER))
"""Wrong passwords for one e-mailed confirmation link."""

CODE = BackoffPolicy("code", _FIVE_MINUTES, (*(_NONE,) * 4, _FIVE_MINUTES))
"""Two-factor codes: five in five minutes."""

MAIL = BackoffPolicy("mail", _SIX_HOURS, (_NONE, _NONE, _SIX_HOURS))
"""E-mails that one network, known device or user can trigger to one address: three in six hours."""

MAILBOX = BackoffPolicy("mailbox", _SIX_HOURS, (*(_NONE,) * 9, _SIX_HOURS))
"""E-mails that all strangers together can trigger to one address: ten in six hours. The owner is exempt."""

MAIL_SENDER = BackoffPolicy("mail sender", _HOUR, (*(_NONE,) * 59, _HOUR))
"""E-mails that one network or known device can trigger without an account, to all addresses: sixty in an hour, as a
room full of companies shares one. Owners are exempt."""

LOCK_MAIL = BackoffPolicy("lock mail", _SIX_HOURS, (_SIX_HOURS,))
"""E-mails about wrong passwords to one account."""

SIGN_UP = BackoffPolicy("sign-up", _HOUR, (*(_NONE,) * 29, _HOUR))
"""Companies signed up for courses from one network: thirty in an hour, as a room full of companies shares one."""

POLICIES = (
    PASSWORD,
    ACCOUNT,
    NETWORK_ADDRESS,
    CONFIRMATION,
    CODE,
    MAIL,
    MAILBOX,
    MAIL_SENDER,
    LOCK_MAIL,
    SIGN_UP,
)
