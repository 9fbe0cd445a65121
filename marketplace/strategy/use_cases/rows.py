"""Locking, removing and recording changes of the rows of a strategy: objectives and actions."""

from typing import TypeVar

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, transaction
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.strategy.models.actions import Action
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.use_cases.locking import strategy_for_writing
from marketplace.strategy.use_cases.versions import save_version

Row = TypeVar("Row", Objective, Action)
KINDS: dict[type[Objective | Action], str] = {Objective: "objective", Action: "action"}
"""Names of the rows in the audit log."""


def locked_row(model: type[Row], strategy: Strategy, row_id: int, *, with_removed: bool = False) -> Row:
    """Lock and return a row of a strategy. Raises NotFound."""
    row = load_locked(select(model).where(model.id == row_id, model.strategy_id == strategy.id))
    if row is None or (row.removed_at is not None and not with_removed):
        raise NotFound
    return row


def record_change(viewer: Viewer, strategy: Strategy, row: Objective | Action, change: str) -> None:
    """Record a change of a row in the audit log, and store a version of the strategy."""
    kind = KINDS[type(row)]
    record(viewer, f"{kind}.{change}", kind, row.id)
    save_version(viewer, strategy)


def remove_row(viewer: Viewer, model: type[Row], row_id: int) -> Row:
    """Remove a row from the strategy of the viewer's company. It can be restored. Raises NotFound."""
    with transaction():
        strategy = strategy_for_writing(viewer)
        row = locked_row(model, strategy, row_id)
        row.removed_at = clock.now()
        record_change(viewer, strategy, row, "remove")
        return row
