"""Page where a supplier sees its own rank for a brief, and hints that would have raised it."""

from flask import render_template

from marketplace.briefs.queries import BriefView
from marketplace.core.hooks import Panel
from marketplace.core.viewer import Viewer
from marketplace.sourcing import queries
from marketplace.sourcing.views.base import blueprint
from marketplace.web import access
from marketplace.web.viewer import current_viewer


@blueprint.get("/briefs/<reference>/standing")
@access.supplier
def own_rank(reference: str) -> str:
    """Show the supplier's own rank, without revealing other suppliers."""
    result = queries.own_rank(current_viewer(), reference)
    return render_template("sourcing/own_rank.html", result=result)


def own_rank_panel(viewer: Viewer, brief_view: BriefView, _args: object) -> Panel | None:
    """Build the panel that links a ranked supplier to its own rank."""
    if not queries.is_ranked(viewer, brief_view):
        return None
    return Panel("sourcing/_own_rank_link.html", {"reference": brief_view.brief.reference})
