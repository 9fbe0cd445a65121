"""A remark on the check page: the company already has a brief open that asks for nearly the same."""

from marketplace.briefs.panels import Panel
from marketplace.briefs.queries import BriefPaper
from marketplace.core.viewer import Viewer
from marketplace.sourcing import queries


def similar_open_brief_panel(_viewer: Viewer, paper: BriefPaper, _args: object) -> Panel | None:
    """Build the panel that warns of a similar brief that the company already has open."""
    found = queries.still_open_alike(paper)
    return Panel("sourcing/_similar.html", {"similar": found}) if found else None
