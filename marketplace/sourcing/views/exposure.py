"""How often a supplier was shown to companies, beside its page."""

from marketplace.core.viewer import Viewer
from marketplace.directory.hooks import ProfilePanel
from marketplace.sourcing import queries


def exposure_panel(viewer: Viewer, supplier_id: int) -> ProfilePanel | None:
    """Build the panel with how often a supplier was shown and invited."""
    found = queries.exposed(viewer, supplier_id)
    return None if found is None else ProfilePanel("sourcing/_exposure.html", {"exposed": found})
