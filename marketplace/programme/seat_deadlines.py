"""Time limits for confirming a seat and for accepting an offered seat. Pure functions."""

import datetime as dt

CONFIRM_HOURS = 72
"""Hours to confirm by the e-mailed link before a seat, or a place on the waiting list, is released."""
OFFER_HOURS = 48
"""Hours for a company on the waiting list to accept an offered seat."""


def confirmation_deadline(asked_at: dt.datetime) -> dt.datetime:
    """Return the moment at which an unconfirmed seat, or place on the waiting list, is released."""
    return asked_at + dt.timedelta(hours=CONFIRM_HOURS)


def offer_deadline(offered_at: dt.datetime) -> dt.datetime:
    """Return the moment at which an offered seat goes to the next company on the waiting list."""
    return offered_at + dt.timedelta(hours=OFFER_HOURS)
