"""Panel on the check page that warns of a similar open brief."""

from marketplace.briefs.queries import BriefView
from marketplace.core.hooks import Panel
from marketplace.core.viewer import Viewer
from marketplace.sourcing import queries


def similar_open_brief_panel(_viewer: Viewer, brief_view: BriefView, _args: object) -> Panel | None:
    """Build the panel that warns of a similar brief that the company already has open."""
    similar = queries.similar_open_briefs(brief_view)
    return Panel("sourcing/_similar_briefs.html", {"similar": similar}) if similar else None
