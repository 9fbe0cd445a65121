"""An address that this browser has proven by opening a link e-mailed to it."""

import datetime as dt

from flask import session

from marketplace.core import clock

SESSION_KEY = "proven_email"
LIFETIME = dt.timedelta(hours=1)


def remember_proven_email(email: str) -> None:
    """Let this browser create an account with an address that needs no second confirmation, for an hour."""
    session[SESSION_KEY] = {"email": email, "until": (clock.now() + LIFETIME).isoformat()}


def proven_email() -> str:
    """Return the address that this browser has proven within the last hour, or an empty text."""
    proven = session.get(SESSION_KEY)
    if not proven or dt.datetime.fromisoformat(proven["until"]) <= clock.now():
        return ""
    return str(proven["email"])
