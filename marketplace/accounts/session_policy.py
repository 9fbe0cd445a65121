"""How far a sign-in has come, and how long it lasts: pure rules, asked at every request."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """What is left to do before a person who knows the password is in."""

    VERIFY = "verify"
    CODE = "code"
    ENROL = "enrol"
    IN = "in"


@dataclass(frozen=True, slots=True)
class SessionRules:
    """What an installation asks of sign-ins. Trusted are curators and administrators: much follows from their acts."""

    hours: int
    idle_minutes: int
    trusted_idle_minutes: int
    second_factor: bool


def stage_of(*, verified: bool, has_factor: bool, code_verified: bool, requires_two_factor: bool) -> Stage:
    """Return how far a sign-in has come."""
    if not verified:
        return Stage.VERIFY
    if has_factor:
        return Stage.IN if code_verified else Stage.CODE
    return Stage.ENROL if requires_two_factor else Stage.IN


def is_over(
    created_at: dt.datetime,
    last_seen_at: dt.datetime,
    now: dt.datetime,
    rules: SessionRules,
    *,
    trusted: bool,
) -> bool:
    """Say whether a sign-in has lasted, or been left alone, for too long."""
    idle = min(rules.idle_minutes, rules.trusted_idle_minutes) if trusted else rules.idle_minutes
    return now - created_at > dt.timedelta(hours=rules.hours) or now - last_seen_at > dt.timedelta(
        minutes=idle
    )
