"""The live report of a project and of a business garden: page and files."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flask import current_app, jsonify, render_template, url_for
from werkzeug.wrappers import Response

from marketplace.core import clock
from marketplace.core.dates import parse_date
from marketplace.core.i18n import gettext as _
from marketplace.data import data_path
from marketplace.reporting import export
from marketplace.reporting.definitions import breakdown_label, definition, part_label
from marketplace.reporting.figures import Evidence, ReportPart
from marketplace.reporting.labels import cell_label, figure_text, value_text
from marketplace.reporting.project_facts import ProjectFacts
from marketplace.reporting.queries import live
from marketplace.reporting.queries import report as queries
from marketplace.reporting.views.base import blueprint, report_route, report_url
from marketplace.strategy.questionnaire import questionnaire
from marketplace.web import access
from marketplace.web.csv_export import csv_response
from marketplace.web.query_args import query_arg
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer
from marketplace.web.xlsx_export import xlsx_response

_BOARD_PHASES = {"recruited": "", "started": "active", "completed": "completed", "left": "withdrawn"}
_LISTS_OF_GARDEN = {"suppliers": "directory.garden_suppliers", "followed": "organisations.companies"}
_LISTS = dict.fromkeys(("planned", "held", "attendances", "present", "feedback"), "programme.sessions") | {
    "hours_": "finance.hours"
}
_LISTS_OF_ACCOUNTS = dict.fromkeys(("plan_", "received_", "cost_"), "finance.money") | dict.fromkeys(
    ("aid_", "fee_"), "finance.aid"
)
"""Lists behind figures, by the beginnings of their codes."""


@dataclass(frozen=True, slots=True)
class PeriodArguments:
    """The period in the query string, and what is wrong with it."""

    from_on: dt.date | None
    to_on: dt.date | None
    as_of: dt.date | None
    errors: Mapping[str, str]
    texts: Mapping[str, str]

    @property
    def valid(self) -> dict[str, str]:
        """The arguments that can be read, for the links to the files."""
        return {name: text for name, text in self.texts.items() if text and name not in self.errors}

    @property
    def moment(self) -> dt.datetime | None:
        """The end of the day as of which the report is computed, or None for now."""
        return clock.end_of_day(self.as_of) if self.as_of else None


@report_route("/report")
@access.garden
def report(slug: str = "") -> ViewResponse:
    """Show the report of a project, all of it or for the viewer's places, or of the garden and its network."""
    asked = _period_arguments()
    found = _report(slug, asked)
    shown = live.shown_parts(found)
    title = _("Report: %(name)s", name=found.access.project.name) if found.access else _("Report")
    return render_template(
        "reporting/report.html",
        title=title,
        report=found,
        parts=_with_links(found, shown.parts, slug),
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
    found = _report(slug, _period_arguments())
    shown = live.public_parts(found)
    number = shown.issue.number if shown.issue else None
    return report_json_response(
        export.report_json(_name(found), found.period, shown.parts, number, _facts(found))
    )


def report_json_response(values: Mapping[str, Any]) -> Response:
    """Return a report as JSON, with the address of its schema."""
    site_url = current_app.config["SETTINGS"].site_url.rstrip("/")
    response = jsonify({"$schema": site_url + url_for("reporting.json_schema"), **values})
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/reports/schema.json")
@access.public
def json_schema() -> Response:
    """Download the schema of a report as JSON."""
    return Response(data_path("report.schema.json").read_bytes(), mimetype="application/schema+json")


def _report(slug: str, asked: PeriodArguments) -> queries.LiveReport:
    """Return the report of a project, or of the viewer's garden if `slug` is empty. Raises NotFound."""
    viewer, period = current_viewer(), (asked.from_on, asked.to_on, asked.moment)
    return queries.project_report(viewer, slug, *period) if slug else queries.garden_report(viewer, *period)


def _name(report: queries.LiveReport) -> str:
    return report.access.project.name if report.access else current_viewer().organisation_name


def _facts(report: queries.LiveReport) -> ProjectFacts | None:
    return queries.project_facts(report.access.project) if report.access else None


def _public_rows(slug: str) -> list[list[object]]:
    found = _report(slug, _period_arguments())
    shown = live.public_parts(found)
    number = shown.issue.number if shown.issue else None
    head = export.head_rows(_name(found), found.period, _facts(found))
    return [*head, *export.rows(shown.parts, number)]


def _file_name(slug: str) -> str:
    return f"{_('Report')} {slug}"


def _period_arguments() -> PeriodArguments:
    """Read the period from the query string. A date that cannot be read is left out and reported beside its field."""
    texts = {name: query_arg(name, 40) for name in ("from", "to", "as_of")}
    days = {name: parse_date(text) for name, text in texts.items()}
    errors = {
        name: _("Enter a date, like 24.12.2026.")
        for name, text in texts.items()
        if text and days[name] is None
    }
    for name, day in days.items():
        if day is not None and not 2000 <= day.year <= 2100:  # noqa: PLR2004 because other years are typing errors
            errors[name], days[name] = _("Choose a date between 2000 and 2100."), None
    if days["from"] and days["to"] and days["from"] > days["to"]:
        errors["to"], days["to"] = _("Choose a date after the first one."), None
    return PeriodArguments(days["from"], days["to"], days["as_of"], errors, texts)


def report_texts() -> dict[str, Any]:
    """Return the functions with which the template of the parts shows texts."""
    return {
        "dimensions": questionnaire().dimensions,
        "definition": definition,
        "part_label": part_label,
        "breakdown_label": breakdown_label,
        "cell_label": cell_label,
        "figure_text": figure_text,
        "value_text": value_text,
        "reported": Evidence.REPORTED,
    }


def _with_links(report: queries.LiveReport, parts: Sequence[ReportPart], slug: str) -> list[ReportPart]:
    """Link figures to the lists behind them, if the viewer may see those."""
    sees_accounts = report.access is not None and report.access.is_owner_garden
    return [
        replace(
            part,
            figures=[replace(one, list_url=_list_url(one.code, slug, sees_accounts)) for one in part.figures],
        )
        for part in parts
    ]


def _list_url(code: str, slug: str, sees_accounts: bool) -> str:  # noqa: FBT001 because its caller names it
    """Return the address of the list behind a figure, or an empty text."""
    if code in _LISTS_OF_GARDEN:
        return url_for(_LISTS_OF_GARDEN[code])
    if not slug:
        return ""
    if code in _BOARD_PHASES:
        return url_for("programme.board", slug=slug, phase=_BOARD_PHASES[code] or None)
    lists = _LISTS | (_LISTS_OF_ACCOUNTS if sees_accounts else {})
    endpoint = next((found for start, found in lists.items() if code.startswith(start)), "")
    return url_for(endpoint, slug=slug) if endpoint else ""
