"""Shared by the account views: the blueprint, settings and the session cookie."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, current_app, session
from flask_login import login_user
from werkzeug.wrappers import Response

from marketplace.accounts.one_time_codes import SecretCipher
from marketplace.accounts.use_cases import HashCost
from marketplace.config import Settings
from marketplace.core.viewer import ANONYMOUS
from marketplace.web.viewer import SignedIn

blueprint = Blueprint("accounts", __name__)
MIN_RESPONSE_SECONDS = 0.15
Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


def settings() -> Settings:
    """Return the installation's settings."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def hash_cost() -> HashCost:
    """Return the cost parameters for password hashes."""
    return HashCost(settings().password_hash_cost, 1024 if settings().testing else 65_536)


def secret_cipher() -> SecretCipher:
    """Return the cipher for two-factor secrets."""
    return SecretCipher(settings().secret_key)


@contextmanager
def minimum_duration() -> Iterator[None]:
    """Make the block take a fixed minimum time, so that timing does not reveal whether an address is known.

    A known address costs a few more SQL statements than an unknown one.
    """
    begun = time.monotonic()
    try:
        yield
    finally:
        if not settings().testing:
            time.sleep(max(0.0, MIN_RESPONSE_SECONDS - (time.monotonic() - begun)))


def personal_words(user_id: int | None) -> tuple[str, ...]:
    """Return the names of the site, and of the user's organisations and gardens, for password checks."""
    found: tuple[str, ...] = current_app.extensions["organisation_names_of"](user_id)
    return (settings().site_name, *found)


def set_session_cookie(token: str) -> None:
    """Replace the contents of the session cookie with a new session token."""
    session.clear()
    login_user(SignedIn(ANONYMOUS, token))
