"""Rules of vetting: criteria, states, allowed actions and expiry. No database and no request.

A vetting is a supplier's approval for one kind of service. The statuses `due` and `dormant` are computed, never
stored: an approval is due for renewal after 12 months and expires (becomes dormant) after 14.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from marketplace.core import clock
from marketplace.core.dates import cutoff_reached, local_date_after
from marketplace.core.i18n import LocalizedText
from marketplace.data import load_yaml

SUBMITTED, CHANGES, APPROVED = "submitted", "changes_requested", "approved"
REFUSED, SUSPENDED = "refused", "suspended"
DUE, DORMANT = "due", "dormant"
STATUSES = (SUBMITTED, CHANGES, APPROVED, DUE, DORMANT, REFUSED, SUSPENDED)
LISTED = frozenset({APPROVED, DUE})
"""Statuses in which a supplier is listed in the directory and ranked."""

DUE_MONTHS = 12
"""Months after an approval when it is due for renewal."""
DORMANT_MONTHS = 14
"""Months after an approval when it expires."""
PROMISED_WORKING_DAYS = 6
"""Working days within which a garden promises to answer an application."""
REAPPLY_DAYS = 90
"""Days after a refusal before the supplier can apply again. Until then it can appeal."""
COOLING_OFF_DAYS = 30
"""Days for which a conflict of interest counts after the person has ended it."""

MARK_REVIEWED, APPROVE, REQUEST_CHANGES, REFUSE, SUSPEND, REINSTATE, SUBMIT = (
    "read",
    "approve",
    "ask",
    "refuse",
    "suspend",
    "reinstate",
    "submit",
)
TRANSITIONS: Mapping[str, Mapping[str, str]] = {
    # A curator has reviewed a changed profile; the approval and its date stay the same.
    MARK_REVIEWED: {APPROVED: APPROVED, DUE: APPROVED},
    APPROVE: {SUBMITTED: APPROVED, CHANGES: APPROVED, DUE: APPROVED, DORMANT: APPROVED},
    REQUEST_CHANGES: {SUBMITTED: CHANGES, DORMANT: CHANGES},
    REFUSE: {SUBMITTED: REFUSED, CHANGES: REFUSED, DORMANT: REFUSED},
    SUSPEND: {APPROVED: SUSPENDED, DUE: SUSPENDED},
    REINSTATE: {SUSPENDED: APPROVED},
    # An approval due for renewal stays valid while the garden reviews it.
    SUBMIT: {CHANGES: SUBMITTED, REFUSED: SUBMITTED, DORMANT: SUBMITTED, DUE: APPROVED},
}
DECISIONS = (APPROVE, REQUEST_CHANGES, REFUSE, SUSPEND, REINSTATE, MARK_REVIEWED)
AWAITS_APPROVAL = frozenset({SUBMITTED, DUE})
CHECKLIST_IS_INTERNAL = frozenset({SUBMITTED, DUE, DORMANT})
"""Statuses in which the supplier does not see the stored checklist, so that an unfinished review can be saved."""
NEEDS_TEXT = frozenset({REQUEST_CHANGES, REFUSE, SUSPEND})


@dataclass(frozen=True, slots=True)
class Criterion:
    """Something that a curator checks. `code` is permanent."""

    code: str
    labels: Mapping[str, str]
    asks: Mapping[str, str]
    checks: Mapping[str, str]
    kinds: tuple[str, ...] = ()

    label = LocalizedText("labels")
    ask = LocalizedText("asks")
    check = LocalizedText("checks")


@cache
def all_criteria() -> tuple[Criterion, ...]:
    """Load all criteria, in the order of the file."""
    data: dict[str, Any] = load_yaml("vetting_criteria.yaml")
    return tuple(
        Criterion(entry["code"], entry["label"], entry["ask"], entry["look"], tuple(entry.get("kinds", ())))
        for entry in data["criteria"]
    )


@cache
def criteria_for(category: str) -> tuple[Criterion, ...]:
    """Criteria for a kind of service."""
    return tuple(item for item in all_criteria() if not item.kinds or category in item.kinds)


def due_on(approved_at: dt.datetime) -> dt.date:
    """Day from which an approval should be renewed."""
    return local_date_after(approved_at, months=DUE_MONTHS)


def dormant_on(approved_at: dt.datetime) -> dt.date:
    """Day from which an approval no longer counts."""
    return local_date_after(approved_at, months=DORMANT_MONTHS)


def status(state: str, approved_at: dt.datetime | None, now: dt.datetime) -> str:
    """Status of a vetting: the stored state, or due or dormant if the approval is old."""
    if state != APPROVED or approved_at is None:
        return state
    if approved_at < cutoff_reached(months=DORMANT_MONTHS, now=now):
        return DORMANT
    return DUE if approved_at < cutoff_reached(months=DUE_MONTHS, now=now) else APPROVED


def next_state(action: str, status: str) -> str | None:
    """State that an action leads to from a status, or None if it is not allowed."""
    return TRANSITIONS.get(action, {}).get(status)


def actions_from(status: str) -> tuple[str, ...]:
    """Actions that a curator may take from a status."""
    return tuple(action for action in DECISIONS if status in TRANSITIONS[action])


def unmet_criteria(category: str, checklist: Mapping[str, Mapping[str, Any]]) -> list[Criterion]:
    """Criteria that a checklist marks as not met."""
    return [item for item in criteria_for(category) if checklist.get(item.code, {}).get("met") is False]


def unanswered_criteria(category: str, checklist: Mapping[str, Mapping[str, Any]]) -> list[Criterion]:
    """Criteria that a checklist does not answer."""
    return [item for item in criteria_for(category) if checklist.get(item.code, {}).get("met") is None]


def full_checklist(category: str) -> dict[str, dict[str, Any]]:
    """Checklist with all criteria met."""
    return {item.code: {"met": True, "note": ""} for item in criteria_for(category)}


def reapply_from(decided_at: dt.datetime) -> dt.date:
    """Day from which a refused supplier may apply again."""
    return local_date_after(decided_at, days=REAPPLY_DAYS)


def has_changed(
    updated_at: dt.datetime, decided_at: dt.datetime | None, note: str, earlier: Sequence[str]
) -> bool:
    """Return True if a resubmission differs from the one decided on: a changed profile, or a note not sent before."""
    if decided_at is None or updated_at > decided_at:
        return True
    plain = " ".join(note.split()).casefold()
    return bool(plain) and plain not in {" ".join(text.split()).casefold() for text in earlier}


def working_days_waited(submitted_at: dt.datetime, today: dt.date) -> int:
    """Number of working days that an application has waited."""
    return clock.working_days_between(clock.to_local(submitted_at).date(), today)


def answer_due_on(submitted_at: dt.datetime) -> dt.date:
    """Day by which the garden has promised an answer."""
    return clock.add_working_days(clock.to_local(submitted_at).date(), PROMISED_WORKING_DAYS)


def last_cooling_off_day(ended_at: dt.datetime) -> dt.date:
    """Return the last day on which an ended conflict of interest still counts."""
    return local_date_after(ended_at, days=COOLING_OFF_DAYS)
