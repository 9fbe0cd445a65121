"""Coordinates of the chart of an objective: its measurements, the baseline and the target. The template draws them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from marketplace.core.numbers import MILLI
from marketplace.strategy.objective_state import ObjectiveTerms, Reading

WIDTH, HEIGHT = 400, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 18, 30
TICKS = 4
STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the chart in its own coordinates, with its date and value."""

    x: float
    y: float
    day: dt.date
    value_milli: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A horizontal grid line."""

    y: float
    value_milli: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: grid lines, the points in order, the baseline and the target. Coordinates have one decimal."""

    ticks: Sequence[Tick]
    points: Sequence[Point]
    baseline: Point | None
    target: Point
    first_on: dt.date
    last_on: dt.date
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM

    @property
    def line(self) -> str:
        """The points of the line, as the attribute of a polyline: the baseline, then the measurements."""
        points = [self.baseline, *self.points] if self.baseline else self.points
        return " ".join(f"{point.x},{point.y}" for point in points)


def draw_chart(terms: ObjectiveTerms, readings: Sequence[Reading]) -> Chart | None:
    """Return the chart of valid readings in order of their dates, or None if there is nothing to draw."""
    has_baseline = terms.baseline_milli is not None and terms.baseline_on is not None
    if not readings and not has_baseline:
        return None
    values = [terms.target_milli, *(one.value_milli for one in readings)]
    days = [terms.target_on, *(one.measured_on for one in readings)]
    if terms.baseline_milli is not None and terms.baseline_on is not None:
        values.append(terms.baseline_milli)
        days.append(terms.baseline_on)
    ticks = _ticks(min(values), max(values))
    first, last = min(days), max(days)
    span = max((last - first).days, 1)

    def place(day: dt.date, value: int) -> Point:
        x = LEFT + (WIDTH - LEFT - RIGHT) * Fraction((day - first).days, span)
        return Point(round(float(x), 1), _height(value, ticks), day, value)

    return Chart(
        [Tick(_height(value, ticks), value) for value in ticks],
        [place(one.measured_on, one.value_milli) for one in readings],
        place(terms.baseline_on, terms.baseline_milli)
        if terms.baseline_milli is not None and terms.baseline_on is not None
        else None,
        place(terms.target_on, terms.target_milli),
        first,
        last,
    )


def _height(value: int, ticks: Sequence[int]) -> float:
    share = Fraction(value - ticks[0], ticks[-1] - ticks[0])
    return round(float(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share), 1)


def _ticks(low: int, high: int) -> list[int]:
    """Return round values from below the lowest to above the highest; zero is included unless the values are far from it."""
    if low >= 0 and 2 * low < 3 * (high - low):
        low = 0
    distance = max(high - low, abs(high) // TICKS, MILLI // 10)
    step = _round_step(Fraction(distance, TICKS))
    first = low // step * step
    last = -(-max(high, first + 1) // step) * step
    return list(range(first, last + step, step)) if last > first else [first, first + step]


def _round_step(at_least: Fraction) -> int:
    """Return the smallest of 1, 2 and 5 times a power of ten that is not less than a value."""
    power = 1
    while True:
        for factor in STEPS:
            if factor * power >= at_least:
                return factor * power
        power *= 10
