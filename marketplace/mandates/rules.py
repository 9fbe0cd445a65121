"""States of a mandate and outcomes of a confirmation."""

import datetime as dt
from enum import StrEnum

from marketplace.core.dates import add_months
from marketplace.mandates.limits import DEFAULT_MONTHS, MAX_MONTHS


class MandateState(StrEnum):
    """State of a mandate by its dates."""

    ACTIVE = "active"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class EndReason(StrEnum):
    """Reason why an adviser can no longer write for a company."""

    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    LEFT = "left"
    CLOSED = "closed"
    NOT_FOLLOWED = "unfollowed"


class Outcome(StrEnum):
    """Outcome of a confirmation. A confirmation that is waiting or has expired has none."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CHANGED = "changed"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


def mandate_state(until: dt.date, withdrawn_at: dt.datetime | None, today: dt.date) -> MandateState:
    """Return the state of a mandate. The garden may write on the last day."""
    if withdrawn_at is not None:
        return MandateState.WITHDRAWN
    return MandateState.ACTIVE if today <= until else MandateState.ENDED


def default_end(today: dt.date) -> dt.date:
    """Return the end date that the form suggests."""
    return add_months(today, DEFAULT_MONTHS)


def latest_end(today: dt.date) -> dt.date:
    """Return the latest end date that a company can choose."""
    return add_months(today, MAX_MONTHS)
