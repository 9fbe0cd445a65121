"""Panel on a supplier's page with its exposure to companies."""

from marketplace.core.hooks import Panel
from marketplace.core.viewer import Viewer
from marketplace.sourcing import queries


def exposure_panel(viewer: Viewer, supplier_id: int) -> Panel | None:
    """Build the panel with the number of times a supplier was shown and invited."""
    stats = queries.exposure_stats(viewer, supplier_id)
    return None if stats is None else Panel("sourcing/_exposure.html", {"exposure": stats})
