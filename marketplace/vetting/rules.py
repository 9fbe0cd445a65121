"""The rules of vetting: what is looked at, which states there are, who may move them, and what time does to them.

Pure: no database, no request. A vetting is one supplier's approval for one kind of service. `due` and `dormant`
are never stored: an approval is due twelve months after it was given and sleeps after fourteen.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import yaml

from marketplace.core import clock
from marketplace.core.dates import add_months
from marketplace.core.i18n import pick
from marketplace.data import data_path

SUBMITTED, CHANGES, APPROVED = "submitted", "changes_requested", "approved"
REFUSED, SUSPENDED = "refused", "suspended"
DUE, DORMANT = "due", "dormant"
STORED = (SUBMITTED, CHANGES, APPROVED, REFUSED, SUSPENDED)
STANDINGS = (SUBMITTED, CHANGES, APPROVED, DUE, DORMANT, REFUSED, SUSPENDED)
LISTED = frozenset({APPROVED, DUE})
"""Only these are matched and stand in the directory."""

DUE_MONTHS = 12
DORMANT_MONTHS = 14
PROMISED_WORKING_DAYS = 6
REAPPLY_DAYS = 90

READ, APPROVE, ASK, REFUSE, SUSPEND, REINSTATE, SUBMIT = (
    "read",
    "approve",
    "ask",
    "refuse",
    "suspend",
    "reinstate",
    "submit",
)
_MOVES: Mapping[str, Mapping[str, str]] = {
    # The profile has changed since, a curator has looked at it, and the approval stands as it did.
    READ: {APPROVED: APPROVED, DUE: APPROVED},
    APPROVE: {SUBMITTED: APPROVED, CHANGES: APPROVED, DUE: APPROVED, DORMANT: APPROVED},
    ASK: {SUBMITTED: CHANGES, DORMANT: CHANGES},
    REFUSE: {SUBMITTED: REFUSED, CHANGES: REFUSED, DORMANT: REFUSED},
    SUSPEND: {APPROVED: SUSPENDED, DUE: SUSPENDED},
    REINSTATE: {SUSPENDED: APPROVED},
    # An approval that is due stays in force while the garden looks at it again.
    SUBMIT: {CHANGES: SUBMITTED, REFUSED: SUBMITTED, DORMANT: SUBMITTED, DUE: APPROVED},
}
DECISIONS = (APPROVE, ASK, REFUSE, SUSPEND, REINSTATE, READ)
TAKES_TWO = frozenset({REFUSE})
"""What one curator proposes and a second one confirms; see `second_look.py`."""
NEEDS_UNMET = frozenset({ASK, REFUSE})
NEEDS_TEXT = frozenset({ASK, REFUSE, SUSPEND})


@dataclass(frozen=True, slots=True)
class Criterion:
    """Something that a curator looks at. `code` is permanent."""

    code: str
    labels: Mapping[str, str]
    asks: Mapping[str, str]
    looks: Mapping[str, str]
    kinds: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Return the name in the reader's language."""
        return pick(self.labels)

    @property
    def ask(self) -> str:
        """Return what the supplier is told to show."""
        return pick(self.asks)

    @property
    def look(self) -> str:
        """Return what the curator checks."""
        return pick(self.looks)


@cache
def all_criteria() -> tuple[Criterion, ...]:
    """Return every criterion, in the order of the file."""
    with data_path("vetting_criteria.yaml").open(encoding="utf-8") as file:
        data: dict[str, Any] = yaml.safe_load(file)
    return tuple(
        Criterion(entry["code"], entry["label"], entry["ask"], entry["look"], tuple(entry.get("kinds", ())))
        for entry in data["criteria"]
    )


@cache
def criteria_for(category: str) -> tuple[Criterion, ...]:
    """Return what is looked at for a kind of service."""
    return tuple(item for item in all_criteria() if not item.kinds or category in item.kinds)


@lru_cache(maxsize=64)
def months_before(moment: dt.datetime, months: int) -> dt.datetime:
    """Return the moment a number of calendar months earlier. Cached: lists ask for the same moment for each row."""
    return add_months(moment, -months)


def due_on(approved_at: dt.datetime) -> dt.date:
    """Return the day from which an approval should be renewed."""
    return clock.to_local(add_months(approved_at, DUE_MONTHS)).date()


def dormant_on(approved_at: dt.datetime) -> dt.date:
    """Return the day from which an approval no longer counts."""
    return clock.to_local(add_months(approved_at, DORMANT_MONTHS)).date()


def standing(state: str, approved_at: dt.datetime | None, now: dt.datetime) -> str:
    """Return how a vetting stands now: its stored state, or due or dormant where time has passed."""
    if state != APPROVED or approved_at is None:
        return state
    if approved_at <= months_before(now, DORMANT_MONTHS):
        return DORMANT
    return DUE if approved_at <= months_before(now, DUE_MONTHS) else APPROVED


def result_of(move: str, stands: str) -> str | None:
    """Return the state that a move leads to from where a vetting stands, or None where it is not allowed."""
    return _MOVES.get(move, {}).get(stands)


def moves_from(stands: str) -> tuple[str, ...]:
    """Return the decisions that a curator can take from where a vetting stands."""
    return tuple(move for move in DECISIONS if stands in _MOVES[move])


def unmet(category: str, checklist: Mapping[str, Mapping[str, Any]]) -> list[Criterion]:
    """Return the criteria that a checklist marks as not met."""
    return [item for item in criteria_for(category) if checklist.get(item.code, {}).get("met") is False]


def unanswered(category: str, checklist: Mapping[str, Mapping[str, Any]]) -> list[Criterion]:
    """Return the criteria that a checklist says nothing of."""
    return [item for item in criteria_for(category) if checklist.get(item.code, {}).get("met") is None]


def full_checklist(category: str) -> dict[str, dict[str, Any]]:
    """Return a checklist on which everything is met."""
    return {item.code: {"met": True, "note": ""} for item in criteria_for(category)}


def reapply_from(decided_at: dt.datetime) -> dt.date:
    """Return the day from which a refused supplier may apply again."""
    return clock.to_local(decided_at + dt.timedelta(days=REAPPLY_DAYS)).date()


def has_changed(
    updated_at: dt.datetime, decided_at: dt.datetime | None, note: str, earlier: Sequence[str]
) -> bool:
    """Say whether a new submission differs from the one that was answered: another profile, or something new to say."""
    if decided_at is None or updated_at > decided_at:
        return True
    plain = " ".join(note.split()).casefold()
    return bool(plain) and plain not in {" ".join(text.split()).casefold() for text in earlier}


def waited(submitted_at: dt.datetime, today: dt.date) -> int:
    """Return how many working days an application has waited."""
    return clock.working_days_between(clock.to_local(submitted_at).date(), today)


def answer_by(submitted_at: dt.datetime) -> dt.date:
    """Return the day by which the garden has promised an answer."""
    return clock.add_working_days(clock.to_local(submitted_at).date(), PROMISED_WORKING_DAYS)
