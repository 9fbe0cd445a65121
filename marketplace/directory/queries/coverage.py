"""Where in Trøndelag approved suppliers take jobs, and where nobody does."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import bindparam, select

from marketplace.core import places, taxonomy
from marketplace.core.database import prepared, session
from marketplace.core.i18n import current_locale, sort_key
from marketplace.core.viewer import Viewer
from marketplace.directory.queries.catalogue_cache import catalogue
from marketplace.directory.search import Catalogue, Entry
from marketplace.organisations.models import BusinessGarden

_AREA = prepared(
    select(BusinessGarden.__table__.c.covered_municipalities).where(
        BusinessGarden.__table__.c.id == bindparam("garden_id")
    )
)
SHADES = (1, 3, 6)
"""From how many suppliers a municipality gets the next darker shade."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A municipality on the map: how many take jobs there, and whether it belongs to the reader's garden."""

    number: str
    name: str
    count: int
    own: bool

    @property
    def short(self) -> str:
        """Return three letters for a narrow screen: the first of the name, or initials of two words."""
        words = self.name.split()
        return self.name[:3] if len(words) == 1 else f"{words[0][0]}.{words[1][0]}"

    @property
    def level(self) -> int:
        """Return the shade: 0 for none, 1 for one or two, 2 for three to five, 3 for more."""
        return sum(self.count >= least for least in SHADES)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The supplier that sits nearest to a municipality nobody covers."""

    hole: Tile
    entry: Entry
    km: int

    @property
    def only_home(self) -> bool:
        """Say whether it takes jobs in its own municipality alone."""
        return self.entry.places == {self.entry.municipality}


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Coverage:
    """The map for one kind of service or one service. `tiles` are sorted by name.

    One is made for each state of the directory, so that what is drawn of it can be kept by the object itself.
    """

    code: str
    label: str
    tiles: Sequence[Tile]
    choices: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    nearest: Nearest | None

    @property
    def name(self) -> str:
        """Return the label as it stands inside a sentence: abbreviations keep their capitals."""
        return self.label if self.label[1:2].isupper() else self.label[:1].lower() + self.label[1:]

    @property
    def holes(self) -> list[Tile]:
        """Return the municipalities where nobody takes jobs, the reader's own first."""
        return sorted((tile for tile in self.tiles if not tile.count), key=lambda tile: not tile.own)

    @property
    def has_own(self) -> bool:
        """Say whether the reader has an area of its own on the map."""
        return any(tile.own for tile in self.tiles)


def coverage(viewer: Viewer, service_or_group: str = "") -> Coverage:
    """Count, for each municipality of Trøndelag, the listed suppliers that take jobs there.

    A job is taken where the supplier has its seat and where it says that it comes. Without a choice, or with an
    unknown one, the kind of service with the most holes in the reader's own area is shown.
    """
    known = service_or_group in taxonomy.services() or service_or_group in taxonomy.groups_by_code()
    return _counted(catalogue(), _own_area(viewer), service_or_group if known else "", current_locale())


@lru_cache(maxsize=64)
def _counted(found: Catalogue, own: frozenset[str], chosen: str, _locale: str) -> Coverage:
    """Count a map once for each state of the directory, area, choice and language."""
    code = chosen or _most_wanting(found, own)
    within = found.mask("kind", code)
    tiles = [
        Tile(number, places.municipality(number).name, found.count("place", number, within), number in own)
        for number in places.municipalities_in(places.TRONDELAG)
    ]
    tiles.sort(key=lambda tile: sort_key(tile.name))
    service = taxonomy.services().get(code)
    label = service.label if service else taxonomy.group(code).label
    choices = [
        (group.label, [(group.code, group.label), *((item.code, item.label) for item in group.services)])
        for group in taxonomy.groups()
    ]
    made = Coverage(code, label, tiles, choices, None)
    return Coverage(code, label, tiles, choices, _nearest(found, code, made.holes))


def _own_area(viewer: Viewer) -> frozenset[str]:
    if not viewer.is_garden or viewer.organisation_id is None:
        return frozenset()
    return frozenset(session.scalar(_AREA, {"garden_id": viewer.organisation_id}) or ())


def _most_wanting(found: Catalogue, own: frozenset[str]) -> str:
    """Return the kind of service with the most holes in an area, or in the county; of several the one most sell."""
    area = [number for number in places.municipalities_in(places.TRONDELAG) if not own or number in own]

    def holes(code: str) -> tuple[int, int]:
        within = found.mask("kind", code)
        return sum(not found.count("place", number, within) for number in area), found.count("kind", code)

    return max((group.code for group in taxonomy.groups()), key=holes)


def _nearest(found: Catalogue, code: str, holes: Sequence[Tile]) -> Nearest | None:
    entries = [
        entry for entry in found.with_value("kind", code) if places.find_municipality(entry.municipality)
    ]
    if not entries or not holes:
        return None
    hole = holes[0]
    entry = min(entries, key=lambda item: (places.distance_km(hole.number, item.municipality), item.id))
    return Nearest(hole, entry, round(places.distance_km(hole.number, entry.municipality)))
