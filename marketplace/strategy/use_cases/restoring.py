"""Restoring an earlier version of a strategy: its sections, and its objectives and actions by their ids."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.i18n import LOCALES, default_locale
from marketplace.core.viewer import Viewer
from marketplace.strategy.content import from_json
from marketplace.strategy.models.actions import Action
from marketplace.strategy.models.objectives import Measurement, Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.queries.versions import own_version
from marketplace.strategy.use_cases.locking import strategy_for_writing
from marketplace.strategy.use_cases.versions import ACTION_FIELDS, OBJECTIVE_FIELDS, save_version

MEASURED_FIELDS = {"unit", "direction", "indicator", "indicator_name"}
"""Fields of an objective that a restored version does not change if there are measurements, because they give the
values their meaning.
"""
DATES = {"baseline_on", "target_on", "start_on", "due_on"}


def restore_version(viewer: Viewer, number: int) -> None:
    """Bring back a version as a new one; nothing is deleted. Raises NotFound.

    Objectives and actions of the version come back, and later ones are removed, which can be undone by restoring a newer
    version. What has happened stays: measurements, and the state of actions.
    """
    with transaction():
        strategy = strategy_for_writing(viewer)
        version = own_version(viewer, number)
        stored = version.content
        language = stored.get("language")
        strategy.language = language if language in LOCALES else default_locale()
        strategy.content = from_json(stored.get("content")).to_json()
        _restore_objectives(strategy, stored.get("objectives") or [])
        session.flush()
        _restore_actions(strategy, stored.get("actions") or [])
        save_version(viewer, strategy, "restored")
        record(viewer, "strategy.restore", "strategy", strategy.id, version=number)


def _restore_objectives(strategy: Strategy, rows: Sequence[Mapping[str, Any]]) -> None:
    stored = {row["id"]: row for row in rows}
    objectives = session.scalars(select(Objective).where(Objective.strategy_id == strategy.id)).all()
    measured = set(
        session.scalars(
            select(Measurement.objective_id).where(
                Measurement.objective_id.in_([objective.id for objective in objectives])
            )
        )
    )
    for objective in objectives:
        kept = MEASURED_FIELDS if objective.id in measured else set()
        _restore_row(objective, stored.get(objective.id), OBJECTIVE_FIELDS, kept)


def _restore_actions(strategy: Strategy, rows: Sequence[Mapping[str, Any]]) -> None:
    stored = {row["id"]: row for row in rows}
    actions = session.scalars(select(Action).where(Action.strategy_id == strategy.id)).all()
    ids = {action.id for action in actions}
    objectives = set(session.scalars(select(Objective.id).where(Objective.strategy_id == strategy.id)))
    for action in actions:
        _restore_row(action, stored.get(action.id), ACTION_FIELDS, {"state"})
        action.objective_id = action.objective_id if action.objective_id in objectives else None
        action.depends_on_id = action.depends_on_id if action.depends_on_id in ids else None


def _restore_row(
    row: Objective | Action, stored: Mapping[str, Any] | None, fields: Sequence[str], kept: set[str]
) -> None:
    """Set the fields of a row to the stored values, or remove the row if the version does not have it."""
    if stored is None:
        row.removed_at = row.removed_at or clock.now()
        return
    row.removed_at = None
    for name in fields:
        if name in stored and name not in kept:
            value = stored[name]
            setattr(row, name, dt.date.fromisoformat(value) if name in DATES and value else value)
