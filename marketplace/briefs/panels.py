"""Panels that higher-level packages show on the pages of a brief."""

from collections.abc import Callable
from enum import StrEnum

from werkzeug.datastructures import MultiDict

from marketplace.briefs.queries import BriefView
from marketplace.core.hooks import Hook, Panel
from marketplace.core.viewer import Viewer


class PanelSlot(StrEnum):
    """Where a panel is shown: beside the advice on a draft, on the company's and garden's page, or on a supplier's."""

    CHECK = "check"
    BRIEF = "brief"
    SUPPLIER = "supplier"


PanelBuilder = Callable[[Viewer, BriefView, MultiDict[str, str]], Panel | None]
"""Builds a panel from the viewer, the brief as loaded by the page and the query string; None shows nothing."""

panel_slots: dict[PanelSlot, Hook[PanelBuilder]] = {slot: Hook() for slot in PanelSlot}
