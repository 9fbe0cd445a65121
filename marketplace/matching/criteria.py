"""Criteria beyond words: hard requirements that exclude a supplier, and soft ones that change its score.

Each soft criterion gives a share, 0 to 1, of its part's points, with notes in the supplier's favour (`facts`) and on
what is missing (`lacks`). An attribute that a supplier has not stated is unknown: it never excludes the supplier, and
gives half of the points or less.
"""

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .documents import Document, Position, Query
from .explanation import Note
from .settings import MatchingSettings

EARTH_RADIUS_KM = 6371.0
NO_SERVICE, OUTSIDE_AREA, NO_LANGUAGE, NO_TIME = "services", "area", "languages", "time"
OVER_BUDGET, RELATED_ONLY = "over_budget", "services_beside"
WRITTEN_NORWEGIAN = frozenset({"nb", "nn"})


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An excluded supplier, with the requirement that it does not meet."""

    document_id: str
    reason: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """The share, 0 to 1, of a soft criterion's points, with explanatory notes."""

    share: float
    facts: tuple[Note, ...] = ()
    lacks: tuple[Note, ...] = ()


@lru_cache(maxsize=100_000)
def distance_km(a: Position, b: Position) -> float:
    """Return the great-circle distance in kilometres (haversine formula)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b.lon - a.lon) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, h)))


def _comes_to(query: Query, document: Document) -> bool:
    return query.municipality is not None and (
        query.municipality in document.area or query.municipality == document.municipality
    )


def _speaks(query: Query, document: Document) -> bool:
    """Return True if both share a working language. Bokmål and nynorsk count as one spoken language."""
    wanted, offered = set(query.languages), set(document.languages)
    return bool(wanted & offered) or bool(wanted & WRITTEN_NORWEGIAN and offered & WRITTEN_NORWEGIAN)


def exclusion(
    query: Query, document: Document, best_evidence: float, settings: MatchingSettings
) -> Exclusion | None:
    """Return the first hard requirement that a supplier fails, or None.

    `best_evidence` (0 to 1) is the supplier's best evidence, by words or ticked services, for a confirmed service.
    """
    reason = None
    if query.needs and best_evidence < settings.shown_floor:
        reason = NO_SERVICE
    elif query.presence == "must" and query.municipality and document.area and not _comes_to(query, document):
        reason = OUTSIDE_AREA
    elif query.languages and document.languages and not _speaks(query, document):
        reason = NO_LANGUAGE
    elif query.finish_by and document.next_start and document.next_start > query.finish_by:
        reason = NO_TIME
    return (
        Exclusion(document.id, reason, exclusion_params(reason, query, document.next_start))
        if reason
        else None
    )


def exclusion_params(reason: str, query: Query, next_start: dt.date | None) -> dict[str, Any]:
    """Return the parameters of an exclusion message, for a document with the given earliest start."""
    if reason == NO_SERVICE:
        return {"services": list(query.needs)}
    if reason == OUTSIDE_AREA:
        return {"municipality": query.municipality}
    if reason == NO_LANGUAGE:
        return {"languages": list(query.languages)}
    return {"date": next_start.isoformat() if next_start else None}


def nearness(km: float, settings: MatchingSettings) -> float:
    """Return 1 for a short distance, falling linearly to 0 for a long one."""
    span = settings.far_km - settings.near_km
    return min(1.0, max(0.0, (settings.far_km - km) / span))


def place(query: Query, document: Document, settings: MatchingSettings) -> CriterionResult:
    """Judge whether the supplier can work where it is needed."""
    if _comes_to(query, document):
        return CriterionResult(1.0, (("comes_to", {"municipality": query.municipality}),))
    if query.presence == "remote" and document.remote:
        return CriterionResult(1.0, (("works_remotely", {}),))
    if query.position is None or document.position is None:
        return CriterionResult(settings.unknown_share, (), (("place_unknown", {}),))
    km = distance_km(query.position, document.position)
    near = nearness(km, settings)
    if query.presence == "some" and document.remote:
        near = 0.5 + 0.5 * near
    note = {"km": round(km), "municipality": query.municipality}
    if near == 1.0:
        return CriterionResult(near, (("near", note),))
    return CriterionResult(near, (), (("far_away", note),))


def budget(query: Query, document: Document, settings: MatchingSettings) -> CriterionResult:
    """Judge whether the supplier's lowest price is within the budget."""
    if document.price_from_nok is None:
        return CriterionResult(settings.unknown_share, (), (("price_unknown", {}),))
    if query.budget_max_nok is None:
        return CriterionResult(settings.unknown_share)
    note = {"price_from_nok": document.price_from_nok, "budget_max_nok": query.budget_max_nok}
    if document.price_from_nok <= query.budget_max_nok:
        return CriterionResult(1.0, (("within_budget", note),))
    over = document.price_from_nok / max(query.budget_max_nok, 1) - 1.0
    return CriterionResult(
        max(0.0, 1.0 - over / settings.budget_slack) * settings.unknown_share, (), ((OVER_BUDGET, note),)
    )


def availability(query: Query, document: Document, settings: MatchingSettings) -> CriterionResult:
    """Judge whether the supplier can start in time."""
    if document.next_start is None:
        return CriterionResult(settings.unknown_share, (), (("start_unknown", {}),))
    if query.start_from is None:
        return CriterionResult(settings.unknown_share)
    days = (document.next_start - query.start_from).days
    note = {"date": document.next_start.isoformat()}
    if days <= 0:
        return CriterionResult(1.0, (("free_in_time", note),))
    return CriterionResult(
        max(0.0, 1.0 - days / settings.late_days), (), (("starts_late", note | {"days": days}),)
    )


def sector(
    query: Query, document: Document, settings: MatchingSettings, *, in_words: bool
) -> CriterionResult:
    """Judge experience in the sector: cases count most, then the stated sectors, then mentions in the texts."""
    if not query.sector:
        return CriterionResult(0.0)
    jobs = sum(case.sector == query.sector for case in document.cases)
    similar = sum(bool(set(case.services) & set(query.needs)) for case in document.cases)
    if jobs:
        share = settings.sector_done if jobs == 1 else 1.0
        return CriterionResult(share, (("cases_in_sector", {"count": jobs, "sector": query.sector}),))
    facts: tuple[Note, ...] = (("similar_cases", {"count": similar}),) if similar else ()
    bonus = settings.sector_similar if similar else 0.0
    if query.sector in document.sectors:
        return CriterionResult(
            settings.sector_known + bonus, (("knows_sector", {"sector": query.sector}), *facts)
        )
    if in_words:
        return CriterionResult(
            settings.sector_written + bonus, (("writes_of_sector", {"sector": query.sector}), *facts)
        )
    return CriterionResult(bonus, facts, (("sector_not_shown", {"sector": query.sector}),))


def languages(query: Query, document: Document) -> Iterable[Note]:
    """Return a note on the requested languages that the supplier has not stated; gives no points."""
    if not query.languages:
        return ()
    if not document.languages:
        return (("languages_unknown", {}),)
    missing = [language for language in query.languages if language not in document.languages]
    return (("languages_missing", {"languages": missing}),) if missing else ()
