"""Hooks through which higher-level packages extend briefs: read access and withdrawal.

Briefs know neither invitations nor offers, yet both give suppliers access to a brief and end when it is withdrawn.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.briefs.models import Brief
from marketplace.core.hooks import Hook, Panel
from marketplace.core.viewer import Viewer

IdColumn = InstrumentedAttribute[int]

supplier_access: Hook[tuple[IdColumn, IdColumn]] = Hook()
"""Pairs of columns (brief id, supplier id): a supplier with a row in such a table may read the brief."""

withdrawal: Hook[Callable[[Viewer, Brief], None]] = Hook()
"""Callbacks that run in the transaction that withdraws a brief."""

pause_blockers: Hook[Callable[[Brief], bool]] = Hook()
"""Callbacks that return True if a brief can no longer be paused for its garden to check the company."""


help_panels: Hook[Callable[[str], Panel | None]] = Hook()
"""Build a panel for a help page of the guide from the code of its topic; None shows nothing."""


def has_access(supplier_id: int | BindParameter[int] | None) -> ColumnElement[bool]:
    """Build the SQL condition that a supplier has access to a brief through one of the registered tables."""
    conditions: list[ColumnElement[bool]] = [
        Brief.id.in_(select(brief).where(supplier == supplier_id)) for brief, supplier in supplier_access
    ]
    return or_(*conditions) if conditions else Brief.id.is_(None)


def suppliers_with_access(brief_id: int) -> list[Select[Any]]:
    """Build one query per registered table for the ids of the suppliers with access to a brief."""
    return [select(supplier).where(brief == brief_id) for brief, supplier in supplier_access]


def run_withdrawal_hooks(viewer: Viewer, brief: Brief) -> None:
    """Call the withdrawal callbacks of all higher-level packages."""
    for callback in withdrawal:
        callback(viewer, brief)
