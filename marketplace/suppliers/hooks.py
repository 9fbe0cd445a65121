"""Hooks through which higher-level packages react to profile changes: new services, and rank jumps.

This package knows nothing of rankings, but a change that would lift a profile far up in them waits for a curator.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from marketplace.core.hooks import Hook
from marketplace.core.viewer import Viewer
from marketplace.suppliers.models import Supplier

services_change: Hook[Callable[[Viewer, Supplier, str], int]] = Hook()
"""Called in the transaction that changes services, with the note to the garden; returns the number of new applications."""


SELF_DESCRIBED_SECTIONS = frozenset({"basics", "text", "services", "trades", "case"})
"""Sections in which a supplier describes itself. Changes to prices, places and dates are never held back."""


@dataclass(frozen=True)
class RankJump:
    """A change that lifts a profile by at least `places` ranks for `briefs` briefs; `before` is the former profile."""

    briefs: int
    places: int
    before: dict[str, Any]


JumpCheck = Callable[[], RankJump | None]
profile_change: Hook[Callable[[int], JumpCheck]] = Hook()
"""Called with the supplier's id before a change; the returned check runs after it, in the same transaction."""


def before_profile_change(supplier_id: int | None, section: str) -> JumpCheck:
    """Call the hooks before a section changes. The returned check finds out whether the change is a rank jump."""
    if supplier_id is None or section not in SELF_DESCRIBED_SECTIONS:
        return lambda: None
    checks = [callback(supplier_id) for callback in profile_change]
    return lambda: next((jump for check in checks if (jump := check())), None)
