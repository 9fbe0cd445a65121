"""The live report for readers who may not see the rows behind it.

The period of a live report can be chosen freely, so a reader could subtract two of them: the means of yesterday and today
reveal the answers of a company that answered in between, and two breakdowns the category of a company that joined. Figures
of samples and breakdowns are therefore never computed for a live report, whatever its period. They are copied from the
newest issue, which was compared with all earlier issues before it was published. Counts of events are live.

Without an issue, samples and breakdowns are not shown. A mean of the present answers would give away the next answer,
however many there are. A mean that is updated with every fifth answer would not, but the next issue would then have to
hide its own mean, because the same readers could subtract the two.
"""

import dataclasses
from collections.abc import Collection, Sequence

from marketplace.reporting.figures import Figure, FigureState, ReportPart
from marketplace.reporting.suppression import PUBLIC_PARTS, is_sample, suppress


def publish_live(
    parts: Sequence[ReportPart],
    issued: Sequence[ReportPart] | None,
    open_parts: Collection[str] = (),
) -> tuple[ReportPart, ...]:
    """Return the parts of a live report with the samples and breakdowns of an issue, or without them if it is None.

    `open_parts` stay as they are, because their readers see the rows that they count.
    """
    by_code = {part.code: part for part in issued or ()}
    return tuple(
        live if live.code in open_parts else _with_issued(hidden, by_code.get(live.code))
        for live, hidden in zip(parts, suppress(parts), strict=True)
    )


def is_issued_only(part_code: str, figure: Figure) -> bool:
    """Return True for a figure of a sample: a mean, a share, or a count of companies by answer or result."""
    return part_code not in PUBLIC_PARTS and is_sample(figure)


def _with_issued(part: ReportPart, issued: ReportPart | None) -> ReportPart:
    by_code = {figure.code: figure for figure in issued.figures} if issued else {}
    return dataclasses.replace(
        part,
        figures=tuple(
            by_code.get(figure.code, _without_value(figure)) if is_issued_only(part.code, figure) else figure
            for figure in part.figures
        ),
        breakdowns=tuple(issued.breakdowns) if issued else (),
    )


def _without_value(figure: Figure) -> Figure:
    """Remove the value and the basis of a figure that the issue lacks. A figure that was not measured stays as it is."""
    if figure.state is FigureState.NOT_MEASURED:
        return figure
    return dataclasses.replace(figure, value=None, n=None, of=None, state=FigureState.UNPUBLISHED)
