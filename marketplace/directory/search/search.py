"""In-memory search of the supplier directory: words, facets and a daily random order. No database and no request.

Each value of each facet is one large integer whose bits are the entries that have it, so that counting all facets of
ten thousand suppliers takes a few milliseconds.
"""

import datetime as dt
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache

from marketplace.core import taxonomy
from marketplace.core.cache import BoundedCache
from marketplace.core.places import distance_km, find_municipality
from marketplace.directory.entries import SupplierEntry
from marketplace.directory.search.needs import intended_services
from marketplace.directory.search.place_names import read_place
from marketplace.directory.search.query_analysis import QueryWord, query_words, searchable
from marketplace.directory.search.spelling_correction import correct
from marketplace.directory.search.text_index import TextIndex
from marketplace.directory.search.vocabulary import is_vocabulary_word

PRICE_STEPS = (10_000, 20_000, 50_000, 100_000)
LANGUAGES = ("nb", "nn", "en", "sma")
_SERVICE = 3.0
_MAX_CACHED_QUERIES = 64


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Search text and facet filters. An empty value means any.

    `kind` is a group or a service of the taxonomy, or several of them separated by commas, of which a supplier has at
    least one. `place` is the number of a municipality or a county.
    """

    text: str = ""
    kind: str = ""
    place: str = ""
    sector: str = ""
    language: str = ""
    price: str = ""
    remote: str = ""

    def chosen(self) -> dict[str, str]:
        """Non-empty filters by name, as in the query string."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in named.items() if value}

    def without(self, name: str) -> "SearchQuery":
        """Copy of the search without one filter."""
        return replace(self, **{name: ""})


@dataclass(frozen=True, slots=True)
class ResultOrder:
    """Order of the results: "" (how well they match), "distance" from `near`, "price" or "newest".

    `near` is the number of a municipality.
    """

    sort: str = ""
    near: str = ""


