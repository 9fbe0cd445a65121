"""Issued reports for the garden, and for readers with a link: pages, files and links."""

import datetime as dt
from functools import partial

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.i18n import gettext as _
from marketplace.reporting import export, use_cases
from marketplace.reporting.forms import IssueForm, LinkForm
from marketplace.reporting.issue_document import report_outline
from marketplace.reporting.queries import issues as queries
from marketplace.reporting.views.base import LEADER_ISSUES, blueprint, report_route, report_url
from marketplace.reporting.views.report import report_json_response, report_texts
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.csv_export import csv_response
from marketplace.web.forms.editing import add
from marketplace.web.locale import LOCALE_COOKIE, choose
from marketplace.web.request import is_inspection
from marketplace.web.response import ViewResponse
from marketplace.web.uploads import file_response
from marketplace.web.viewer import current_viewer
from marketplace.web.xlsx_export import xlsx_response

PDF_FONT_SIZE = 8.5
"""Size in points: a report is longer than the two pages that other documents are made to fit on."""
EXTENSIONS = ("pdf", "csv", "xlsx", "json")


@report_route("/report/issues", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=LEADER_ISSUES)
def issues(slug: str = "") -> ViewResponse:
    """List the issued reports and the links to them, and issue one."""
    viewer = current_viewer()
    owner = queries.owner_for(viewer, slug)
    issued = queries.issues_of(owner)
    today = clock.today()
    first = owner.starts_on or today.replace(month=1, day=1)
    if issued:
        # The day after the last one, so that nothing is in two periods.
        first = issued[0].to_on + dt.timedelta(days=1)
    form = IssueForm(
        data={"from_on": min(first, today), "to_on": today, "newest": str(issued[0].number if issued else 0)}
    )
    if request.method == "POST" and not owner.is_leader:
        raise Forbidden
    made = []
    if add(form, lambda form: made.append(use_cases.issue_report(viewer, slug, form.details()))):
        flashes.done(_("Issue %(number)s has been made.", number=made[0].number))
        return redirect(report_url(slug, "reporting.issue", number=made[0].number), 303)
    return render_template(
        "reporting/issues.html",
        owner=owner,
        issues=issued,
        form=form,
        links=queries.links_of(owner) if owner.is_leader else [],
        page_url=partial(report_url, slug),
    )


@report_route("/report/issues/<int:number>")
@access.garden
def issue(number: int, slug: str = "") -> ViewResponse:
    """Show an issued report."""
    return _issue_page(queries.owner_for(current_viewer(), slug), number, slug=slug)


@report_route("/report/issues/<int:number>.<extension>")
@access.garden
def issue_file(number: int, extension: str, slug: str = "") -> Response:
    """Download an issued report."""
    return _file(queries.owner_for(current_viewer(), slug), number, extension)


@report_route("/report/links", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=LEADER_ISSUES)
def links(slug: str = "") -> ViewResponse:
    """Show the links to the reports, and create one."""
    viewer = current_viewer()
    owner = queries.owner_for(viewer, slug)
    if not owner.is_leader:
        raise Forbidden
    form = LinkForm()
    tokens: list[str] = []
    url = ""
    if add(form, lambda form: tokens.append(use_cases.create_link(viewer, slug, form.details()))):
        site_url = current_app.config["SETTINGS"].site_url
        url = site_url + url_for("reporting.reader_issues", token=tokens[0])
    return render_template(
        "reporting/links.html",
        owner=owner,
        form=form,
        url=url,
        links=queries.links_of(owner),
        page_url=partial(report_url, slug),
    )


@report_route("/report/links/<int:link_id>/withdraw", methods=["POST"])
@access.reads_and_writes(Level.GARDEN, because=LEADER_ISSUES)
def withdraw_link(link_id: int, slug: str = "") -> ViewResponse:
    """Make a link to the reports stop working."""
    use_cases.withdraw_link(current_viewer(), slug, link_id)
    flashes.done(_("The link no longer works."))
    return redirect(report_url(slug, "reporting.links"), 303)


@blueprint.get("/reports/<token>")
@access.public
def reader_issues(token: str) -> ViewResponse:
    """Show the newest issue to a reader with a link, and list the earlier ones."""
    owner = _reader(token)
    issued = queries.issues_of(owner)
    if not issued:
        return render_template("reporting/no_issues.html", owner=owner)
    return _issue_page(owner, issued[0].number, token=token)


@blueprint.get("/reports/<token>/<int:number>")
@access.public
def reader_issue(token: str, number: int) -> ViewResponse:
    """Show an issue to a reader with a link."""
    return _issue_page(_reader(token), number, token=token)


@blueprint.get("/reports/<token>/<int:number>.<extension>")
@access.public
def reader_issue_file(token: str, number: int, extension: str) -> Response:
    """Download an issue with a link."""
    return _file(_reader(token), number, extension)


def _reader(token: str) -> queries.IssueOwner:
    """Return the subject of the reports of a link, and use its language unless another is chosen. Raises NotFound."""
    link, owner = queries.link_by_token(token)
    if LOCALE_COOKIE not in request.cookies:
        choose(link.locale)
    if request.endpoint == "reporting.reader_issues" and not is_inspection():
        use_cases.count_opening(link.id)
    return owner


def _issue_page(owner: queries.IssueOwner, number: int, *, slug: str = "", token: str = "") -> ViewResponse:
    found = queries.issue_by_number(owner, number)
    return render_template(
        "reporting/issue.html",
        owner=owner,
        issue=found,
        parts=queries.published_parts(found),
        private_parts=(),
        project=queries.issued_project_facts(found),
        quotes=queries.issue_quotes(found),
        issues=queries.issues_of(owner),
        token=token,
        page_url=partial(report_url, slug),
        **report_texts(),
    )


def _file(owner: queries.IssueOwner, number: int, extension: str) -> Response:
    if extension not in EXTENSIONS:
        raise NotFound
    issue = queries.issue_by_number(owner, number)
    parts = queries.published_parts(issue)
    project = queries.issued_project_facts(issue)
    outline = report_outline(owner.name, issue, project, parts)
    name = outline.file_name("").rstrip(".")
    if extension == "pdf":
        from marketplace.strategy.document_export.pdf import to_pdf  # noqa: PLC0415 because few requests need the typesetter

        return file_response(f"{name}.pdf", "application/pdf", to_pdf(outline, (PDF_FONT_SIZE,)))
    if extension == "json":
        values = {"name": owner.name, "number": issue.number, "digest": issue.digest, **issue.content}
        return report_json_response(values)
    head = export.head_rows(owner.name, queries.issue_period(issue), project, (issue.number, issue.digest))
    rows = [*head, *export.rows(parts)]
    if extension == "xlsx":
        return xlsx_response(name, _("Report"), export.header(), rows)
    return csv_response(name, export.header(), rows)
