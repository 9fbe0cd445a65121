"""Pages to import companies into a project: upload or paste a table, check it, and import all companies or none."""

from flask import render_template, request

from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _, ngettext
from marketplace.core.import_table import TableProblem
from marketplace.core.table_file import UnreadableTableError
from marketplace.programme.participant_import_table import PARTICIPANT_TABLE, ParsedCompanies
from marketplace.programme.queries.projects import project_for
from marketplace.programme.use_cases import participant_import as use_cases
from marketplace.programme.views.base import blueprint
from marketplace.programme.views.participation import RECRUITERS
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.forms import refuse_form
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.table_upload import MAX_SHOWN_FAULTS, submitted_table
from marketplace.web.uploads import accepts_files
from marketplace.web.viewer import current_viewer
from marketplace.web.xlsx_export import xlsx_response


@blueprint.route("/programme/<slug>/companies/import", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=RECRUITERS)
@accepts_files
def import_participations(slug: str) -> ViewResponse:
    """Import companies into a project."""
    viewer = current_viewer()
    project_for(viewer, slug)
    if request.method == "GET":
        return _page(slug, ParsedCompanies())
    try:
        text = submitted_table(PARTICIPANT_TABLE.max_rows)
    except UnreadableTableError as error:
        fault = TableProblem(0, "", str(error), _("Choose another file, or paste the table."))
        return _page(slug, ParsedCompanies(request.form.get("table", ""), faults=[fault]))
    read = use_cases.check_companies(viewer, slug, text)
    if read.faults or request.form.get("act") != "import":
        return _page(slug, read)
    try:
        added, known = use_cases.import_companies(viewer, slug, text)
    except RuleBroken as error:
        read.faults.append(TableProblem(0, "", error.message, _("Nothing was imported.")))
        return _page(slug, read)
    flashes.done(
        ngettext("%(num)s company has been added.", "%(num)s companies have been added.", added)
        + (" " + ngettext("%(num)s was in the project already.", "%(num)s were in the project already.", known) if known else "")
    )  # fmt: skip
    return see_other("programme.board", slug=slug)


@blueprint.get("/programme/<slug>/companies/import/template.xlsx")
@access.garden
def import_template(slug: str) -> ViewResponse:
    """Download an empty table with the headings of an import."""
    project_for(current_viewer(), slug)
    return xlsx_response(slug, _("Companies"), list(PARTICIPANT_TABLE.headings().values()), [])


def _page(slug: str, read: ParsedCompanies) -> str:
    if read.faults:
        refuse_form()
    return render_template(
        "programme/board_import.html",
        access=project_for(current_viewer(), slug),
        read=read,
        faults=read.faults[:MAX_SHOWN_FAULTS],
        headings=PARTICIPANT_TABLE.headings(),
        required=PARTICIPANT_TABLE.heading_of("company_name"),
    )
