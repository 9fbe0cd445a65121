"""The live report of a project and of a business garden: page and files."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from flask import current_app, jsonify, render_template, url_for
from werkzeug.wrappers import Response

from marketplace.core.i18n import gettext as _
from marketplace.data import data_path
from marketplace.reporting import export
from marketplace.reporting.definitions import breakdown_label, definition, dimension_label, part_label
from marketplace.reporting.figure_format import basis_text, figure_text, value_text
from marketplace.reporting.figures import Evidence
from marketplace.reporting.labels import cell_label
from marketplace.reporting.project_facts import ProjectFacts
from marketplace.reporting.queries import live_parts, report as queries
from marketplace.reporting.views.base import blueprint, report_route, report_url
from marketplace.reporting.views.figure_lists import private_parts, with_links
from marketplace.reporting.views.request import live_report, period_arguments
from marketplace.web import access
from marketplace.web.csv_export import csv_response
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer
from marketplace.web.xlsx_export import xlsx_response


@report_route("/report")
@access.garden
def report(slug: str = "") -> ViewResponse:
    """Show the report of a project, all of it or for the viewer's places, or of the garden and its network."""
    asked = period_arguments()
    found = live_report(slug, asked)
    shown = live_parts.shown_parts(found)
    parts = with_links(found, shown.parts, slug) if asked.as_of is None else shown.parts
    title = _("Report: %(name)s", name=found.access.project.name) if found.access else _("Report")
    return render_template(
        "reporting/report.html",
        title=title,
        report=found,
        parts=parts,
        private_parts=private_parts(parts) if asked.as_of is None else (),
        project=_facts(found),
        quotes=found.quotes,
        issue=shown.issue,
        asked=asked,
        page_url=partial(report_url, slug),
        **report_texts(),
    )


@report_route("/report.csv")
@access.garden
def report_csv(slug: str = "") -> ViewResponse:
    """Download the report as CSV."""
    return csv_response(_file_name(slug), export.header(), _public_rows(slug))


@report_route("/report.xlsx")
@access.garden
def report_xlsx(slug: str = "") -> ViewResponse:
    """Download the report as a workbook."""
    return xlsx_response(_file_name(slug), _("Report"), export.header(), _public_rows(slug))


@report_route("/report.json")
@access.garden
def report_json(slug: str = "") -> ViewResponse:
    """Download the report as JSON."""
    found = live_report(slug, period_arguments())
    shown = live_parts.public_parts(found)
    number = shown.issue.number if shown.issue else None
    return report_json_response(
        export.report_json(_name(found), found.period, shown.parts, number, _facts(found))
    )


def report_json_response(values: Mapping[str, Any]) -> Response:
    """Return a report as JSON, with the address of its schema."""
    site_url = current_app.config["SETTINGS"].site_url
    response = jsonify({"$schema": site_url + url_for("reporting.json_schema"), **values})
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/reports/schema.json")
@access.public
def json_schema() -> Response:
    """Download the schema of a report as JSON."""
    return Response(data_path("report.schema.json").read_bytes(), mimetype="application/schema+json")


def _name(report: queries.LiveReport) -> str:
    return report.access.project.name if report.access else current_viewer().organisation_name


def _facts(report: queries.LiveReport) -> ProjectFacts | None:
    """Return the facts about a project, with only those places that the report is about; None for a garden."""
    if report.access is None:
        return None
    names = {place.name for place in report.access.places}
    facts = queries.project_facts(report.access.project)
    return replace(facts, places=tuple(name for name in facts.places if name in names))


def _public_rows(slug: str) -> list[list[object]]:
    found = live_report(slug, period_arguments())
    shown = live_parts.public_parts(found)
    number = shown.issue.number if shown.issue else None
    head = export.head_rows(_name(found), found.period, _facts(found))
    return [*head, *export.rows(shown.parts, number)]


def _file_name(slug: str) -> str:
    return f"{_('Report')} {slug}"


def report_texts() -> dict[str, Any]:
    """Return the functions with which the template of the parts shows texts."""
    return {
        "dimension_label": dimension_label,
        "definition": definition,
        "part_label": part_label,
        "breakdown_label": breakdown_label,
        "cell_label": cell_label,
        "basis_text": basis_text,
        "figure_text": figure_text,
        "value_text": value_text,
        "reported": Evidence.REPORTED,
    }
