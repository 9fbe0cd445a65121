"""Page with the open briefs for a supplier."""

from flask import render_template
from werkzeug.wrappers import Response

from marketplace.sourcing import queries
from marketplace.sourcing.forms import budget_label
from marketplace.sourcing.queries.opportunities import has_approval
from marketplace.sourcing.views.base import blueprint
from marketplace.web import access
from marketplace.web.query_args import page_arg
from marketplace.web.viewer import current_viewer


@blueprint.get("/opportunities")
@access.supplier
def opportunities() -> str | Response:
    """List the open briefs that the supplier may answer, best match first."""
    viewer = current_viewer()
    page = queries.opportunities(viewer, page_arg())
    approved = bool(page.items) or has_approval(viewer)
    return render_template(
        "sourcing/opportunities.html", page=page, budget_label=budget_label, approved=approved
    )
