"""Rules for decisions that need a second reviewer: refusals and appeals. No database and no request."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.core import clock, places
from marketplace.vetting import appeal_rules

PROPOSED, CONFIRMED, RETURNED, WITHDRAWN = "proposed", "confirmed", "returned", "withdrawn"
CONFIRM, RETURN, WITHDRAW = "confirm", "return", "withdraw"
TRANSITIONS: Mapping[str, tuple[str, str]] = {
    CONFIRM: (PROPOSED, CONFIRMED),
    RETURN: (PROPOSED, RETURNED),
    WITHDRAW: (PROPOSED, WITHDRAWN),
    **appeal_rules.TRANSITIONS,
}
PROPOSER_ACTIONS = frozenset({WITHDRAW})
"""Actions for the curator who proposed the refusal. All others need a curator who was not involved."""

REMIND_AFTER_WORKING_DAYS = 5
"""Working days that a refusal or an appeal may wait before its reviewers are reminded."""


@dataclass(frozen=True, slots=True)
class ReviewerRole:
    """A person's relation to a case: in a garden that is asked, a curator, with a conflict of interest, involved before."""

    is_asked: bool
    is_curator: bool
    has_conflict: bool = False
    took_part: bool = False

    @property
    def is_independent(self) -> bool:
        """True if the person may review what others have decided."""
        return self.is_asked and self.is_curator and not self.has_conflict and not self.took_part


def next_state(action: str, state: str) -> str | None:
    """State that an action leads to, or None if it is not allowed."""
    before, after = TRANSITIONS.get(action, ("", ""))
    return after if before == state and after else None


def can(action: str, role: ReviewerRole) -> bool:
    """Return True if a person with this role may take an action."""
    if action in PROPOSER_ACTIONS:
        return role.is_asked and role.is_curator and role.took_part
    return action in TRANSITIONS and role.is_independent


def actions_for(role: ReviewerRole, state: str) -> tuple[str, ...]:
    """Actions that a person with this role may take on a case in a state."""
    return tuple(action for action in TRANSITIONS if next_state(action, state) and can(action, role))


def nearest_garden(seat: str, gardens: Mapping[int, str]) -> int | None:
    """Choose the garden nearest to a municipality, the oldest one if several are equally near, or None if there is none.

    `gardens` maps garden ids to municipalities. The choice is deterministic, so nobody can pick a favourable garden.
    """

    def distance(garden_id: int) -> tuple[float, int]:
        is_known = places.find_municipality(seat) and places.find_municipality(gardens[garden_id])
        return (places.distance_km(seat, gardens[garden_id]) if is_known else float("inf"), garden_id)

    return min(gardens, key=distance, default=None)


def is_reminder_due(since: dt.datetime, today: dt.date) -> bool:
    """Return True if something has waited so long that a reminder is due."""
    return clock.working_days_between(clock.to_local(since).date(), today) > REMIND_AFTER_WORKING_DAYS
