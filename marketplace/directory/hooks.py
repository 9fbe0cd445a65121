"""Hook through which higher-level packages add panels to a supplier's public page."""

from collections.abc import Callable

from marketplace.core.hooks import Hook, Panel
from marketplace.core.viewer import Viewer

profile_panels: Hook[Callable[[Viewer, int], Panel | None]] = Hook()
"""Build a panel on a supplier's page from viewer and supplier id; None for viewers who may not see it."""
