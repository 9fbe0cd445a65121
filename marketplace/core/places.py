"""Norway's 357 municipalities and 15 counties, with neighbours and distances (Kartverket and GeoNames, CC BY 4.0)."""

import csv
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from marketplace.core.collation import fold_letters
from marketplace.data import data_path

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality. `lat` and `lon` are the position of its administrative centre, in degrees (WGS 84)."""

    number: str
    name: str
    official_name: str
    county_number: str
    county: str
    lat: float
    lon: float
    seat: str
    population: int

    @property
    def names(self) -> tuple[str, ...]:
        """The Norwegian name, then the other official ones, in Sami or Kven: Porsanger, Porsáŋgu."""
        return tuple(dict.fromkeys((self.name, *self.official_name.split(" - "))))

    @property
    def full_name(self) -> str:
        """All official names, the Norwegian one first: "Porsanger / Porsáŋgu"."""
        return " / ".join(self.names)


@cache
def municipalities_by_number() -> dict[str, Municipality]:
    """Return all municipalities by four-digit number, in file order."""
    with data_path("municipalities.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["number"]: Municipality(
                row["number"],
                row["name_nb"],
                row["name_official"],
                row["county_number"],
                row["county"],
                float(row["lat"]),
                float(row["lon"]),
                row["seat"],
                int(row["population"]),
            )
            for row in csv.DictReader(file)
        }


def municipality(number: str) -> Municipality:
    """Return a municipality by number. Raises KeyError if the number is unknown."""
    return municipalities_by_number()[number]


def find_municipality(number: str | None) -> Municipality | None:
    """Return a municipality by number, or None."""
    return municipalities_by_number().get(number) if number else None


def municipality_name(number: str | None) -> str:
    """Return the name of a municipality by number; empty if the number is unknown."""
    municipality = find_municipality(number)
    return municipality.name if municipality else ""


@cache
def counties() -> dict[str, str]:
    """Return the names of all counties by two-digit number, in order of number."""
    return {m.county_number: m.county for m in municipalities_by_number().values()}


@cache
def municipalities_in(county_number: str) -> tuple[str, ...]:
    """Return the numbers of the municipalities in a county."""
    return tuple(m.number for m in municipalities_by_number().values() if m.county_number == county_number)


def _key(name: str) -> tuple[str, ...]:
    return tuple(fold_letters(word) for word in _WORD.findall(name))


@cache
def numbers_by_name() -> Mapping[tuple[str, ...], str]:
    """Map the folded words of place names, in any official language, to numbers of municipalities and counties.

    The name of a municipality has precedence over that of an administrative centre, and a larger place over a smaller one.
    """
    by_population = sorted(municipalities_by_number().values(), key=lambda m: -m.population)
    numbers: dict[tuple[str, ...], str] = {}
    for municipality in by_population:
        for name in municipality.names:
            numbers.setdefault(_key(name), municipality.number)
            if name.endswith("land"):
                numbers.setdefault(_key(f"{name}et"), municipality.number)  # Ørlandet
    for number, county in counties().items():
        numbers.setdefault(_key(county), number)
    for municipality in by_population:
        numbers.setdefault(_key(municipality.seat), municipality.number)
    return numbers


@cache
def _municipalities_by_key() -> Mapping[tuple[str, ...], list[Municipality]]:
    found: dict[tuple[str, ...], list[Municipality]] = {}
    for one in municipalities_by_number().values():
        for key in {
            _key(name) for name in (*one.names, one.full_name, one.official_name, f"{one.name} kommune")
        }:
            found.setdefault(key, []).append(one)
    return found


def municipalities_named(text: str) -> Sequence[Municipality]:
    """Return the municipalities with a number or a name: one, several of the same name, or none.

    Both names of a municipality in two languages may be given, as in "Karasjok / Kárášjohka".
    """
    if text.isdecimal() and text.isascii():
        known = find_municipality(text.zfill(4))
        return (known,) if known else ()
    return _municipalities_by_key().get(_key(text), ())


def find_place(text: str) -> str:
    """Return the number of the municipality or county with a name; empty if there is none."""
    named = municipalities_named(text)
    return named[0].number if len(named) == 1 else numbers_by_name().get(_key(text), "")


@cache
def _neighbours() -> dict[str, tuple[str, ...]]:
    with data_path("municipality_neighbours.csv").open(encoding="utf-8", newline="") as file:
        return {row["number"]: tuple(row["neighbours"].split()) for row in csv.DictReader(file)}


def neighbours(number: str) -> tuple[str, ...]:
    """Return the numbers of the municipalities with a land border to a municipality; none for an island."""
    return _neighbours().get(number, ())


def distance_km(first: str, second: str) -> float:
    """Return the great-circle distance in kilometres between two administrative centres (haversine formula)."""
    a, b = municipality(first), municipality(second)
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = (lat_b - lat_a) / 2
    half_lon = math.radians(b.lon - a.lon) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(h))
