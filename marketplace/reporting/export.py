"""A report as rows of a table for CSV and XLSX, and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from marketplace.core.i18n import format_datetime, gettext as _
from marketplace.reporting.definitions import breakdown_label, definition, definitions_version, part_label
from marketplace.reporting.facts import ReportPeriod
from marketplace.reporting.figure_format import exact_value, figure_text, unit_text
from marketplace.reporting.figures import Evidence, FigureState, ReportPart
from marketplace.reporting.issue_document import SHOWN_DIGEST
from marketplace.reporting.labels import cell_label
from marketplace.reporting.live_suppression import is_issued_only
from marketplace.reporting.project_facts import ProjectFacts
from marketplace.reporting.serialization import SCHEMA_VERSION, parts_to_json


def header() -> list[str]:
    """Return the headings of the table."""
    return [
        _("Part"),
        _("Figure"),
        _("Reported before"),
        _("In the period"),
        _("In all"),
        _("Unit"),
        _("State"),
        _("Based on"),
        _("Out of"),
        _("Stated or recorded"),
        _("Source"),
        _("Definition"),
        _("Code"),
    ]


def head_rows(
    name: str,
    period: ReportPeriod,
    project: ProjectFacts | None,
    issue: tuple[int, str] | None = None,
) -> Iterator[list[object]]:
    """Yield a row for each fact about the report itself. `issue` is the number and the digest of an issued report."""
    facts: list[tuple[str, str, object]] = [
        ("name", _("Name"), name),
        ("from", _("From"), period.from_on),
        ("to", _("To"), period.to_on),
        ("as_of", _("As of"), format_datetime(period.as_of)),
    ]
    if issue:
        facts += [
            ("issue", _("Issue"), issue[0]),
            ("digest", _("Digest of the figures"), issue[1][:SHOWN_DIGEST]),
        ]
    if project:
        facts += [("project", label, text) for label, text in project.lines()]
    for code, label, value in facts:
        yield [_("Report"), label, None, None, value, *[None] * 7, code]


def rows(parts: Sequence[ReportPart], issue_number: int | None = None) -> Iterator[list[object]]:
    """Yield a row for each figure and each category of a breakdown.

    `issue_number` is the number of the issue from which a live report takes its samples and breakdowns.
    """
    measured = _("measured")
    issued = _("from issue %(number)s", number=issue_number) if issue_number else measured
    for part in parts:
        name = part_label(part.code)
        for figure in part.figures:
            about = definition(figure.code)
            before, period, value = (
                exact_value(one, figure.unit) for one in (figure.before, figure.period, figure.value)
            )
            says = (
                _("stated by the companies")
                if figure.evidence is Evidence.REPORTED
                else _("recorded in the service")
            )
            shown = value if figure.state is FigureState.MEASURED else figure_text(figure)
            state = issued if is_issued_only(part.code, figure) else measured
            if figure.state is not FigureState.MEASURED:
                state = figure_text(figure)
            yield [
                name, about.label, before, period, shown, unit_text(figure.unit), state, figure.n, figure.of, says,
                about.source, about.about, figure.code,
            ]  # fmt: skip
        for breakdown in part.breakdowns:
            about = definition(breakdown.total_code)
            for code, count in (breakdown.shown_cells | dict.fromkeys(breakdown.hidden_codes)).items():
                label = f"{breakdown_label(breakdown.code)}: {cell_label(breakdown.code, code)}"
                state = _("too few to show") if count is None else issued
                shown = state if count is None else count
                yield [
                    name, label, None, None, shown, unit_text("count"), state, None, None, _("recorded in the service"),
                    about.source, about.label, f"{breakdown.code}.{code}",
                ]  # fmt: skip


def report_json(
    name: str,
    period: ReportPeriod,
    parts: Sequence[ReportPart],
    issue_number: int | None,
    project: ProjectFacts | None,
) -> dict[str, Any]:
    """Return a live report as JSON values, as `data/report.schema.json` describes them."""
    return {
        "schema_version": SCHEMA_VERSION,
        "definitions_version": definitions_version(),
        "name": name,
        "from": period.from_on.isoformat(),
        "to": period.to_on.isoformat(),
        "as_of": period.as_of.isoformat(),
        "samples_from_issue": issue_number,
        "project": project.to_json() if project else None,
        "parts": parts_to_json(parts),
    }
