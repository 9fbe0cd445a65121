"""Figures from dated events and from samples: counts before and in the period, means, medians and spreads."""

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction
from statistics import median

from marketplace.core.numbers import MILLI
from marketplace.reporting.facts import ReportPeriod
from marketplace.reporting.figures import Breakdown, Evidence, Figure, FigureState

SIZES = ("1", "2-4", "5-9", "10-49", "50")
"""Codes of the size classes by number of employees, smallest first. Each begins with its lowest number."""


def count_dated(
    code: str,
    days: Iterable[dt.date | None],
    period: ReportPeriod,
    *,
    n: int | None = None,
    of: int | None = None,
) -> Figure:
    """Count events up to the end of the period: in all, before the period and in it. Events without a day do not count."""
    return sum_dated(code, [(day, 1) for day in days], period, n=n, of=of)


def sum_dated(  # noqa: PLR0913 because a figure has that many parts
    code: str,
    amounts: Iterable[tuple[dt.date | None, int]],
    period: ReportPeriod,
    *,
    unit: str = "count",
    n: int | None = None,
    of: int | None = None,
) -> Figure:
    """Add up amounts dated up to the end of the period: in all, before the period and in it."""
    known = [(day, amount) for day, amount in amounts if day is not None and day <= period.last_day]
    total = sum(amount for _day, amount in known)
    before = sum(amount for day, amount in known if day < period.from_on)
    return Figure(code, total, unit, n=n, of=of, before=before, period=total - before)


def mean_figure(
    code: str,
    values: Sequence[int | Fraction],
    *,
    unit: str = "mean",
    n: int | None = None,
    of: int | None = None,
) -> Figure:
    """Return the mean in thousandths. Without any value, the figure is not measured."""
    mean = Fraction(sum(values, Fraction()), len(values)) if values else None
    return sample_figure(code, mean, unit=unit, n=len(values) if n is None else n, of=of)


def median_figure(
    code: str,
    values: Sequence[int | Fraction],
    unit: str,
    of: int | None = None,
    evidence: Evidence = Evidence.REPORTED,
) -> Figure:
    """Return the median in thousandths. Without any value, the figure is not measured."""
    return sample_figure(
        code, _median(values) if values else None, unit=unit, n=len(values), of=of, evidence=evidence
    )


def spread_figure(code: str, values: Sequence[int | Fraction], unit: str, of: int | None = None) -> Figure:
    """Return the interquartile range in thousandths. With fewer than two values, the figure is not measured."""
    spread = None
    if len(values) > 1:
        ordered = sorted(values)
        half = len(ordered) // 2
        spread = _median(ordered[-half:]) - _median(ordered[:half])
    return sample_figure(code, spread, unit=unit, n=len(values), of=of, evidence=Evidence.REPORTED)


def _median(values: Sequence[int | Fraction]) -> Fraction:
    return median([Fraction(value) for value in values])


def sample_figure(  # noqa: PLR0913 because a figure has that many parts
    code: str,
    value: Fraction | None,
    *,
    unit: str,
    n: int,
    of: int | None,
    evidence: Evidence = Evidence.OBSERVED,
) -> Figure:
    """Return a statistic of a sample in thousandths, rounded half away from zero. None means that it was not measured."""
    if value is None:
        return not_measured(code, unit, n, of, evidence)
    size = int(abs(value) * MILLI + Fraction(1, 2))
    return Figure(code, size if value >= 0 else -size, unit, evidence=evidence, n=n, of=of)


def not_measured(
    code: str,
    unit: str = "count",
    n: int | None = None,
    of: int | None = None,
    evidence: Evidence = Evidence.OBSERVED,
) -> Figure:
    """Return a figure that was not measured. It has no value, because unknown is not zero."""
    return Figure(code, None, unit, FigureState.NOT_MEASURED, evidence, n, of)


def counted(
    code: str,
    value: int,
    n: int | None = None,
    of: int | None = None,
    *,
    is_reported: bool = False,
) -> Figure:
    """Return a figure for a count at the end of the period."""
    evidence = Evidence.REPORTED if is_reported else Evidence.OBSERVED
    return Figure(code, value, evidence=evidence, n=n, of=of)


def size_class(employees: int | None) -> str:
    """Return the code of the size class of a number of employees; "unknown" if it is None."""
    if employees is None:
        return "unknown"
    for low in reversed(SIZES):
        if employees >= int(low.partition("-")[0]):
            return low
    return SIZES[0]


def by_size(total_code: str, employees: Iterable[tuple[int, int | None]]) -> Breakdown:
    """Count companies, given by id, by size class, the smallest class first and companies of unknown size last."""
    found = by_category("size", total_code, ((key, size_class(number)) for key, number in employees))
    cells = {code: found.cells[code] for code in (*SIZES, "unknown") if code in found.cells}
    return Breakdown(found.code, total_code, cells, found.members)


def by_category(code: str, total_code: str, rows: Iterable[tuple[int, str]]) -> Breakdown:
    """Count rows, given by id, by category, the most frequent first. An empty category counts as "unknown"."""
    members: dict[str, set[int]] = {}
    for key, category in rows:
        members.setdefault(category or "unknown", set()).add(key)
    counts = {category: len(keys) for category, keys in members.items()}
    cells = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return Breakdown(code, total_code, cells, {category: frozenset(members[category]) for category in cells})
