"""Attributes of all documents as columns: the criteria of `criteria`, vectorised over the whole directory.

`criteria` judges one supplier and explains the result; this module counts and orders all suppliers at once. A
property test compares the two.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from .. import criteria
from ..criteria import EARTH_RADIUS_KM, WRITTEN_NORWEGIAN
from ..documents import Document, Query
from ..settings import MatchingSettings
from ..storage.string_table import Vocabulary, memory_map
from ..storage.types import IntSequence, Mask, Rows, Vector

Codes = np.ndarray[Any, np.dtype[np.int8]]

REASONS = ("", criteria.NO_SERVICE, criteria.OUTSIDE_AREA, criteria.NO_LANGUAGE, criteria.NO_TIME)
"""Exclusion reasons by code, as in `AttributeColumns.reasons`; 0 is not excluded."""


class ValueIndex:
    """Inverted index of one attribute: the rows of the documents that state each value."""

    def __init__(self, values: Vocabulary, ends: Any, rows: Any) -> None:
        self.values, self.ends, self.rows = values, ends, rows

    @classmethod
    def of(cls, values_by_document: Iterable[Iterable[str]]) -> Self:
        """Build the index; item i of `values_by_document` contains the values that document i states."""
        rows_by_value: dict[str, list[int]] = {}
        for row, values in enumerate(values_by_document):
            for value in set(values):
                rows_by_value.setdefault(value, []).append(row)
        sorted_values = sorted(rows_by_value)
        ends = np.cumsum([0, *(len(rows_by_value[value]) for value in sorted_values)], dtype=np.int64)
        rows = np.fromiter((row for value in sorted_values for row in rows_by_value[value]), dtype=np.int32)
        return cls(Vocabulary.of(sorted_values), ends, rows)

    def rows_of(self, values: Iterable[str]) -> Iterator[Any]:
        """Yield an array of rows for each of the given values that is stated at all."""
        for value in values:
            index = self.values.get(value)
            if index is not None:
                yield self.rows[self.ends[index] : self.ends[index + 1]]


class AttributeColumns:
    """Attributes of documents as arrays by row. Missing values are NaN, or false in a `has_` column.

    `places` are the different positions in radians, `place_of` the index of each document's there.
    """

    ARRAYS = ("price", "next_start", "place_of", "places", "remote", "has_area", "has_languages")
    ROWS = ("comes_to", "speaks", "sectors", "job_in_sector", "jobs_in_sector", "job_of_service")

    def __init__(
        self, settings: MatchingSettings, arrays: Mapping[str, Any], rows: Mapping[str, ValueIndex]
    ) -> None:
        self.settings = settings
        self.size = len(arrays["price"])
        self.price: Vector = arrays["price"]
        self.next_start: Vector = arrays["next_start"]
        self.place_of: Rows = arrays["place_of"]
        self.places: Vector = arrays["places"]
        self.remote: Mask = arrays["remote"]
        self.has_area: Mask = arrays["has_area"]
        self.has_languages: Mask = arrays["has_languages"]
        self._rows = rows

    @classmethod
    def of(cls, documents: Sequence[Document], settings: MatchingSettings) -> Self:
        """Read the attributes of documents."""
        places = dict.fromkeys(d.position for d in documents)
        place_of = {position: place for place, position in enumerate(places)}
        arrays = {
            "price": _float_column(d.price_from_nok for d in documents),
            "next_start": _float_column(
                d.next_start.toordinal() if d.next_start else None for d in documents
            ),
            "place_of": np.array([place_of[d.position] for d in documents], dtype=np.int32),
            "places": np.radians(
                [(p.lat, p.lon) if p else (np.nan, np.nan) for p in places], dtype=np.float64
            ).reshape(-1, 2),
            "remote": _bool_column(d.remote for d in documents),
            "has_area": _bool_column(bool(d.area) for d in documents),
            "has_languages": _bool_column(bool(d.languages) for d in documents),
        }
        rows = {
            "comes_to": ValueIndex.of(
                ({*d.area, *([d.municipality] if d.municipality else [])}) for d in documents
            ),
            "speaks": ValueIndex.of(d.languages for d in documents),
            "sectors": ValueIndex.of(d.sectors for d in documents),
            "job_in_sector": ValueIndex.of((case.sector for case in d.cases) for d in documents),
            "jobs_in_sector": ValueIndex.of(_repeated(case.sector for case in d.cases) for d in documents),
            "job_of_service": ValueIndex.of(
                (code for case in d.cases for code in case.services) for d in documents
            ),
        }
        return cls(settings, arrays, rows)

    def save(self, folder: Path) -> None:
        """Write the arrays into a folder."""
        for name in self.ARRAYS:
            np.save(folder / f"column-{name}.npy", getattr(self, name))
        for name, rows in self._rows.items():
            rows.values.save(folder, f"column-{name}")
            np.save(folder / f"column-{name}-ends.npy", rows.ends)
            np.save(folder / f"column-{name}-rows.npy", rows.rows)

    @classmethod
    def open(cls, folder: Path, settings: MatchingSettings) -> Self:
        """Memory-map the files that `save` wrote."""
        rows = {
            name: ValueIndex(
                Vocabulary.open(folder, f"column-{name}"),
                memory_map(folder / f"column-{name}-ends.npy"),
                memory_map(folder / f"column-{name}-rows.npy"),
            )
            for name in cls.ROWS
        }
        return cls(settings, {name: memory_map(folder / f"column-{name}.npy") for name in cls.ARRAYS}, rows)

    def _rows_stating(self, name: str, values: Iterable[str]) -> Mask:
        is_match = np.zeros(self.size, dtype=bool)
        for rows in self._rows[name].rows_of(values):
            is_match[rows] = True
        return is_match

    def comes_to(self, query: Query) -> Mask:
        """Return the documents whose supplier is located in, or travels to, the query's municipality."""
        return self._rows_stating("comes_to", [query.municipality] if query.municipality else [])

    def speaks(self, query: Query) -> Mask:
        """Return the documents that share a working language with the query. Bokmål and nynorsk count as one."""
        wanted = set(query.languages)
        return self._rows_stating(
            "speaks", wanted | WRITTEN_NORWEGIAN if wanted & WRITTEN_NORWEGIAN else wanted
        )

    def reasons(self, query: Query, evidence: Vector) -> Codes:
        """Return for each document the index in `REASONS` of the first hard requirement that it fails."""
        codes = np.zeros(self.size, dtype=np.int8)
        if query.finish_by:
            codes[self.next_start > query.finish_by.toordinal()] = 4
        if query.languages:
            codes[self.has_languages & ~self.speaks(query)] = 3
        if query.presence == "must" and query.municipality:
            codes[self.has_area & ~self.comes_to(query)] = 2
        if query.needs:
            codes[evidence < self.settings.shown_floor] = 1
        return codes

    def over_budget(self, query: Query) -> Mask:
        """Return the documents whose lowest price exceeds the query's budget."""
        if query.budget_max_nok is None:
            return np.zeros(self.size, dtype=bool)
        is_over: Mask = self.price > query.budget_max_nok
        return is_over

    def place(self, query: Query) -> Vector:
        """Return each document's share of the points for place."""
        settings = self.settings
        share = np.full(self.size, self.settings.unknown_share)
        if query.position is not None:
            # Most suppliers share their position, that of a municipality, with others.
            by_place = np.clip(
                (settings.far_km - self._km(query)) / (settings.far_km - settings.near_km), 0.0, 1.0
            )
            near = by_place[self.place_of]
            if query.presence == "some":
                near = np.where(self.remote, 0.5 + 0.5 * near, near)
            share = np.where(np.isnan(near), self.settings.unknown_share, near)
        if query.presence == "remote":
            share[self.remote] = 1.0
        share[self.comes_to(query)] = 1.0
        return share

    def _km(self, query: Query) -> Vector:
        """Return the distance of each of `places` from the query's position."""
        assert query.position is not None
        latitude, longitude = np.radians(query.position.lat), np.radians(query.position.lon)
        latitudes, longitudes = self.places.T
        half_latitude, half_longitude = (latitudes - latitude) / 2, (longitudes - longitude) / 2
        h = np.sin(half_latitude) ** 2 + np.cos(latitude) * np.cos(latitudes) * np.sin(half_longitude) ** 2
        km: Vector = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(1.0, h)))
        return km

    def budget(self, query: Query) -> Vector:
        """Return each document's share of the points for budget."""
        share = np.full(self.size, self.settings.unknown_share)
        if query.budget_max_nok is None:
            return share
        share[self.price <= query.budget_max_nok] = 1.0
        is_over = self.over_budget(query)
        excess = self.price[is_over] / max(query.budget_max_nok, 1) - 1.0
        share[is_over] = (
            np.maximum(0.0, 1.0 - excess / self.settings.budget_slack) * self.settings.unknown_share
        )
        return share

    def availability(self, query: Query) -> Vector:
        """Return each document's share of the points for being available in time."""
        if query.start_from is None:
            return np.full(self.size, self.settings.unknown_share)
        days = np.maximum(0.0, self.next_start - query.start_from.toordinal())
        return np.where(
            np.isnan(days), self.settings.unknown_share, np.maximum(0.0, 1.0 - days / self.settings.late_days)
        )

    def sector(self, query: Query, in_words: IntSequence) -> Vector:
        """Return each document's share of the points for sector experience; `in_words` are rows that mention it."""
        share, settings = np.zeros(self.size), self.settings
        if not query.sector:
            return share
        share[in_words] = settings.sector_written
        share[self._rows_stating("sectors", [query.sector])] = settings.sector_known
        share[self._rows_stating("job_of_service", query.needs)] += settings.sector_similar
        share[self._rows_stating("job_in_sector", [query.sector])] = settings.sector_done
        share[self._rows_stating("jobs_in_sector", [query.sector])] = 1.0
        return share


def _float_column(values: Iterable[float | None]) -> Vector:
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def _bool_column(values: Iterable[bool]) -> Mask:
    return np.array(list(values), dtype=bool)


def _repeated(values: Iterable[str]) -> Iterable[str]:
    """Yield the values that occur more than once."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            yield value
        seen.add(value)
