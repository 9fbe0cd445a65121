"""The rules of what one curator cannot do alone: a refusal takes two, and an appeal goes to another garden.

Pure: no database, no request.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.core import clock, places
from marketplace.vetting import rules

PROPOSED, CONFIRMED, RETURNED, WITHDRAWN = "proposed", "confirmed", "returned", "withdrawn"
CONFIRM, RETURN, WITHDRAW = "confirm", "return", "withdraw"
WAITING, GRANTED, STANDS = "waiting", "granted", "stands"
GRANT, UPHOLD = "grant", "uphold"
_MOVES: Mapping[str, tuple[str, str]] = {
    CONFIRM: (PROPOSED, CONFIRMED),
    RETURN: (PROPOSED, RETURNED),
    WITHDRAW: (PROPOSED, WITHDRAWN),
    GRANT: (WAITING, GRANTED),
    UPHOLD: (WAITING, STANDS),
}
OF_THE_FIRST = frozenset({WITHDRAW})
"""What only the one who proposed a refusal can do; all the rest is for somebody who had no part in it."""

APPEAL_DAYS = rules.REAPPLY_DAYS
PATIENCE_WORKING_DAYS = 5
"""So long a refusal waits for a second curator, or an appeal for an answer, before somebody is reminded."""


@dataclass(frozen=True, slots=True)
class Chair:
    """Where somebody sits in a matter: in a garden that is asked, a curator there, with a tie, or one who took part."""

    is_asked: bool
    is_curator: bool
    is_tied: bool = False
    took_part: bool = False

    @property
    def is_independent(self) -> bool:
        """Say whether somebody may judge what others have done."""
        return self.is_asked and self.is_curator and not self.is_tied and not self.took_part


def result_of(move: str, state: str) -> str | None:
    """Return the state that a move leads to, or None where it is not allowed."""
    before, after = _MOVES.get(move, ("", ""))
    return after if before == state and after else None


def may(move: str, chair: Chair) -> bool:
    """Say whether somebody in a chair may make a move."""
    if move in OF_THE_FIRST:
        return chair.is_asked and chair.is_curator and chair.took_part
    return move in _MOVES and chair.is_independent


def moves_for(chair: Chair, state: str) -> tuple[str, ...]:
    """Return what somebody in a chair can do with a matter in a state."""
    return tuple(move for move in _MOVES if result_of(move, state) and may(move, chair))


def nearest(seat: str, gardens: Mapping[int, str]) -> int | None:
    """Return the garden that is asked: the one nearest to a municipality, the oldest of two as near; None without any.

    `gardens` holds each one's municipality. The same places give the same garden, so nobody can pick a friendly one.
    """

    def far(garden_id: int) -> tuple[float, int]:
        known = places.find_municipality(seat) and places.find_municipality(gardens[garden_id])
        return (places.distance_km(seat, gardens[garden_id]) if known else float("inf"), garden_id)

    return min(gardens, key=far, default=None)


def appeal_until(refused_at: dt.datetime) -> dt.date:
    """Return the last day on which a refusal can be appealed."""
    return clock.to_local(refused_at + dt.timedelta(days=APPEAL_DAYS)).date()


def may_appeal(standing: str, refused_at: dt.datetime | None, today: dt.date, *, has_appealed: bool) -> bool:
    """Say whether a refusal can be appealed: once, while it stands, within 90 days."""
    if standing != rules.REFUSED or refused_at is None or has_appealed:
        return False
    return today <= appeal_until(refused_at)


def is_late(since: dt.datetime, today: dt.date) -> bool:
    """Say whether something has waited longer than one should let it."""
    return clock.working_days_between(clock.to_local(since).date(), today) > PATIENCE_WORKING_DAYS
