"""A garden's own suppliers, with the coverage map."""

from flask import render_template, request

from marketplace.core.i18n import gettext as _
from marketplace.core.places import municipality_name
from marketplace.directory import queries
from marketplace.directory.views.base import blueprint
from marketplace.vetting.queries import count_by_status
from marketplace.vetting.views.base import STATUSES
from marketplace.web import access
from marketplace.web.counted_rows import read_counted_rows
from marketplace.web.csv_export import csv_response
from marketplace.web.query_args import page_arg, query_arg
from marketplace.web.response import ViewResponse
from marketplace.web.template_filters import group_label
from marketplace.web.viewer import current_viewer


@blueprint.get("/garden/suppliers")
@access.garden
def garden_suppliers() -> ViewResponse:
    """List the garden's suppliers."""
    viewer = current_viewer()
    status, text = _read_filter()
    counted = read_counted_rows("garden_suppliers")
    ids = counted.amounts if counted else None
    return render_template(
        "directory/garden_suppliers.html",
        page=queries.garden_suppliers(viewer, status, text, page_arg(), ids),
        counted=counted,
        status=status,
        text=text,
        waiting=count_by_status(viewer)["waiting"],
        names={name: label for name, label in STATUSES.items() if name != "waiting"},
        coverage=queries.coverage(viewer, query_arg("service", 40)),
    )


@blueprint.get("/garden/suppliers.csv")
@access.garden
def garden_suppliers_csv() -> ViewResponse:
    """Download the filtered suppliers of the garden, one row for each kind of service."""
    status, text = _read_filter()
    counted = read_counted_rows("garden_suppliers")
    ids = counted.amounts if counted else None
    header = [_("Name"), _("Municipality"), _("Kind of service"), _("Approval"), _("Paused")]
    rows = (
        (
            supplier.name,
            municipality_name(supplier.municipality),
            group_label(item.category),
            str(STATUSES[item.status]),
            _("Yes") if supplier.is_paused else _("No"),
        )
        for supplier in queries.all_garden_suppliers(current_viewer(), status, text, ids)
        for item in supplier.approvals
    )
    return csv_response(_("Suppliers"), header, rows)


def _read_filter() -> tuple[str, str]:
    asked = request.args.get("state", "")
    return asked if asked in STATUSES and asked != "waiting" else "", query_arg("q")