BEST_FIRST = ResultOrder()
FACETS = ("kind", "place", "sector", "language", "price", "remote")


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Search result: entries in order, and for each facet the number of results per value."""

    entries: Sequence[SupplierEntry]
    counts: Mapping[str, Mapping[str, int]]


def facet_values(entry: SupplierEntry) -> Iterable[tuple[str, str]]:
    """Yield every (facet, value) of an entry."""
    for code in entry.services:
        yield "kind", code
    for group in {taxonomy.group_of(code) for code in entry.services}:
        yield "kind", group
    reached = entry.places if entry.on_site else (entry.municipality,)
    for place in {*reached, *(number[:2] for number in reached)}:
        yield "place", place
    for code in entry.sectors:
        yield "sector", code
    for code in entry.languages:
        yield "language", code
    if entry.price_from is not None:
        for step in PRICE_STEPS:
            if entry.price_from <= step:
                yield "price", str(step)
    if entry.remote:
        yield "remote", "yes"


@dataclass(frozen=True, slots=True)
class QueryReading:
    """A search as it is understood: the place that the text names is a filter, and misspelled words are corrected.

    `place_words` are the words that were read as a place, `corrected` is the corrected text; both are empty if none.
    """

    query: SearchQuery
    place_words: str = ""
    corrected: str = ""


class Catalogue:
    """Immutable search index of all listed suppliers."""

    def __init__(self, entries: Sequence[SupplierEntry]) -> None:
        self.entries = tuple(entries)
        self.by_id = {entry.id: entry for entry in self.entries}
        self._all = (1 << len(self.entries)) - 1
        self._masks = self._make_masks()
        self._texts = TextIndex([(f" {searchable(entry.name)} ", entry.words) for entry in self.entries])
        self._scores: BoundedCache[str, dict[int, float]] = BoundedCache(_MAX_CACHED_QUERIES)
        self._orders: dict[dt.date, tuple[int, ...]] = {}

    def _make_masks(self) -> dict[str, dict[str, int]]:
        size = len(self.entries) // 8 + 1
        raw: dict[tuple[str, str], bytearray] = {}
        for position, entry in enumerate(self.entries):
            for key in facet_values(entry):
                bits = raw.get(key)
                if bits is None:
                    bits = raw[key] = bytearray(size)
                bits[position >> 3] |= 1 << (position & 7)
        masks: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
        for (facet, value), bits in raw.items():
            masks[facet][value] = int.from_bytes(bits, "little")
        return masks

    def mask(self, facet: str, value: str) -> int:
        """Bit mask of the entries with a value of a facet, or with one of several values separated by commas."""
        bits = 0
        for one in value.split(","):
            bits |= self._masks[facet].get(one, 0)
        return bits

    def count(self, facet: str, value: str, also: int | None = None) -> int:
        """Count the entries with a value of a facet, optionally within a mask."""
        found = self.mask(facet, value)
        return (found if also is None else found & also).bit_count()

    def with_value(self, facet: str, value: str) -> list[SupplierEntry]:
        """Entries with a value of a facet."""
        return [self.entries[position] for position in _positions(self.mask(facet, value))]

    def find(self, query: SearchQuery, today: dt.date, results: ResultOrder = BEST_FIRST) -> SearchResult:
        """Find the matching suppliers in order, with counts for each facet."""
        scores = self.scores(query.text)
        text_matches = self._all if scores is None else _bits(scores)
        chosen = {facet: getattr(query, facet) for facet in FACETS}
        narrowed = {facet: self.mask(facet, value) for facet, value in chosen.items() if value}
        found = text_matches
        for bits in narrowed.values():
            found &= bits
        counts: dict[str, Mapping[str, int]] = {}
        for facet in FACETS:
            others = text_matches
            for other, bits in narrowed.items():
                if other != facet:
                    others &= bits
            counts[facet] = {value: (bits & others).bit_count() for value, bits in self._masks[facet].items()}
        inside = set(_positions(found))
        order = [position for position in self._rotation(today) if position in inside]
        if scores is not None:
            order.sort(key=lambda position: -scores[position])
        self._sort(order, results)
        return SearchResult([self.entries[position] for position in order], counts)

    def _sort(self, order: list[int], results: ResultOrder) -> None:
        """Sort positions. Ties keep the order by relevance, or the random order of the day."""
        if results.sort == "price":
            order.sort(key=self._price_from)
        elif results.sort == "newest":
            order.sort(key=self._approved_since, reverse=True)
        elif results.sort == "distance" and results.near:
            order.sort(key=lambda position: distance_from(results.near, self.entries[position]))

    def _price_from(self, position: int) -> float:
        price = self.entries[position].price_from
        return float("inf") if price is None else price

    def _approved_since(self, position: int) -> float:
        return max((one.since.timestamp() for one in self.entries[position].approvals), default=0.0)

    def find_relaxations(self, query: SearchQuery, today: dt.date) -> list[tuple[str, int]]:
        """List the filters whose removal gives results, each with the number of results, most first.

        None if there is only one filter: without it the search is empty.
        """
        chosen = query.chosen()
        if len(chosen) == 1:
            return []
        tries = [(name, len(self.find(query.without(name), today).entries)) for name in chosen]
        return sorted((found for found in tries if found[1]), key=lambda found: -found[1])

    def _rotation(self, today: dt.date) -> tuple[int, ...]:
        """All positions in the order of the day, which is random but the same for everybody."""
        order = self._orders.get(today)
        if order is None:
            day = today.isoformat()
            order = tuple(
                sorted(
                    range(len(self.entries)),
                    key=lambda at: zlib.crc32(f"{day}/{self.entries[at].id}".encode()),
                )
            )
            self._orders = {today: order}
        return order

    def read(self, query: SearchQuery) -> QueryReading:
        """Read a place name in the search text as a filter, and correct words that no supplier and no term has.

        A text that is part of a supplier's name is left as it is typed.
        """
        typed = f" {searchable(query.text)} "
        if not typed.strip() or (" " in typed.strip() and self._texts.has_name_with(typed)):
            return QueryReading(query)
        read, place_words = self._with_place(query)
        text = correct(read.text, self._texts)
        corrected = text if text != read.text else ""
        if corrected:
            read, misspelled_place = self._with_place(replace(read, text=text))
            place_words = place_words or misspelled_place
        return QueryReading(read, place_words, corrected)

    def _with_place(self, query: SearchQuery) -> tuple[SearchQuery, str]:
        if query.place:
            return query, ""
        found = read_place(query.text, is_vocabulary_word)
        if not found.place:
            return query, ""
        return replace(query, text=found.rest, place=found.place), found.words

    def scores(self, text: str) -> dict[int, float] | None:
        """Score each entry for a text, by position. Returns None if the text is empty."""
        words = query_words(text)
        services = intended_services(text)
        if not words and not services:
            return {} if text.strip() else None
        weights = ",".join(f"{code}{weight}" for code, weight in services.items())
        key = f"{' '.join(word.typed for word in words)}|{weights}"
        return self._scores.get_or_create(key, lambda: self._score(words, services))

    def _score(self, words: Sequence[QueryWord], services: Mapping[str, float]) -> dict[int, float]:
        """Score words in names and texts, and the services that the words refer to.

        An entry matches if it sells one of these services, or contains at least half of the words. A word counts in
        the best of its forms that the entry contains.
        """
        points, hits = self._texts.score(words)
        enough = max(1, -(-len(words) // 2))
        scores = {position: value for position, value in points.items() if hits[position] >= enough}
        for code, weight in services.items():
            for position in _positions(self.mask("kind", code)):
                scores[position] = scores.get(position, points.get(position, 0.0)) + _SERVICE * weight
        return scores


@lru_cache(maxsize=4096)
def _kilometres(first: str, second: str) -> float:
    return distance_km(first, second)


def distance_from(near: str, entry: SupplierEntry) -> float:
    """Return the kilometres between two municipalities' centres in a straight line."""
    known = find_municipality(near) is not None and find_municipality(entry.municipality) is not None
    return _kilometres(near, entry.municipality) if known else float("inf")


def _positions(mask: int) -> list[int]:
    """Positions of the bits that are set."""
    return [position for position, bit in enumerate(reversed(f"{mask:b}")) if bit == "1"]


def _bits(positions: Iterable[int]) -> int:
    found = sorted(positions)
    if not found:
        return 0
    bits = bytearray(found[-1] // 8 + 1)
    for position in found:
        bits[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(bits, "little")
