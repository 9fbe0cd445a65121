"""Coverage map: where in the region approved suppliers take jobs."""

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import func, select

from marketplace.core import places, taxonomy
from marketplace.core.collation import sort_key
from marketplace.core.database import session
from marketplace.core.i18n import current_locale
from marketplace.core.region import current_region
from marketplace.core.viewer import Viewer
from marketplace.directory.entries import SupplierEntry
from marketplace.directory.models import UnansweredSearch
from marketplace.directory.queries.catalogue_cache import catalogue
from marketplace.directory.search.search import Catalogue
from marketplace.organisations.queries import covered_municipalities

COLUMNS = 8
"""Columns of the map, which is also read on a phone."""
MAX_ROWS = 30
"""Rows that the style sheet has classes for."""
FREE_SHARE = 1.4
"""Minimum number of cells per municipality. A full grid would move many municipalities far from their position."""
SHADES = (1, 3, 6)
"""Minimum number of suppliers for each darker shade."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A municipality on the map, with the number of suppliers that take jobs there. `own` if the viewer's garden covers it.

    `column` and `row` are its place on the map, from 1.
    """

    number: str
    name: str
    count: int
    own: bool
    column: int
    row: int

    @property
    def short(self) -> str:
        """Abbreviation for narrow screens: first three letters, or the initials of two words: "Ham" for Hamar, "N.F" for Nord-Fron."""
        words = re.split(r"[ -]", self.name)
        return self.name[:3] if len(words) == 1 else f"{words[0][0]}.{words[1][0]}"

    @property
    def level(self) -> int:
        """Shade: 0 for none, 1 for one or two, 2 for three to five, 3 for more."""
        return sum(self.count >= least for least in SHADES)


@dataclass(frozen=True, slots=True)
class NearestSupplier:
    """The supplier nearest to an uncovered municipality."""

    municipality: Tile
    entry: SupplierEntry
    km: int

    @property
    def only_home(self) -> bool:
        """True if the supplier takes jobs only in its own municipality."""
        return self.entry.places == {self.entry.municipality}


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Coverage:
    """The map for a kind of service or a single service. `tiles` are sorted by name.

    `choices` has code and label of each kind of service, and of its services.

    There is one object per state of the directory, so that rendered fragments can be cached on it.
    """

    code: str
    label: str
    tiles: Sequence[Tile]
    choices: Sequence[tuple[str, str, Sequence[tuple[str, str]]]]
    nearest: NearestSupplier | None

    @property
    def name(self) -> str:
        """Label for use inside a sentence: lower case, except abbreviations."""
        return self.label if self.label[1:2].isupper() else self.label[:1].lower() + self.label[1:]

    @property
    def uncovered(self) -> list[Tile]:
        """Municipalities without suppliers, the viewer's own first."""
        return sorted((tile for tile in self.tiles if not tile.count), key=lambda tile: not tile.own)

    @property
    def has_own(self) -> bool:
        """True if the viewer's garden has an area on the map."""
        return any(tile.own for tile in self.tiles)


def coverage(viewer: Viewer, service_or_group: str = "") -> Coverage:
    """Count the listed suppliers that take jobs in each municipality of the region.

    A supplier takes jobs in its own municipality and in its areas. Without a known choice, the kind of service with
    the most uncovered municipalities in the viewer's area is used.
    """
    known = service_or_group in taxonomy.services() or service_or_group in taxonomy.groups_by_code()
    return _build_coverage(
        catalogue(), _own_area(viewer), service_or_group if known else "", current_locale()
    )


@lru_cache(maxsize=64)
def _build_coverage(found: Catalogue, own: frozenset[str], chosen: str, _locale: str) -> Coverage:
    """Build a map, cached by directory state, area, choice and locale."""
    code = chosen or _least_covered_group(found, own)
    within = found.mask("kind", code)
    tiles = [
        Tile(
            number,
            places.municipality(number).name,
            found.count("place", number, within),
            number in own,
            *position,
        )
        for number, position in tile_positions(current_region().municipalities).items()
    ]
    tiles.sort(key=lambda tile: sort_key(tile.name))
    service = taxonomy.services().get(code)
    label = service.label if service else taxonomy.group(code).label
    choices = [
        (group.code, group.label, [(item.code, item.label) for item in group.services])
        for group in taxonomy.groups()
    ]
    made = Coverage(code, label, tiles, choices, None)
    return Coverage(code, label, tiles, choices, _nearest(found, code, made.uncovered))


def _own_area(viewer: Viewer) -> frozenset[str]:
    if not viewer.is_garden or viewer.organisation_id is None:
        return frozenset()
    return frozenset(covered_municipalities(viewer.organisation_id))


def _least_covered_group(found: Catalogue, own: frozenset[str]) -> str:
    """Choose the kind of service with the most uncovered municipalities in an area, then the one with most suppliers."""
    area = [number for number in current_region().municipalities if not own or number in own]

    def coverage_gap(code: str) -> tuple[int, int]:
        within = found.mask("kind", code)
        return sum(not found.count("place", number, within) for number in area), found.count("kind", code)

    return max((group.code for group in taxonomy.groups()), key=coverage_gap)


def _nearest(found: Catalogue, code: str, uncovered: Sequence[Tile]) -> NearestSupplier | None:
    entries = [
        entry for entry in found.with_value("kind", code) if places.find_municipality(entry.municipality)
    ]
    if not entries or not uncovered:
        return None
    municipality = uncovered[0]
    entry = min(
        entries, key=lambda item: (places.distance_km(municipality.number, item.municipality), item.id)
    )
    return NearestSupplier(
        municipality, entry, round(places.distance_km(municipality.number, entry.municipality))
    )


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


def unanswered_searches(since: dt.date) -> dict[tuple[str, str], int]:
    """Count searches without a result since a date, by service or kind of service, and municipality (or empty)."""
    query = select(UnansweredSearch.code, UnansweredSearch.place, func.sum(UnansweredSearch.number))
    query = query.where(UnansweredSearch.week >= since).group_by(
        UnansweredSearch.code, UnansweredSearch.place
    )
    return {(code, place): int(number) for code, place, number in session.execute(query)}
