"""Hooks through which higher-level packages extend suppliers: panels on the public page, and profile changes.

Suppliers know nothing of rankings, yet a change that would lift a profile far up must wait for a curator's review.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.core.hooks import Hook
from marketplace.core.viewer import Viewer


@dataclass(frozen=True)
class ProfilePanel:
    """A template, and the values it reads as `block_values`."""

    template: str
    values: Mapping[str, Any]


profile_panels: Hook[Callable[[Viewer, int], ProfilePanel | None]] = Hook()
"""Build a panel on a supplier's page from viewer and supplier id; None for viewers who may not see it."""


def build_profile_panels(viewer: Viewer, supplier_id: int) -> list[ProfilePanel]:
    """Build the panels that a viewer sees on a supplier's page."""
    panels = [build(viewer, supplier_id) for build in profile_panels]
    return [panel for panel in panels if panel is not None]


SELF_DESCRIBED_SECTIONS = frozenset({"basics", "text", "services", "trades", "case"})
"""Sections of a profile that a supplier words itself. Changes to prices, places and dates are never held back."""


@dataclass(frozen=True)
class RankJump:
    """A change that lifts a profile by at least `places` ranks for `briefs` briefs; `before` is the profile before it."""

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
