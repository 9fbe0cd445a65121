"""Page with the open briefs for a supplier."""

from flask import render_template
from werkzeug.wrappers import Response

from marketplace.core.i18n import gettext as _
from marketplace.sourcing import queries
from marketplace.sourcing.labels import budget_label
from marketplace.sourcing.queries.opportunities import has_approval
from marketplace.sourcing.views.base import blueprint
from marketplace.web import access
from marketplace.web.list_filter import (
    county_select,
    read_list_filter,
    service_select,
    sort_select,
    state_select,
)
from marketplace.web.query_args import page_arg
from marketplace.web.viewer import current_viewer


@blueprint.get("/opportunities")
@access.supplier
def opportunities() -> str | Response:
    """List the open briefs that the supplier may answer, best match first."""
    viewer = current_viewer()
    bar = read_list_filter(
        _("Title, company or service"),
        service_select(),
        county_select(),
        state_select(("invited", _("You have been invited")), label=_("Show")),
        sort_select(
            ("", _("How well they match")),
            ("deadline", _("Deadline")),
            ("newest", _("Newest first")),
            ("title", _("Title")),
        ),
    )
    page = queries.opportunities(viewer, page_arg(), wanted=bar.query)
    approved = bool(page.items) or has_approval(viewer)
    return render_template(
        "sourcing/opportunities.html", page=page, bar=bar, budget_label=budget_label, approved=approved
    )
