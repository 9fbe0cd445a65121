"""How far a sign-in has come, and how long it lasts: pure rules, asked at every request."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class SignInStage(StrEnum):
    """What is left to do before a person who knows the password is in."""

    VERIFY = "verify"
    CODE = "code"
    ENROL = "enrol"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class SessionPolicy:
    """What an installation asks of sign-ins. Trusted are curators and administrators: much follows from their acts."""

    hours: int
    idle_minutes: int
    trusted_idle_minutes: int
    second_factor: bool


def sign_in_stage(
    *, verified: bool, has_factor: bool, code_verified: bool, requires_two_factor: bool
) -> SignInStage:
    """Return how far a sign-in has come."""
    if not verified:
        return SignInStage.VERIFY
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
    """Say whether a sign-in has lasted, or been left alone, for too long."""
    idle = min(policy.idle_minutes, policy.trusted_idle_minutes) if trusted else policy.idle_minutes
    return now - created_at > dt.timedelta(hours=policy.hours) or now - last_seen_at > dt.timedelta(
        minutes=idle
    )
