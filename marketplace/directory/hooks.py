"""Hook through which higher-level packages add panels to a supplier's public page."""

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
