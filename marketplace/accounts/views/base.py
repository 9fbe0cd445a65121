"""What the account's views share: the blueprint, what things cost here, and the browser's side of a session."""

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
    """Return this installation's settings."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def hash_cost() -> HashCost:
    """Return what a password check costs on this installation."""
    return HashCost(settings().password_hash_cost, 1024 if settings().testing else 65_536)


def secret_cipher() -> SecretCipher:
    """Return what seals the secrets of second steps."""
    return SecretCipher(settings().secret_key)


@contextmanager
def minimum_duration() -> Iterator[None]:
    """Let what stands inside take the same time whatever it finds, where no password check drowns the difference.

    A known address costs a few more statements than an unknown one, and a patient stranger can measure that.
    """
    begun = time.monotonic()
    try:
        yield
    finally:
        if not settings().testing:
            time.sleep(max(0.0, MIN_RESPONSE_SECONDS - (time.monotonic() - begun)))


def personal_words(user_id: int | None) -> tuple[str, ...]:
    """Return the words near a person that a password must not lean on: the site, organisations, gardens."""
    found: tuple[str, ...] = current_app.extensions["organisation_names_of"](user_id)
    return (settings().site_name, *found)


def set_session_cookie(token: str) -> None:
    """Let the browser hold the secret of a new session, and nothing of what it held before."""
    session.clear()
    login_user(SignedIn(ANONYMOUS, token))
