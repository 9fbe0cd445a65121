"""A garden's own suppliers, with the coverage map."""

from flask import render_template, request

from marketplace.directory import queries
from marketplace.directory.views.base import Answer, blueprint
from marketplace.vetting.views.base import STATUSES
from marketplace.web import access
from marketplace.web.query_args import page_arg, query_arg
from marketplace.web.viewer import current_viewer


@blueprint.get("/garden/suppliers")
@access.garden
def garden_suppliers() -> Answer:
    """List the garden's suppliers."""
    viewer = current_viewer()
    asked, text = request.args.get("state", ""), query_arg("q")
    status = asked if asked in STATUSES and asked != "waiting" else ""
    return render_template(
        "directory/garden_suppliers.html",
        page=queries.garden_suppliers(viewer, status, text, page_arg()),
        status=status,
        text=text,
        names={name: label for name, label in STATUSES.items() if name != "waiting"},
        coverage=queries.coverage(viewer, query_arg("service", 40)),
    )
