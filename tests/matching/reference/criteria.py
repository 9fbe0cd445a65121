"""Trade, place, budget and time, and the hard requirements, one supplier at a time."""

import math
from typing import Any

from marketplace.matching import Document, Query, Settings

Judged = tuple[float, list[tuple[str, Any]], list[tuple[str, Any]]]
"""Share of the points, what speaks for the supplier, and what is missing."""


def kilometres(query: Query, document: Document) -> float | None:
    """Return the distance on a ball of 6371 km, or None where a place is unknown."""
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
    """Say whether the supplier meets customers, or is, in the brief's municipality."""
    return bool(query.municipality) and query.municipality in (*document.area, document.municipality)


def left_out(query: Query, document: Document, evidence: float, settings: Settings) -> str | None:
    """Return the first hard requirement that is not met."""
    asked = {"no" if code in {"nb", "nn"} else code for code in query.languages}
    offered = {"no" if code in {"nb", "nn"} else code for code in document.languages}
    fails = {
        "services": bool(query.needs) and evidence < settings.shown_floor,
        "area": query.presence == "must"
        and bool(query.municipality and document.area)
        and not comes_to(query, document),
        "languages": bool(asked and offered) and not asked & offered,
        "time": bool(query.finish_by and document.next_start) and document.next_start > query.finish_by,
    }
    return next((reason for reason, failed in fails.items() if failed), None)


def place(query: Query, document: Document, settings: Settings) -> Judged:
    if comes_to(query, document):
        return 1.0, [("comes_to", {"municipality": query.municipality})], []
    if query.presence == "remote" and document.remote:
        return 1.0, [("works_remotely", {})], []
    km = kilometres(query, document)
    if km is None:
        return 0.5, [], [("place_unknown", {})]
    share = (settings.far_km - km) / (settings.far_km - settings.near_km)
    share = max(0.0, min(1.0, share))
    if query.presence == "some" and document.remote:
        share = (1 + share) / 2
    note = {"km": round(km), "municipality": query.municipality}
    return (share, [("near", note)], []) if share == 1 else (share, [], [("far_away", note)])


def budget(query: Query, document: Document, settings: Settings) -> Judged:
    price, most = document.price_from_nok, query.budget_max_nok
    if price is None:
        return 0.5, [], [("price_unknown", {})]
    if most is None:
        return 0.5, [], []
    note = {"price_from_nok": price, "budget_max_nok": most}
    if price <= most:
        return 1.0, [("within_budget", note)], []
    over = (price - max(most, 1)) / max(most, 1)
    return max(0.0, (1 - over / settings.budget_slack) / 2), [], [("over_budget", note)]


def availability(query: Query, document: Document, settings: Settings) -> Judged:
    if document.next_start is None:
        return 0.5, [], [("start_unknown", {})]
    if query.start_from is None:
        return 0.5, [], []
    late = document.next_start.toordinal() - query.start_from.toordinal()
    note = {"date": str(document.next_start)}
    if late <= 0:
        return 1.0, [("free_in_time", note)], []
    return max(0.0, 1 - late / settings.late_days), [], [("starts_late", {**note, "days": late})]


def sector(query: Query, document: Document, settings: Settings, *, writes_of_it: bool) -> Judged:
    if not query.sector:
        return 0.0, [], []
    trade = {"sector": query.sector}
    jobs = [case for case in document.cases if case.sector == query.sector]
    alike = [case for case in document.cases if set(case.services) & set(query.needs)]
    if jobs:
        share = settings.sector_done if len(jobs) == 1 else 1.0
        return share, [("cases_in_sector", {"count": len(jobs), **trade})], []
    more = settings.sector_similar if alike else 0.0
    facts: list[tuple[str, Any]] = [("similar_cases", {"count": len(alike)})] if alike else []
    if query.sector in document.sectors:
        return settings.sector_known + more, [("knows_sector", trade), *facts], []
    if writes_of_it:
        return settings.sector_written + more, [("writes_of_sector", trade), *facts], []
    return more, facts, [("sector_not_shown", trade)]


def languages(query: Query, document: Document) -> list[tuple[str, Any]]:
    """Return what there is to say about languages; they give no points."""
    if query.languages and not document.languages:
        return [("languages_unknown", {})]
    missing = [code for code in query.languages if code not in document.languages]
    return [("languages_missing", {"languages": missing})] if missing else []
