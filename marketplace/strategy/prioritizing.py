"""Order of the actions of a strategy: by effect divided by effort, and each action after those it depends on."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from marketplace.core.i18n import lazy_gettext as _

FIRST_ACTIONS_COUNT = 3
"""Actions that the company is advised to do first."""


class ActionState(StrEnum):
    """State of an action."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    DONE = "done"
    DROPPED = "dropped"


class Performer(StrEnum):
    """The person or organisation that does an action."""

    SELF = "self"
    COLLEAGUE = "colleague"
    SUPPLIER = "supplier"
    GARDEN = "garden"


OPEN_STATES = frozenset({ActionState.PLANNED, ActionState.ONGOING})
STATE_LABELS = {
    ActionState.PLANNED: _("Planned"),
    ActionState.ONGOING: _("Ongoing"),
    ActionState.DONE: _("Done"),
    ActionState.DROPPED: _("Dropped"),
}
PERFORMER_LABELS = {
    Performer.SELF: _("We do it ourselves"),
    Performer.COLLEAGUE: _("A colleague"),
    Performer.SUPPLIER: _("A supplier"),
    Performer.GARDEN: _("The business garden"),
}
EFFECT_LABELS = {1: _("Small effect"), 2: _("Some effect"), 3: _("Large effect")}
EFFORT_LABELS = {1: _("Little work"), 2: _("Some work"), 3: _("Much work")}


@dataclass(frozen=True, slots=True)
class Prioritized:
    """Values that decide the order of an action. `effect` and `effort` are 1 to 3."""

    id: int
    effect: int
    effort: int
    due_on: dt.date | None = None
    depends_on_id: int | None = None


def _key(action: Prioritized) -> tuple[Fraction, dt.date, int]:
    return (-Fraction(action.effect, action.effort), action.due_on or dt.date.max, action.id)


def prioritize(actions: Iterable[Prioritized]) -> list[int]:
    """Return the ids of actions in the order to do them: effect divided by effort, then due date.

    An action comes before all actions that depend on it, if necessary immediately before. A dependency is ignored if it is
    on an action that is not given, or if it closes a cycle.
    """
    by_id = {action.id: action for action in actions}
    ordered: dict[int, None] = {}
    for action in sorted(by_id.values(), key=_key):
        chain: list[int] = []
        current: Prioritized | None = action
        while current is not None and current.id not in ordered and current.id not in chain:
            chain.append(current.id)
            current = by_id.get(current.depends_on_id or 0)
        ordered.update(dict.fromkeys(reversed(chain)))
    return list(ordered)


def has_cycle(dependencies: Mapping[int, int | None], action_id: int, depends_on_id: int | None) -> bool:
    """Return True if an action would depend on itself, directly or through others, with a new dependency."""
    seen = {action_id}
    current = depends_on_id
    while current is not None:
        if current in seen:
            return True
        seen.add(current)
        current = dependencies.get(current)
    return False


def find_budget_overrun(costs: Sequence[tuple[int | None, int | None]], budget_nok: int | None) -> int:
    """Return by how many NOK the lowest costs of actions exceed the budget of the year; 0 if they fit or it is unknown.

    A cost is a pair (low, high), of which either may be unknown.
    """
    if budget_nok is None:
        return 0
    total = sum(low if low is not None else high or 0 for low, high in costs)
    return max(total - budget_nok, 0)
