"""Importing suppliers from a table: upload or paste, check, then import all of them or none."""

from flask import render_template, request, url_for

from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _, ngettext
from marketplace.core.import_table import TableProblem
from marketplace.core.table_file import UnreadableTableError
from marketplace.suppliers.import_table import SUPPLIER_TABLE, ReadTable
from marketplace.vetting import use_cases
from marketplace.vetting.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.forms import refuse_form
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.table_upload import MAX_SHOWN_FAULTS, submitted_table
from marketplace.web.uploads import accepts_files
from marketplace.web.viewer import current_viewer


@blueprint.route("/vetting/import", methods=["GET", "POST"])
@access.curator
@accepts_files
def import_suppliers() -> ViewResponse:
    """Import suppliers as a curator, who may approve them at once."""
    return _import_page("vetting.import_suppliers", "vetting.queue")


@blueprint.route("/admin/import", methods=["GET", "POST"])
@access.admin
@accepts_files
def admin_import_suppliers() -> ViewResponse:
    """Import suppliers as an administrator; the responsible business garden decides on them."""
    return _import_page("vetting.admin_import_suppliers", "pages.home")


def _import_page(endpoint: str, next_endpoint: str) -> ViewResponse:
    viewer = current_viewer()
    approve = viewer.is_curator and request.form.get("approve") == "yes"
    if request.method == "GET":
        return _render(endpoint, ReadTable(), approve=False)
    try:
        text = submitted_table(SUPPLIER_TABLE.max_rows)
    except UnreadableTableError as error:
        fault = TableProblem(0, "", str(error), _("Choose another file, or paste the table."))
        return _render(endpoint, ReadTable(request.form.get("table", ""), faults=[fault]), approve=approve)
    read = use_cases.check_table(text)
    if read.faults or request.form.get("act") != "import":
        return _render(endpoint, read, approve=approve)
    try:
        count = use_cases.import_suppliers(read.suppliers, viewer if approve else None, actor=viewer)
    except RuleBroken as error:
        read.faults.append(TableProblem(0, "", error.message, _("Nothing was imported.")))
        return _render(endpoint, read, approve=approve)
    flashes.done(
        ngettext("%(num)s supplier has been imported.", "%(num)s suppliers have been imported.", count)
    )
    return see_other(next_endpoint)


def _render(endpoint: str, read: ReadTable, *, approve: bool) -> str:
    if read.faults:
        refuse_form()
    return render_template(
        "vetting/import.html",
        action=url_for(endpoint),
        read=read,
        faults=read.faults[:MAX_SHOWN_FAULTS],
        headings=SUPPLIER_TABLE.headings(),
        is_curator=current_viewer().is_curator,
        approve=approve,
    )
