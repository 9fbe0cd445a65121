"""Panels on pages of lower packages: a supplier's exposure, its own rank, and the company's similar open briefs."""

from flask import render_template

from marketplace.briefs.queries import BriefView
from marketplace.core.hooks import Panel
from marketplace.core.viewer import Viewer
from marketplace.sourcing import queries
from marketplace.sourcing.views.base import blueprint
from marketplace.web import access
from marketplace.web.viewer import current_viewer


def exposure_panel(viewer: Viewer, supplier_id: int) -> Panel | None:
    """Build the panel with the number of times a supplier was shown and invited."""
    stats = queries.exposure_stats(viewer, supplier_id)
    return None if stats is None else Panel("sourcing/_exposure.html", {"exposure": stats})


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


def similar_open_brief_panel(_viewer: Viewer, brief_view: BriefView, _args: object) -> Panel | None:
    """Build the panel that warns of a similar brief that the company already has open."""
    similar = queries.similar_open_briefs(brief_view)
    return Panel("sourcing/_similar_briefs.html", {"similar": similar}) if similar else None
