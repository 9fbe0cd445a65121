"""Factories for strategies with their versions, objectives and actions."""

import datetime as dt
from typing import Any

from marketplace.core.database import session, transaction
from marketplace.core.viewer import Viewer
from marketplace.strategy.models.actions import Action
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.use_cases.locking import strategy_for_writing
from marketplace.strategy.use_cases.versions import save_version

CONTENT: dict[str, Any] = {
    "one_line": "Vi lager ost av geitemelk og selger den til hotell og gardsbutikker.",
    "vision": "Om tre år bestiller halvparten av kundene på nett.",
    "offers": [{"name": "Brunost", "importance": 3, "months": [10, 11, 12]}],
    "strengths": ["Kundene kjenner oss igjen."],
    "audiences": [{"name": "Hotell", "who": "Kjøkkensjefer", "languages": ["nb", "en"], "share_percent": 60}],
    "gaps": [{"text": "Ingen finner prisene.", "is_private": True}],
    "channels": [{"code": "website", "role": "sell", "now": "weak", "decision": "improve", "owner": "Kari"}],
    "budget": {"once_nok": 40000, "month_nok": 500, "ads_nok": 0, "own_hours": 8},
    "responsible": "Kari",
    "responsible_hours": 8,
    "review_on": "2027-06-01",
}


def strategy(writer: Viewer, content: dict[str, Any] | None = None) -> Strategy:
    """Add a strategy with one objective, one action and a version for the company of a viewer, and commit."""
    with transaction():
        added = strategy_for_writing(writer)
        added.content = CONTENT | (content or {})
        objective = Objective(
            strategy_id=added.id,
            text="Flere bestillinger på nett",
            kind="sales",
            unit="per måned",
            direction="up",
            baseline_milli=40_500,
            target_milli=90_000,
            target_on=dt.date(2027, 6, 30),
            source="Nettbutikken",
            rhythm="monthly",
        )
        added_action = Action(strategy_id=added.id, what="Lage nettbutikk", performer="supplier")
        session.add_all([objective, added_action])
        session.flush()
        added_action.objective_id = objective.id
        save_version(writer, added)
    return added


def save(writer: Viewer, **content: Any) -> None:
    """Change sections of the strategy of a viewer's company, and save a version."""
    with transaction():
        changed = strategy_for_writing(writer)
        changed.content = changed.content | content
        save_version(writer, changed)
