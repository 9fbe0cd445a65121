"""Suppression of small numbers in a report, also against subtraction within it and between successive reports.

A breakdown tells how many companies are in each category of one dimension. A category with one to four companies could
identify them, so it is hidden, and what is hidden together is at least five companies in at least two categories: then
no hidden count follows from the total and the shown counts (primary and secondary suppression; Hundepool et al.,
"Statistical Disclosure Control", Wiley 2012, chapter 4). Between reports, a change of one to four companies in a part of the
categories would identify those who joined or left, so it is hidden in the later report.

A figure needs five companies or people behind it, and a breakdown a total that is shown. A sample, which says what companies
answered or achieved, must also not differ from an earlier report by fewer than five of them, since what the new ones
answered would follow from both. Totals of the whole project are shown: they are not broken down.

A change is the number of companies that are in one of two reports only, so that one which leaves while another joins is
noticed: somebody with the answer of the first could compute that of the second from two means. Issues of earlier versions
did not store which companies their figures are based on. Compared with them, a change is the difference of the counts.
"""

import dataclasses
from collections.abc import Mapping, Sequence

from marketplace.reporting.figures import Breakdown, Evidence, Figure, FigureState, ReportPart

MIN_COUNT = 5
"""The smallest number of companies that is shown in a breakdown, and on which a mean is based."""

PUBLIC_PARTS = frozenset({"finance", "aid"})
"""Parts about the project's own accounts, and about state aid, which is public by law."""

TOTAL_UNITS = frozenset({"count", "minutes"})
"""Units of figures that add up or count; all others are means, medians or shares of answers. See `is_sample`."""

RESULT_CODES = frozenset(
    {
        "with_baseline",
        "measured",
        "reached",
        "not_reached",
        "on_the_way",
        "not_measured",
        "corrected",
        "withdrawn",
    }
)
"""Figures that count the objectives of companies by their results."""

SESSION_MEANS = frozenset({"present", "head_count"})
"""Means over the course sessions: totals of the project, divided by the number of sessions."""

ANSWER_COUNTS = {"useful": "feedback", "useful_share": "feedback", "distance": "attendances"}
"""For samples in which a company can answer several times, the figure of the same part that counts the answers."""
BY_EVENT = frozenset({"distance"})
"""Samples of events of which a company has many, such as attendances."""
OF_ANSWERS = frozenset({"says_uses"})
"""Samples whose basis (`of`) is the number of answers, because a company can answer several times."""

Groups = frozenset[frozenset[str]]
"""A partition of the categories of a breakdown: each shown category alone, and all hidden ones together."""


def suppress(
    parts: Sequence[ReportPart], earlier: Sequence[Sequence[ReportPart]] = ()
) -> tuple[ReportPart, ...]:
    """Return the parts with small numbers hidden. `earlier` are other reports that the same readers have, as published.

    Raises ValueError if two breakdowns have the same code, that is, divide two populations by the same dimension: the difference
    of the two would be a third table.
    """
    codes = [breakdown.code for part in parts for breakdown in part.breakdowns]
    if len(set(codes)) < len(codes):
        message = "Two breakdowns of a report divide by the same dimension."
        raise ValueError(message)
    return tuple(_suppress_part(part, [_part(report, part.code) for report in earlier]) for part in parts)


def is_sample(figure: Figure) -> bool:
    """Return True for a figure about what companies answered or achieved: a mean, a share, or a count by answer or result."""
    if figure.code in SESSION_MEANS:
        return False
    return (
        figure.unit not in TOTAL_UNITS or figure.evidence is Evidence.REPORTED or figure.code in RESULT_CODES
    )


def _part(report: Sequence[ReportPart], code: str) -> ReportPart:
    return next((part for part in report if part.code == code), ReportPart(code, ()))


def _suppress_part(part: ReportPart, earlier: Sequence[ReportPart]) -> ReportPart:
    figures = part.figures
    if part.code not in PUBLIC_PARTS:
        figures = [_suppress_figure(figure, part, earlier) for figure in part.figures]
    shown = {figure.code for figure in figures if figure.state is not FigureState.SUPPRESSED}
    totals = {figure.code: figure.value for figure in part.figures}
    breakdowns = [
        suppress_breakdown(breakdown, totals[breakdown.total_code], _published(breakdown.code, earlier))
        for breakdown in part.breakdowns
        if breakdown.total_code in shown
    ]
    return dataclasses.replace(
        part, figures=tuple(figures), breakdowns=tuple(found for found in breakdowns if found is not None)
    )


def _suppress_figure(figure: Figure, part: ReportPart, earlier: Sequence[ReportPart]) -> Figure:
    """Hide a figure that is based on few companies, or a sample that reveals the answers of few compared with an earlier report."""
    if figure.state is not FigureState.MEASURED:
        return figure
    changes = []
    for other_part in earlier if is_sample(figure) else ():
        other = _measured(other_part, figure.code)
        if other is None:
            continue
        changes += _basis_changes((part, figure), (other_part, other))
    if not any(map(_is_small, (figure.n, figure.of, *changes))):
        return figure
    return dataclasses.replace(figure, value=None, before=None, period=None, state=FigureState.SUPPRESSED)


