"""What features above this one do when a supplier changes what it tells of itself.

Suppliers know nothing of rankings, yet a change that lifts a profile far up in them is to be looked at before it counts.
The feature that ranks says so here, once, when it is loaded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

TOLD = frozenset({"basics", "text", "services", "trades", "case"})
"""The parts of a profile that are a supplier's own word; prices, places and dates are watched by nobody."""


@dataclass(frozen=True)
class Jump:
    """A change that lifts a profile: in how many briefs and by how many places at least, and how it was told before."""

    briefs: int
    places: int
    before: dict[str, Any]


Watch = Callable[[int], Callable[[], Jump | None]]
"""Looks at a supplier before a change; what it returns is asked after, in the same transaction."""
_watches: list[Watch] = []


def hang(watch: Watch) -> None:
    """Let a feature look at each change."""
    _watches.append(watch)


def look(supplier_id: int | None, part: str) -> Callable[[], Jump | None]:
    """Look at a supplier before a change of a part; the answer says after it whether it made the profile jump."""
    if supplier_id is None or part not in TOLD:
        return lambda: None
    asked = [watch(supplier_id) for watch in _watches]
    return lambda: next((jump for ask in asked if (jump := ask())), None)
