"""Panels that higher-level packages show on the pages of a brief."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from werkzeug.datastructures import MultiDict

from marketplace.briefs.queries import BriefView
from marketplace.core.hooks import Hook
from marketplace.core.viewer import Viewer


class PanelSlot(StrEnum):
    """Where a panel is shown: beside the advice on a draft, on the company's and garden's page, or on a supplier's."""

    CHECK = "check"
    BRIEF = "brief"
    SUPPLIER = "supplier"


@dataclass(frozen=True)
class Panel:
    """A template, and the values it reads as `panel_values`."""

    template: str
    values: Mapping[str, Any]


PanelBuilder = Callable[[Viewer, BriefView, MultiDict[str, str]], Panel | None]
"""Builds a panel from the viewer, the brief as loaded by the page and the query string; None shows nothing."""

panel_slots: dict[PanelSlot, Hook[PanelBuilder]] = {slot: Hook() for slot in PanelSlot}


def build_panels(
    slot: PanelSlot, viewer: Viewer, brief_view: BriefView, args: MultiDict[str, str]
) -> list[Panel]:
    """Build all panels of a slot. The brief is passed in, so that no panel loads it again."""
    panels = [build(viewer, brief_view, args) for build in panel_slots[slot]]
    return [panel for panel in panels if panel is not None]