def _basis_changes(one: tuple[ReportPart, Figure], other: tuple[ReportPart, Figure]) -> list[int]:
    """Return by how many companies and answers the basis of a figure differs from that of an earlier report.

    In a sample of events, such as the distance travelled to each attendance, the events of new companies are mixed with
    those of the others, so only the events are compared.
    """
    basis, other_basis = one[1].basis, other[1].basis
    if basis is not None and other_basis is not None:
        companies = {row[0] for row in basis} ^ {row[0] for row in other_basis}
        changed = len(basis ^ other_basis)
        return [changed] if one[1].code in BY_EVENT else [changed, len(companies)]
    answers, earlier = _answers(*one), _answers(*other)
    if one[1].code in BY_EVENT and answers and earlier:
        return [answers - earlier]
    return [(one[1].n or 0) - (other[1].n or 0), answers - earlier]


def _answers(part: ReportPart, figure: Figure) -> int:
    """Return the number of answers in a sample; 0 if each company answers only once, or if the number is suppressed."""
    if figure.code in OF_ANSWERS:
        return figure.of or 0
    count = _measured(part, ANSWER_COUNTS.get(figure.code, ""))
    return (count.value or 0) if count else 0


def _measured(part: ReportPart, code: str) -> Figure | None:
    """Return a figure of a part if it has a value."""
    return next((one for one in part.figures if one.code == code and one.value is not None), None)


def _is_small(count: int | None) -> bool:
    return count is not None and 0 < abs(count) < MIN_COUNT


def _published(code: str, earlier: Sequence[ReportPart]) -> list[tuple[Breakdown, int]]:
    """Return earlier publications of a breakdown, each with its total."""
    found = []
    for part in earlier:
        totals = {figure.code: figure.value for figure in part.figures}
        found += [
            (breakdown, totals[breakdown.total_code] or 0)
            for breakdown in part.breakdowns
            if breakdown.code == code
        ]
    return found


def suppress_breakdown(
    breakdown: Breakdown, total: int | None, earlier: Sequence[tuple[Breakdown, int]] = ()
) -> Breakdown | None:
    """Return a breakdown with hidden cells set to None, or None if nothing of it can be shown.

    All cells must have a value and add up to `total`. Raises ValueError otherwise.
    """
    counts = {code: count for code, count in breakdown.cells.items() if count is not None}
    if len(counts) < len(breakdown.cells) or sum(counts.values()) != total:
        message = f"The cells of the breakdown {breakdown.code} do not add up to its total."
        raise ValueError(message)
    if not any(map(_is_small, counts.values())):
        hidden: set[str] = set()
    else:
        hidden = {code for code, count in counts.items() if count < MIN_COUNT}
        _hide_until_safe(hidden, counts)
    while conflict := _small_change(counts, breakdown.members, hidden, earlier):
        hidden |= conflict
        _hide_until_safe(hidden, counts)
    if hidden == set(counts):
        return None
    cells = {code: None if code in hidden else count for code, count in counts.items()}
    return dataclasses.replace(breakdown, cells=cells)


def _hide_until_safe(hidden: set[str], counts: Mapping[str, int]) -> None:
    """Hide the smallest shown categories until at least two are hidden, with at least five companies in total."""
    while hidden != set(counts) and (len(hidden) < 2 or sum(counts[code] for code in hidden) < MIN_COUNT):  # noqa: PLR2004 because one hidden category follows from the total
        hidden.add(min(counts.keys() - hidden, key=lambda code: (counts[code] or MIN_COUNT, code)))


def _small_change(
    counts: Mapping[str, int],
    members: Mapping[str, frozenset[int]],
    hidden: set[str],
    earlier: Sequence[tuple[Breakdown, int]],
) -> set[str]:
    """Return categories to hide, because together they differ from an earlier report by one to four companies."""
    if hidden == set(counts):
        return set()
    for other, other_total in earlier:
        other_counts = {code: count for code, count in other.cells.items() if count is not None}
        other_hidden_sum = other_total - sum(other_counts.values())
        blocks = _common_blocks(
            _groups(counts, hidden), _groups(other.cells, other.cells.keys() - other_counts)
        )
        if len(blocks) == 1:
            continue
        for block in blocks:
            before = sum(other_counts.get(code, 0) for code in block)
            if block & (other.cells.keys() - other_counts):
                before += other_hidden_sum
            change = sum(counts.get(code, 0) for code in block) - before
            if members and other.members:
                change = len(_members_in(block, members) ^ _members_in(block, other.members))
            if _is_small(change):
                shown = set(block & counts.keys()) - hidden
                return shown or {min(counts.keys() - hidden, key=lambda code: (counts[code], code))}
    return set()


def _members_in(block: frozenset[str], members: Mapping[str, frozenset[int]]) -> frozenset[int]:
    return frozenset().union(*(members.get(code, frozenset()) for code in block))


def _groups(cells: Mapping[str, int | None], hidden: set[str]) -> Groups:
    alone = frozenset(frozenset({code}) for code in cells if code not in hidden)
    return alone | {frozenset(hidden)} if hidden else alone


def _common_blocks(one: Groups, other: Groups) -> list[frozenset[str]]:
    """Return the finest partition of which both partitions are refinements: each block is a sum in both reports."""
    blocks: list[frozenset[str]] = []
    for group in [*one, *other]:
        touching = [block for block in blocks if block & group]
        blocks = [block for block in blocks if not block & group]
        blocks.append(group.union(*touching))
    return blocks
