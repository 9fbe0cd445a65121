"""The schematic map of municipalities."""

import pytest

from marketplace.core import places
from marketplace.directory.queries.coverage import COLUMNS, MAX_ROWS, Tile, tile_positions


@pytest.mark.parametrize("county", list(places.counties()))
def test_each_municipality_has_a_tile_of_its_own(county: str) -> None:
    numbers = places.municipalities_in(county)
    found = tile_positions(numbers)
    assert set(found) == set(numbers)
    assert len(set(found.values())) == len(numbers)
    assert all(1 <= column <= COLUMNS and 1 <= row <= MAX_ROWS for column, row in found.values())
    assert {row for _column, row in found.values()} == set(
        range(1, max(row for _c, row in found.values()) + 1)
    )


@pytest.mark.parametrize("county", ["15", "34", "46", "50"])
def test_map_has_north_at_the_top_and_west_at_the_left(county: str) -> None:
    found = {places.municipality(n): at for n, at in tile_positions(places.municipalities_in(county)).items()}
    by_latitude = sorted(found, key=lambda one: -one.lat)
    by_longitude = sorted(found, key=lambda one: one.lon)
    quarter = len(found) // 4

    def mean(places_: list[places.Municipality], axis: int) -> float:
        return sum(found[one][axis] for one in places_) / len(places_)

    assert mean(by_latitude[:quarter], 1) + 2 < mean(by_latitude[-quarter:], 1)
    assert mean(by_longitude[:quarter], 0) + 2 < mean(by_longitude[-quarter:], 0)


def test_map_of_no_municipalities_is_empty() -> None:
    assert tile_positions(()) == {}
    assert tile_positions(("5021",)) == {"5021": (1, 1)}


@pytest.mark.parametrize(
    ("name", "short"), [("Hamar", "Ham"), ("Nord-Fron", "N.F"), ("Vestre Toten", "V.T"), ("Os", "Os")]
)
def test_short_name_fits_a_phone_and_tells_two_words_apart(name: str, short: str) -> None:
    assert Tile("3401", name, 0, own=False, column=1, row=1).short == short
