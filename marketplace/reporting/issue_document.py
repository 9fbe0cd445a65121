"""An issued report as a document for printing: an outline with a table for each part, and the definitions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from marketplace.core.i18n import current_locale, format_date, format_datetime, format_list, gettext as _
from marketplace.reporting.definitions import breakdown_label, definition, part_label
from marketplace.reporting.figure_format import basis_text, figure_text, value_text
from marketplace.reporting.figures import Breakdown, Evidence, Figure, FigureState, ReportPart
from marketplace.reporting.labels import cell_label
from marketplace.reporting.project_facts import ProjectFacts
from marketplace.strategy.document_export.outline import Block, Outline, OutlineSection

if TYPE_CHECKING:
    from marketplace.reporting.models import ReportIssue

SHOWN_DIGEST = 12


def report_outline(
    name: str, issue: "ReportIssue", project: ProjectFacts | None, parts: Sequence[ReportPart]
) -> Outline:
    """Return the outline of an issue in the current language. Its caption has the beginning of the digest."""
    sections = [_section(number, part, project) for number, part in enumerate(parts, 1)]
    return Outline(
        language=current_locale(),
        title=_("Report"),
        company=name,
        caption=_(
            "Issue %(number)s · %(first)s to %(last)s · as of %(moment)s · %(digest)s",
            number=issue.number,
            first=format_date(issue.from_on),
            last=format_date(issue.to_on),
            moment=format_datetime(issue.as_of),
            digest=issue.digest[:SHOWN_DIGEST],
        ),
        number=issue.number,
        saved_at=issue.issued_at,
        sections=(*sections, _definitions(parts)),
    )


def _section(number: int, part: ReportPart, project: ProjectFacts | None) -> OutlineSection:
    title = f"{number}. {part_label(part.code)}"
    header = (_("Figure"), _("Reported before"), _("In the period"), _("In all"), _("Based on"))
    table = Block(title, header=header, rows=tuple(_row(figure) for figure in part.figures), is_numeric=True)
    breakdowns = [Block(breakdown_label(one.code), items=_cells(one)) for one in part.breakdowns]
    facts = project.lines() if project and part.code == "project" else []
    about = [Block(title, items=tuple(f"{label}: {text}" for label, text in facts))] if facts else []
    return OutlineSection(part.code, title, (*about, table, *breakdowns))


def _row(figure: Figure) -> tuple[str, ...]:
    label = definition(figure.code).label
    if figure.evidence is Evidence.REPORTED:
        label += f" ({_('stated by the companies')})"
    is_measured = figure.state is FigureState.MEASURED
    before, period = (
        value_text(value, figure.unit) if is_measured and value is not None else ""
        for value in (figure.before, figure.period)
    )
    return (label, before, period, figure_text(figure), basis_text(figure))


def _cells(breakdown: Breakdown) -> tuple[str, ...]:
    shown = [f"{cell_label(breakdown.code, code)}: {count}" for code, count in breakdown.shown_cells.items()]
    hidden = [cell_label(breakdown.code, code) for code in breakdown.hidden_codes]
    return (*shown, *([_("Too few to show: %(names)s", names=format_list(hidden))] if hidden else []))


def _definitions(parts: Sequence[ReportPart]) -> OutlineSection:
    title = _("What each figure counts")
    labels: dict[str, list[str]] = {}
    for figure in (figure for part in parts for figure in part.figures):
        about = definition(figure.code)
        text = f"{about.about} {_('Source: %(source)s.', source=about.source)}"
        if about.label not in labels.setdefault(text, []):
            labels[text].append(about.label)
    items = [f"{'; '.join(names)}: {text}" for text, names in labels.items()]
    return OutlineSection("definitions", title, (Block(title, items=tuple(items)),))
