"""How often a supplier was shown to companies, beside its page."""

from marketplace.core.viewer import Viewer
from marketplace.sourcing import queries
from marketplace.suppliers import beside


def _exposed(viewer: Viewer, supplier_id: int) -> beside.Block | None:
    found = queries.exposed(viewer, supplier_id)
    return None if found is None else beside.Block("sourcing/_exposure.html", {"exposed": found})


beside.hang("exposure", _exposed)
