"""Schematic map: one tile for each municipality of the region file, in a grid with north at the top."""

import math
from collections.abc import Sequence

from marketplace.core import places

COLUMNS = 8
"""Columns of the map, which is also read on a phone."""
MAX_ROWS = 30
"""Rows that the style sheet has classes for."""
FREE_SHARE = 1.4
"""Minimum number of cells per municipality. A full grid would move many municipalities far from their position."""


def tile_positions(numbers: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return column and row of each municipality, counted from 1.

    The assignment to cells minimizes the sum of the squared distances from the true positions.
    """
    if not numbers:
        return {}
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 because it takes 0.5 s to import at the start

    found = [places.municipality(number) for number in numbers]
    scale = math.cos(math.radians(sum(one.lat for one in found) / len(found)))
    east, south = [one.lon * scale for one in found], [-one.lat for one in found]
    width, height = max(east) - min(east), max(south) - min(south)
    rows = math.ceil(len(found) * FREE_SHARE / COLUMNS)
    if width:
        rows = max(rows, min(round(COLUMNS * height / width), 2 * rows))
    rows = min(rows, MAX_ROWS)
    x = [(at - min(east)) / (width or 1) * (COLUMNS - 1) for at in east]
    y = [(at - min(south)) / (height or 1) * (rows - 1) for at in south]
    cells = [(column, row) for row in range(rows) for column in range(COLUMNS)]
    cost = [[(x[i] - column) ** 2 + (y[i] - row) ** 2 for column, row in cells] for i in range(len(found))]
    chosen = linear_sum_assignment(cost)[1]
    used = [cells[index] for index in chosen]
    row_of = {row: index for index, row in enumerate(sorted({row for _column, row in used}), start=1)}
    return {one.number: (column + 1, row_of[row]) for one, (column, row) in zip(found, used, strict=True)}
