"""Shared by the account views: the blueprint, settings and the session cookie."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response as FlaskResponse, after_this_request, current_app, request, session
from flask_login import login_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from marketplace.accounts import queries
from marketplace.accounts.one_time_codes import SecretCipher
from marketplace.accounts.use_cases import HashCost, Origin
from marketplace.config import Settings
from marketplace.core.identifiers import new_token
from marketplace.core.viewer import ANONYMOUS
from marketplace.web.viewer import SignedIn

blueprint = Blueprint("accounts", __name__)
MIN_RESPONSE_SECONDS = 0.15
DEVICE_SECONDS = 365 * 24 * 3600
MAX_DEVICE_USERS = 10
"""Users remembered in the cookie of a shared device, latest first."""


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


def request_origin() -> Origin:
    """Return where the current request comes from, with the device cookie that an earlier sign-in has set."""
    device = _read_device()
    return Origin(str(request.remote_addr or ""), str(device["id"]), tuple(device["users"]))


def _device_cookie_name() -> str:
    return "__Host-device" if settings().is_https else "device"


def _device_serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt="known device")


def _read_device() -> dict[str, Any]:
    """Return the id of the device and the users who have signed in on it; empty without a valid cookie."""
    try:
        device = _device_serializer().loads(
            request.cookies.get(_device_cookie_name(), ""), max_age=DEVICE_SECONDS
        )
    except BadSignature:
        return {"id": "", "users": []}
    return dict(device)


def _remember_device(user_id: int) -> None:
    """Exempt this user on this device from the limits that strangers have used up."""
    device = _read_device()
    users = [user_id, *(known for known in device["users"] if known != user_id)][:MAX_DEVICE_USERS]
    cookie = _device_serializer().dumps({"id": device["id"] or new_token()[:22], "users": users})

    @after_this_request
    def set_cookie(response: FlaskResponse) -> FlaskResponse:
        response.set_cookie(
            _device_cookie_name(),
            cookie,
            max_age=DEVICE_SECONDS,
            secure=settings().is_https,
            httponly=True,
            samesite="Lax",
        )
        return response


def set_session_cookie(token: str) -> None:
    """Replace the contents of the session cookie with a new session token, and remember the device."""
    session.clear()
    login_user(SignedIn(ANONYMOUS, token))
    opened = queries.find_session(token)
    if opened is not None:
        _remember_device(opened.user_id)
