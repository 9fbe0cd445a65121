"""The same criteria as in `criteria`, for all documents at once: one array per thing that suppliers state.

`criteria` judges one supplier and says why; this counts and orders a whole directory, and says nothing. A test holds
the two against each other.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from marketplace.matching import criteria
from marketplace.matching.criteria import EARTH_RADIUS_KM, UNKNOWN, WRITTEN_NORWEGIAN
from marketplace.matching.documents import Document, Query
from marketplace.matching.settings import Settings

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Truths = np.ndarray[Any, np.dtype[np.bool_]]
Codes = np.ndarray[Any, np.dtype[np.int8]]

REASONS = ("", criteria.NO_SERVICE, criteria.OUTSIDE_AREA, criteria.NO_LANGUAGE, criteria.NO_TIME)
"""Why a document is left out, by its code in `Columns.reasons`; 0 is not left out."""


class Columns:
    """What suppliers state, column by column. What is not stated is NaN, or false in its `has_` column."""

    def __init__(self, documents: Sequence[Document], settings: Settings) -> None:
        self.size = len(documents)
        self.settings = settings
        self.price = _numbers(d.price_from_nok for d in documents)
        self.next_start = _numbers(d.next_start.toordinal() if d.next_start else None for d in documents)
        self.latitude = np.radians(_numbers(d.position.lat if d.position else None for d in documents))
        self.longitude = np.radians(_numbers(d.position.lon if d.position else None for d in documents))
        self.remote = np.fromiter((d.remote for d in documents), dtype=bool, count=self.size)
        self.has_area = np.fromiter((bool(d.area) for d in documents), dtype=bool, count=self.size)
        self.has_languages = np.fromiter((bool(d.languages) for d in documents), dtype=bool, count=self.size)
        self._comes_to = _by_word(
            ({*d.area, *([d.municipality] if d.municipality else [])}) for d in documents
        )
        self._speaks = _by_word(d.languages for d in documents)
        self._sectors = _by_word(d.sectors for d in documents)
        self._job_in_sector = _by_word((case.sector for case in d.cases) for d in documents)
        self._jobs_in_sector = _by_word(_twice(case.sector for case in d.cases) for d in documents)
        self._job_of_service = _by_word(
            (code for case in d.cases for code in case.services) for d in documents
        )

    def _any(self, column: dict[str, np.ndarray[Any, Any]], words: Iterable[str]) -> Truths:
        found = np.zeros(self.size, dtype=bool)
        for word in words:
            if word in column:
                found[column[word]] = True
        return found

    def comes_to(self, query: Query) -> Truths:
        """Return who meets customers, or is, in the query's municipality."""
        return self._any(self._comes_to, [query.municipality] if query.municipality else [])

    def speaks(self, query: Query) -> Truths:
        """Return who shares a working language with the query; bokmål and nynorsk are one language to speak."""
        asked = set(query.languages)
        return self._any(self._speaks, asked | WRITTEN_NORWEGIAN if asked & WRITTEN_NORWEGIAN else asked)

    def reasons(self, query: Query, evidence: Numbers) -> Codes:
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

    def over_budget(self, query: Query) -> Truths:
        """Return whose smallest job costs more than the budget."""
        if query.budget_max_nok is None:
            return np.zeros(self.size, dtype=bool)
        over: Truths = self.price > query.budget_max_nok
        return over

    def place(self, query: Query) -> Numbers:
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

    def _km(self, query: Query) -> Numbers:
        assert query.position is not None
        latitude, longitude = np.radians(query.position.lat), np.radians(query.position.lon)
        half_latitude, half_longitude = (self.latitude - latitude) / 2, (self.longitude - longitude) / 2
        h = (
            np.sin(half_latitude) ** 2
            + np.cos(latitude) * np.cos(self.latitude) * np.sin(half_longitude) ** 2
        )
        km: Numbers = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(1.0, h)))
        return km

    def budget(self, query: Query) -> Numbers:
        """Return each document's share of the points for budget."""
        share = np.full(self.size, UNKNOWN)
        if query.budget_max_nok is None:
            return share
        share[self.price <= query.budget_max_nok] = 1.0
        over = self.over_budget(query)
        too_much = self.price[over] / max(query.budget_max_nok, 1) - 1.0
        share[over] = np.maximum(0.0, 1.0 - too_much / self.settings.budget_slack) * UNKNOWN
        return share

    def availability(self, query: Query) -> Numbers:
        """Return each document's share of the points for starting in time."""
        if query.start_from is None:
            return np.full(self.size, UNKNOWN)
        days = np.maximum(0.0, self.next_start - query.start_from.toordinal())
        return np.where(np.isnan(days), UNKNOWN, np.maximum(0.0, 1.0 - days / self.settings.late_days))

    def sector(self, query: Query, in_words: Iterable[int]) -> Numbers:
        """Return each document's share of the points for knowing the trade; `in_words` are rows that write of it."""
        share, settings = np.zeros(self.size), self.settings
        if not query.sector:
            return share
        share[list(in_words)] = settings.sector_written
        share[self._any(self._sectors, [query.sector])] = settings.sector_known
        share[self._any(self._job_of_service, query.needs)] += settings.sector_similar
        share[self._any(self._job_in_sector, [query.sector])] = settings.sector_done
        share[self._any(self._jobs_in_sector, [query.sector])] = 1.0
        return share


def _numbers(values: Iterable[float | None]) -> Numbers:
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def _by_word(rows: Iterable[Iterable[str]]) -> dict[str, np.ndarray[Any, Any]]:
    """Return the rows that hold each word."""
    found: dict[str, list[int]] = {}
    for row, words in enumerate(rows):
        for word in set(words):
            found.setdefault(word, []).append(row)
    return {word: np.array(rows_of_word, dtype=np.int32) for word, rows_of_word in found.items()}


def _twice(words: Iterable[str]) -> Iterable[str]:
    """Return the words that come more than once."""
    seen: set[str] = set()
    for word in words:
        if word in seen:
            yield word
        seen.add(word)
