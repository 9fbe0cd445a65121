"""The same criteria as in `criteria`, for all documents at once: one array per thing that suppliers state.

`criteria` judges one supplier and says why; this counts and orders a whole directory, and says nothing. A test holds
the two against each other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from marketplace.matching import criteria
from marketplace.matching.criteria import EARTH_RADIUS_KM, UNKNOWN, WRITTEN_NORWEGIAN
from marketplace.matching.documents import Document, Query
from marketplace.matching.settings import Settings
from marketplace.matching.storage.string_table import Vocabulary, mapped
from marketplace.matching.storage.types import IntSequence, Mask, Vector

Codes = np.ndarray[Any, np.dtype[np.int8]]

REASONS = ("", criteria.NO_SERVICE, criteria.OUTSIDE_AREA, criteria.NO_LANGUAGE, criteria.NO_TIME)
"""Why a document is left out, by its code in `Columns.reasons`; 0 is not left out."""


class Rows:
    """For each of some words the rows of the documents that state it."""

    def __init__(self, words: Vocabulary, ends: Any, rows: Any) -> None:
        self.words, self.ends, self.rows = words, ends, rows

    @classmethod
    def of(cls, stated: Iterable[Iterable[str]]) -> Self:
        """Return the rows by word; `stated` are the words of document 0, 1, 2, ..."""
        found: dict[str, list[int]] = {}
        for row, words in enumerate(stated):
            for word in set(words):
                found.setdefault(word, []).append(row)
        listed = sorted(found)
        ends = np.cumsum([0, *(len(found[word]) for word in listed)], dtype=np.int64)
        rows = np.fromiter((row for word in listed for row in found[word]), dtype=np.int32)
        return cls(Vocabulary.of(listed), ends, rows)

    def holding(self, words: Iterable[str]) -> Iterator[Any]:
        """Return the rows of each of some words, as arrays."""
        for word in words:
            number = self.words.get(word)
            if number is not None:
                yield self.rows[self.ends[number] : self.ends[number + 1]]


class AttributeColumns:
    """What suppliers state, column by column. What is not stated is NaN, or false in its `has_` column."""

    ARRAYS = ("price", "next_start", "latitude", "longitude", "remote", "has_area", "has_languages")
    ROWS = ("comes_to", "speaks", "sectors", "job_in_sector", "jobs_in_sector", "job_of_service")

    def __init__(self, settings: Settings, arrays: Mapping[str, Any], rows: Mapping[str, Rows]) -> None:
        self.settings = settings
        self.size = len(arrays["price"])
        self.price: Vector = arrays["price"]
        self.next_start: Vector = arrays["next_start"]
        self.latitude: Vector = arrays["latitude"]
        self.longitude: Vector = arrays["longitude"]
        self.remote: Mask = arrays["remote"]
        self.has_area: Mask = arrays["has_area"]
        self.has_languages: Mask = arrays["has_languages"]
        self._rows = rows

    @classmethod
    def of(cls, documents: Sequence[Document], settings: Settings) -> Self:
        """Read what documents state."""
        arrays = {
            "price": _numbers(d.price_from_nok for d in documents),
            "next_start": _numbers(d.next_start.toordinal() if d.next_start else None for d in documents),
            "latitude": np.radians(_numbers(d.position.lat if d.position else None for d in documents)),
            "longitude": np.radians(_numbers(d.position.lon if d.position else None for d in documents)),
            "remote": _truths(d.remote for d in documents),
            "has_area": _truths(bool(d.area) for d in documents),
            "has_languages": _truths(bool(d.languages) for d in documents),
        }
        rows = {
            "comes_to": Rows.of(
                ({*d.area, *([d.municipality] if d.municipality else [])}) for d in documents
            ),
            "speaks": Rows.of(d.languages for d in documents),
            "sectors": Rows.of(d.sectors for d in documents),
            "job_in_sector": Rows.of((case.sector for case in d.cases) for d in documents),
            "jobs_in_sector": Rows.of(_twice(case.sector for case in d.cases) for d in documents),
            "job_of_service": Rows.of(
                (code for case in d.cases for code in case.services) for d in documents
            ),
        }
        return cls(settings, arrays, rows)

    def save(self, folder: Path) -> None:
        """Write the arrays into a folder."""
        for name in self.ARRAYS:
            np.save(folder / f"column-{name}.npy", getattr(self, name))
        for name, rows in self._rows.items():
            rows.words.save(folder, f"column-{name}")
            np.save(folder / f"column-{name}-ends.npy", rows.ends)
            np.save(folder / f"column-{name}-rows.npy", rows.rows)

    @classmethod
    def open(cls, folder: Path, settings: Settings) -> Self:
        """Map what `save` wrote."""
        rows = {
            name: Rows(
                Vocabulary.open(folder, f"column-{name}"),
                mapped(folder / f"column-{name}-ends.npy"),
                mapped(folder / f"column-{name}-rows.npy"),
            )
            for name in cls.ROWS
        }
        return cls(settings, {name: mapped(folder / f"column-{name}.npy") for name in cls.ARRAYS}, rows)

    def _any(self, name: str, words: Iterable[str]) -> Mask:
        found = np.zeros(self.size, dtype=bool)
        for rows in self._rows[name].holding(words):
            found[rows] = True
        return found

    def comes_to(self, query: Query) -> Mask:
        """Return who meets customers, or is, in the query's municipality."""
        return self._any("comes_to", [query.municipality] if query.municipality else [])

    def speaks(self, query: Query) -> Mask:
        """Return who shares a working language with the query; bokmål and nynorsk are one language to speak."""
        asked = set(query.languages)
        return self._any("speaks", asked | WRITTEN_NORWEGIAN if asked & WRITTEN_NORWEGIAN else asked)

    def reasons(self, query: Query, evidence: Vector) -> Codes:
        """Return for each document the first requirement that it fails, as its number in `REASONS`."""
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
        """Return whose smallest job costs more than the budget."""
        if query.budget_max_nok is None:
            return np.zeros(self.size, dtype=bool)
        over: Mask = self.price > query.budget_max_nok
        return over

    def place(self, query: Query) -> Vector:
        """Return each document's share of the points for place."""
        settings = self.settings
        share = np.full(self.size, UNKNOWN)
        if query.position is not None:
            near = np.clip(
                (settings.far_km - self._km(query)) / (settings.far_km - settings.near_km), 0.0, 1.0
            )
            if query.presence == "some":
                near = np.where(self.remote, 0.5 + 0.5 * near, near)
            share = np.where(np.isnan(near), UNKNOWN, near)
        if query.presence == "remote":
            share[self.remote] = 1.0
        share[self.comes_to(query)] = 1.0
        return share

    def _km(self, query: Query) -> Vector:
        assert query.position is not None
        latitude, longitude = np.radians(query.position.lat), np.radians(query.position.lon)
        half_latitude, half_longitude = (self.latitude - latitude) / 2, (self.longitude - longitude) / 2
        h = (
            np.sin(half_latitude) ** 2
            + np.cos(latitude) * np.cos(self.latitude) * np.sin(half_longitude) ** 2
        )
        km: Vector = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(1.0, h)))
        return km

    def budget(self, query: Query) -> Vector:
        """Return each document's share of the points for budget."""
        share = np.full(self.size, UNKNOWN)
        if query.budget_max_nok is None:
            return share
        share[self.price <= query.budget_max_nok] = 1.0
        over = self.over_budget(query)
        too_much = self.price[over] / max(query.budget_max_nok, 1) - 1.0
        share[over] = np.maximum(0.0, 1.0 - too_much / self.settings.budget_slack) * UNKNOWN
        return share

    def availability(self, query: Query) -> Vector:
        """Return each document's share of the points for starting in time."""
        if query.start_from is None:
            return np.full(self.size, UNKNOWN)
        days = np.maximum(0.0, self.next_start - query.start_from.toordinal())
        return np.where(np.isnan(days), UNKNOWN, np.maximum(0.0, 1.0 - days / self.settings.late_days))

    def sector(self, query: Query, in_words: IntSequence) -> Vector:
        """Return each document's share of the points for knowing the trade; `in_words` are rows that write of it."""
        share, settings = np.zeros(self.size), self.settings
        if not query.sector:
            return share
        share[in_words] = settings.sector_written
        share[self._any("sectors", [query.sector])] = settings.sector_known
        share[self._any("job_of_service", query.needs)] += settings.sector_similar
        share[self._any("job_in_sector", [query.sector])] = settings.sector_done
        share[self._any("jobs_in_sector", [query.sector])] = 1.0
        return share


def _numbers(values: Iterable[float | None]) -> Vector:
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def _truths(values: Iterable[bool]) -> Mask:
    return np.array(list(values), dtype=bool)


def _twice(words: Iterable[str]) -> Iterable[str]:
    """Return the words that come more than once."""
    seen: set[str] = set()
    for word in words:
        if word in seen:
            yield word
        seen.add(word)
