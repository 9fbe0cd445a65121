"""Pure rules for the stages of a sign-in and the expiry of sessions.

The durations are settings, defined in `config.py`: SESSION_HOURS, SESSION_IDLE_MINUTES, TRUSTED_IDLE_MINUTES (curators and
administrators) and SECOND_FACTOR. `app.py` passes them on as a `SessionPolicy`.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class SignInStage(StrEnum):
    """The next step of a user who has entered the right password."""

    CODE = "code"
    ENROL = "enrol"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class SessionPolicy:
    """An installation's session settings. Trusted users are curators and administrators."""

    hours: int
    idle_minutes: int
    trusted_idle_minutes: int
    second_factor: bool


def sign_in_stage(*, has_factor: bool, code_verified: bool, requires_two_factor: bool) -> SignInStage:
    """Return the stage that a sign-in has reached."""
    if has_factor:
        return SignInStage.COMPLETE if code_verified else SignInStage.CODE
    return SignInStage.ENROL if requires_two_factor else SignInStage.COMPLETE


def is_expired(
    created_at: dt.datetime,
    last_seen_at: dt.datetime,
    now: dt.datetime,
    policy: SessionPolicy,
    *,
    trusted: bool,
) -> bool:
    """Return True if a session has reached its maximum age or has been idle for too long."""
    idle = min(policy.idle_minutes, policy.trusted_idle_minutes) if trusted else policy.idle_minutes
    return now - created_at > dt.timedelta(hours=policy.hours) or now - last_seen_at > dt.timedelta(
        minutes=idle
    )
