"""Versions of a strategy: a snapshot for each editing session."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import Entity, session
from marketplace.core.dates import json_value
from marketplace.core.viewer import Viewer
from marketplace.strategy.completeness import StrategyPhase
from marketplace.strategy.content import from_json
from marketplace.strategy.models.actions import Action
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import Strategy, StrategyVersion
from marketplace.strategy.queries.plan import plan_of

MAX_PAUSE = dt.timedelta(minutes=30)
"""Pause after which a save begins a new version."""
OBJECTIVE_FIELDS = (
    "position",
    "text",
    "kind",
    "indicator",
    "indicator_name",
    "unit",
    "direction",
    "baseline_milli",
    "baseline_on",
    "target_milli",
    "target_on",
    "source",
    "rhythm",
    "audience",
)
ACTION_FIELDS = (
    "what",
    "objective_id",
    "performer",
    "service_code",
    "channel",
    "effect",
    "effort",
    "own_hours",
    "cost_low_nok",
    "cost_high_nok",
    "start_on",
    "due_on",
    "state",
    "depends_on_id",
)


def snapshot(
    strategy: Strategy, objectives: Sequence[Objective], actions: Sequence[Action]
) -> dict[str, Any]:
    """Return a strategy with its objectives and actions as JSON values: language, content, objectives, actions."""
    return {
        "language": strategy.language,
        "content": from_json(strategy.content).to_json(),
        "objectives": [_row(objective, OBJECTIVE_FIELDS) for objective in objectives],
        "actions": [_row(action, ACTION_FIELDS) for action in actions],
    }


def save_version(viewer: Viewer, strategy: Strategy, reason: str = "saved") -> StrategyVersion:
    """Store a snapshot after a change, in the caller's transaction with the strategy locked.

    The newest version is overwritten while the same user continues within half an hour, unless a review has been asked for
    it. A restored version, and the first complete one, are always new. Sets the times at which the strategy was first
    started and complete.
    """
    now = clock.now()
    strategy.updated_at = now
    strategy.updated_by_id = viewer.user_id or strategy.updated_by_id
    session.flush()
    plan = plan_of(strategy)
    if plan.phase is not StrategyPhase.NOT_STARTED and strategy.started_at is None:
        strategy.started_at = now
    if plan.phase is StrategyPhase.COMPLETE and strategy.completed_at is None:
        strategy.completed_at = now
        reason = "complete" if reason == "saved" else reason
    content = snapshot(strategy, plan.objectives, plan.actions)
    newest = session.scalar(
        select(StrategyVersion)
        .where(StrategyVersion.strategy_id == strategy.id)
        .order_by(StrategyVersion.number.desc())
        .limit(1)
    )
    if (
        newest is not None
        and reason == newest.reason == "saved"
        and newest.saved_by_id == viewer.user_id
        and now - newest.saved_at <= MAX_PAUSE
    ):
        newest.content, newest.saved_at = content, now
        return newest
    version = StrategyVersion(
        strategy_id=strategy.id,
        number=newest.number + 1 if newest else 1,
        content=content,
        begun_at=now,
        saved_at=now,
        saved_by_id=viewer.user_id or strategy.updated_by_id,
        saved_by_garden_id=viewer.mandate_garden_id,
        reason=reason,
    )
    session.add(version)
    session.flush()
    return version


def _row(row: Entity, fields: Sequence[str]) -> dict[str, Any]:
    return {"id": row.id} | {name: json_value(getattr(row, name)) for name in fields}
