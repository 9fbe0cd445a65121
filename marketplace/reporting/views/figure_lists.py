"""Links from the figures of a live report to the lists of the rows that they count, and the filter of those lists."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from flask import url_for

from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.reporting.counting import sample_figure
from marketplace.reporting.definitions import definition
from marketplace.reporting.figure_format import WHOLE_UNITS, value_text
from marketplace.reporting.figure_rows import CountedList, FigureRows
from marketplace.reporting.figures import Figure, FigureState, ReportPart
from marketplace.reporting.queries.figure_lists import visible_rows
from marketplace.reporting.queries.live_parts import OWN_PARTS, shown_parts
from marketplace.reporting.queries.report import LiveReport
from marketplace.reporting.views.base import report_url
from marketplace.reporting.views.request import live_report, period_arguments
from marketplace.web.counted_rows import ARGUMENT, CountedRows
from marketplace.web.viewer import current_viewer

_ENDPOINTS = {
    CountedList.PROJECT_COMPANIES: "programme.board",
    CountedList.SESSIONS: "programme.sessions",
    CountedList.HOURS: "finance.hours",
    CountedList.FUNDING: "finance.money",
    CountedList.ENTRIES: "finance.money",
    CountedList.FEES: "finance.aid",
    CountedList.AID: "finance.aid",
    CountedList.GARDEN_SUPPLIERS: "directory.garden_suppliers",
}
_SECTIONS = {"places": "places", "positions": "people"}
"""Figures that a section of the project's page lists, with the id of its heading."""


def with_links(report: LiveReport, parts: Sequence[ReportPart], slug: str) -> list[ReportPart]:
    """Link each figure to the list of the rows that it counts, unless the viewer may not see some of these rows."""
    found = visible_rows(current_viewer(), report)
    return [
        replace(
            part, figures=[replace(one, list_url=_list_url(report, one, found, slug)) for one in part.figures]
        )
        for part in parts
    ]


def private_parts(parts: Sequence[ReportPart]) -> list[str]:
    """Return the codes of parts with figures that have no list, because companies have not shared what they count."""
    return [
        part.code
        for part in parts
        if part.code not in OWN_PARTS
        and any(one.state is FigureState.MEASURED and one.value and not one.list_url for one in part.figures)
    ]


def _list_url(report: LiveReport, figure: Figure, found: dict[str, FigureRows], slug: str) -> str:
    if figure.state is not FigureState.MEASURED:
        return ""
    if figure.code in _SECTIONS and report.access is not None:
        is_today = report.access.is_leader and report.period.last_day == clock.today()
        url = url_for("programme.project", slug=slug, _anchor=_SECTIONS[figure.code])
        return url if is_today or figure.code == "places" else ""
    rows = found.get(figure.code)
    if rows is None or not rows.amounts:
        return ""
    if rows.list is CountedList.GARDEN_COMPANIES:
        return url_for("organisations.companies")
    arguments = _arguments(report, figure.code)
    if rows.list is CountedList.GARDEN_SUPPLIERS:
        return url_for(_ENDPOINTS[rows.list], project=slug or None, **arguments)
    return url_for(_ENDPOINTS[rows.list], slug=slug, **arguments)


def _arguments(report: LiveReport, code: str) -> dict[str, Any]:
    period = report.period
    return {ARGUMENT: code, "from": period.from_on.isoformat(), "to": period.to_on.isoformat()}


def counted_rows(list_name: str, slug: str, code: str) -> CountedRows | None:
    """Return the rows of a list that a figure of the live report counts; None if the report shows no such figure."""
    try:
        report = live_report(slug, replace(period_arguments(), as_of=None))
    except NotFound:
        return None
    figure = next(
        (one for part in shown_parts(report).parts for one in part.figures if one.code == code), None
    )
    rows = visible_rows(current_viewer(), report).get(code)
    if figure is None or figure.state is not FigureState.MEASURED or rows is None or rows.list != list_name:
        return None
    arguments = _arguments(report, code)
    about = definition(code)
    is_of_project = slug and rows.list is CountedList.GARDEN_SUPPLIERS
    return CountedRows(
        about.label,
        about.about,
        report_url(slug, "reporting.report", **{name: arguments[name] for name in ("from", "to")}),
        arguments | ({"project": slug} if is_of_project else {}),
        rows.amounts,
        partial(_summary, figure.unit),
        partial(value_text, unit=figure.unit if _is_sum(figure.unit) else "count"),
    )


def _is_sum(unit: str) -> bool:
    return unit in WHOLE_UNITS or unit.startswith("minor:")


def _summary(unit: str, amounts: Sequence[int]) -> str:
    """Return the sum or the mean of the amounts of rows, as the report shows it."""
    if _is_sum(unit):
        return value_text(sum(amounts), unit)
    mean = Fraction(sum(amounts), len(amounts)) if amounts else Fraction()
    return value_text(sample_figure("", mean, unit=unit, n=len(amounts), of=None).value or 0, unit)
