"""Norway's 357 municipalities and 15 counties, from our own list (Kartverket and GeoNames, CC BY 4.0)."""

import csv
import math
from dataclasses import dataclass
from functools import cache

from marketplace.data import data_path

TRONDELAG = "50"


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality; `lat` and `lon` are the seat's point, in degrees (WGS 84)."""

    number: str
    name: str
    official_name: str
    county_number: str
    county: str
    lat: float
    lon: float
    seat: str
    population: int


@cache
def municipalities_by_number() -> dict[str, Municipality]:
    """Return all municipalities by their four-digit number, in the order of the file."""
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
    """Return the municipality with a number. Raises KeyError when there is none."""
    return municipalities_by_number()[number]


def find_municipality(number: str | None) -> Municipality | None:
    """Return the municipality with a number, or None."""
    return municipalities_by_number().get(number) if number else None


def place_of(number: str | None) -> str:
    """Return the name of the municipality with a number, or an empty text."""
    found = find_municipality(number)
    return found.name if found else ""


@cache
def counties() -> dict[str, str]:
    """Return the counties' names by their two-digit number, in the order of the numbers."""
    return {m.county_number: m.county for m in municipalities_by_number().values()}


@cache
def in_county(county_number: str) -> tuple[str, ...]:
    """Return the numbers of a county's municipalities."""
    return tuple(m.number for m in municipalities_by_number().values() if m.county_number == county_number)


@cache
def _neighbours() -> dict[str, tuple[str, ...]]:
    with data_path("municipality_neighbours.csv").open(encoding="utf-8", newline="") as file:
        return {row["number"]: tuple(row["neighbours"].split()) for row in csv.DictReader(file)}


def neighbours(number: str) -> tuple[str, ...]:
    """Return the municipalities with a land border to one; an island has none."""
    return _neighbours().get(number, ())


def distance_km(first: str, second: str) -> float:
    """Return the great-circle distance between two municipalities' seats, in kilometres (haversine)."""
    a, b = municipality(first), municipality(second)
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = (lat_b - lat_a) / 2
    half_lon = math.radians(b.lon - a.lon) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(h))
