"""Hooks through which higher-level packages extend briefs: read access and withdrawal.

Briefs know neither invitations nor offers, yet both give suppliers access to a brief and end when it is withdrawn.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.briefs.models import Brief
from marketplace.core.hooks import Hook
from marketplace.core.viewer import Viewer

IdColumn = InstrumentedAttribute[int]

supplier_access: Hook[tuple[IdColumn, IdColumn]] = Hook()
"""Pairs of columns (brief id, supplier id): a supplier with a row in such a table may read the brief."""

withdrawal: Hook[Callable[[Viewer, Brief], None]] = Hook()
"""Callbacks that run in the transaction that withdraws a brief."""

pause_blockers: Hook[Callable[[Brief], bool]] = Hook()
"""Callbacks that return True if a brief can no longer be paused for its garden to check the company."""


@dataclass(frozen=True, slots=True)
class HelpPanel:
    """A template, and the values it reads as `panel_values`."""

    template: str
    values: Mapping[str, Any]


help_panels: Hook[Callable[[str], HelpPanel | None]] = Hook()
"""Build a panel for a help page of the guide from the code of its topic; None shows nothing."""


def build_help_panels(topic_code: str) -> list[HelpPanel]:
    """Build all panels of a help page."""
    panels = [build(topic_code) for build in help_panels]
    return [panel for panel in panels if panel is not None]


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
