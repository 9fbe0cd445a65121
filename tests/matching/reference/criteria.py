"""Hard requirements and the criteria sector, place, budget and time, for one supplier at a time."""

import math
from typing import Any

from marketplace.matching import Document, MatchingSettings, Query

CriterionResult = tuple[float, list[tuple[str, Any]], list[tuple[str, Any]]]
"""Share of the points, notes in the supplier's favour, and notes on what is missing."""


def kilometres(query: Query, document: Document) -> float | None:
    """Return the distance on a sphere of radius 6371 km, or None if a position is unknown."""
    if not query.position or not document.position:
        return None
    lat1, lon1, lat2, lon2 = map(
        math.radians,
        (query.position.lat, query.position.lon, document.position.lat, document.position.lon),
    )
    h = math.sin((lat2 - lat1) / 2) ** 2
    h += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(h))


def comes_to(query: Query, document: Document) -> bool:
    """Return True if the supplier is located in, or travels to, the brief's municipality."""
    return bool(query.municipality) and query.municipality in (*document.area, document.municipality)


def exclusion_reason(
    query: Query, document: Document, evidence: float, settings: MatchingSettings
) -> str | None:
    """Return the first hard requirement that is not met, or None."""
    wanted = {"no" if code in {"nb", "nn"} else code for code in query.languages}
    offered = {"no" if code in {"nb", "nn"} else code for code in document.languages}
    fails = {
        "services": bool(query.needs) and evidence < settings.shown_floor,
        "area": query.presence == "must"
        and bool(query.municipality and document.area)
        and not comes_to(query, document),
        "languages": bool(wanted and offered) and not wanted & offered,
        "time": bool(query.finish_by and document.next_start) and document.next_start > query.finish_by,
    }
    return next((reason for reason, failed in fails.items() if failed), None)


def place(query: Query, document: Document, settings: MatchingSettings) -> CriterionResult:
    if comes_to(query, document):
        return 1.0, [("comes_to", {"municipality": query.municipality})], []
    if query.presence == "remote" and document.remote:
        return 1.0, [("works_remotely", {})], []
    km = kilometres(query, document)
    if km is None:
        return settings.unknown_share, [], [("place_unknown", {})]
    share = (settings.far_km - km) / (settings.far_km - settings.near_km)
    share = max(0.0, min(1.0, share))
    if query.presence == "some" and document.remote:
        share = (1 + share) / 2
    params = {"km": round(km), "municipality": query.municipality}
    return (share, [("near", params)], []) if share == 1 else (share, [], [("far_away", params)])


def budget(query: Query, document: Document, settings: MatchingSettings) -> CriterionResult:
    price, maximum = document.price_from_nok, query.budget_max_nok
    if price is None:
        return settings.unknown_share, [], [("price_unknown", {})]
    if maximum is None:
        return settings.unknown_share, [], []
    params = {"price_from_nok": price, "budget_max_nok": maximum}
    if price <= maximum:
        return 1.0, [("within_budget", params)], []
    excess = (price - max(maximum, 1)) / max(maximum, 1)
    return (
        max(0.0, 1 - excess / settings.budget_slack) * settings.unknown_share,
        [],
        [("over_budget", params)],
    )


def availability(query: Query, document: Document, settings: MatchingSettings) -> CriterionResult:
    if document.next_start is None:
        return settings.unknown_share, [], [("start_unknown", {})]
    if query.start_from is None:
        return settings.unknown_share, [], []
    days_late = document.next_start.toordinal() - query.start_from.toordinal()
    params = {"date": str(document.next_start)}
    if days_late <= 0:
        return 1.0, [("free_in_time", params)], []
    return max(0.0, 1 - days_late / settings.late_days), [], [("starts_late", {**params, "days": days_late})]


def sector(
    query: Query, document: Document, settings: MatchingSettings, *, writes_of_it: bool
) -> CriterionResult:
    if not query.sector:
        return 0.0, [], []
    params = {"sector": query.sector}
    sector_cases = [case for case in document.cases if case.sector == query.sector]
    similar_cases = [case for case in document.cases if set(case.services) & set(query.needs)]
    if sector_cases:
        share = settings.sector_done if len(sector_cases) == 1 else 1.0
        return share, [("cases_in_sector", {"count": len(sector_cases), **params})], []
    bonus = settings.sector_similar if similar_cases else 0.0
    facts: list[tuple[str, Any]] = [("similar_cases", {"count": len(similar_cases)})] if similar_cases else []
    if query.sector in document.sectors:
        return settings.sector_known + bonus, [("knows_sector", params), *facts], []
    if writes_of_it:
        return settings.sector_written + bonus, [("writes_of_sector", params), *facts], []
    return bonus, facts, [("sector_not_shown", params)]


def languages(query: Query, document: Document) -> list[tuple[str, Any]]:
    """Return notes about languages; they give no points."""
    if query.languages and not document.languages:
        return [("languages_unknown", {})]
    missing = [code for code in query.languages if code not in document.languages]
    return [("languages_missing", {"languages": missing})] if missing else []
