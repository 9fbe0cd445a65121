"""A supplier's own place in the list of a brief, with its own parts and what would have given more points."""

from flask import render_template

from marketplace.briefs.panels import Panel
from marketplace.briefs.queries import BriefPaper
from marketplace.core.viewer import Viewer
from marketplace.sourcing import queries
from marketplace.sourcing.match_explanation import part_label
from marketplace.sourcing.views.base import blueprint
from marketplace.web import access
from marketplace.web.viewer import current_viewer


@blueprint.get("/briefs/<reference>/standing")
@access.supplier
def standing(reference: str) -> str:
    """Show the supplier where it stands, without showing anybody else."""
    found = queries.standing(current_viewer(), reference)
    return render_template("sourcing/standing.html", found=found, part_label=part_label)


def own_rank_panel(viewer: Viewer, paper: BriefPaper, _args: object) -> Panel | None:
    """Build the panel that links a ranked supplier to its own rank."""
    if not queries.is_ranked(viewer, paper):
        return None
    return Panel("sourcing/_standing_link.html", {"reference": paper.brief.reference})
