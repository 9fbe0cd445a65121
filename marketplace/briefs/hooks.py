"""What features above this one hang on a brief.

Briefs know neither invitations nor proposals, yet both decide who may read a brief, who is told of a change,
what has to end with it, and what is shown beside it. The features above say so here, once, when
they are loaded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.briefs.models import Brief
from marketplace.core.viewer import Viewer

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from marketplace.briefs.queries import BriefPaper

Column = InstrumentedAttribute[int]
Ending = Callable[[Viewer, Brief], None]
PanelMaker = Callable[[Viewer, "BriefPaper", "MultiDict[str, str]"], "Panel | None"]
_ties: dict[str, tuple[Column, Column]] = {}
_endings: dict[str, Ending] = {}


class Place(StrEnum):
    """Where features above can show something.

    Beside the advice on a draft, under a brief as its company or garden reads it, or on a supplier's page of it.
    """

    CHECK = "check"
    BRIEF = "brief"
    SUPPLIER = "supplier"


_panels: dict[Place, dict[str, PanelMaker]] = {place: {} for place in Place}


@dataclass(frozen=True)
class Panel:
    """Something to show on a page of a brief: a template, and what it needs as `panel_values`."""

    template: str
    values: Mapping[str, Any]


def tie(brief_id: Column, supplier_id: Column) -> None:
    """Let the suppliers in a table read the briefs they are tied to there, and hear of changes to them."""
    _ties[str(brief_id)] = (brief_id, supplier_id)


def when_withdrawn(name: str, ending: Ending) -> None:
    """Do something in the transaction that withdraws a brief."""
    _endings[name] = ending


def tied_to(supplier_id: int | BindParameter[int] | None) -> ColumnElement[bool]:
    """Return the condition that a supplier is tied to a brief."""
    found: list[ColumnElement[bool]] = [
        Brief.id.in_(select(brief).where(supplier == supplier_id)) for brief, supplier in _ties.values()
    ]
    return or_(*found) if found else Brief.id.is_(None)


def tied_suppliers(brief_id: int) -> list[Select[Any]]:
    """Return one query per table for the ids of the suppliers tied to a brief."""
    return [select(supplier).where(brief == brief_id) for brief, supplier in _ties.values()]


def end(viewer: Viewer, brief: Brief) -> None:
    """Let the features above end what hangs on a brief that is withdrawn."""
    for ending in _endings.values():
        ending(viewer, brief)


def hang(place: Place, name: str, make: PanelMaker) -> None:
    """Show something on a page of a brief; it is made from viewer, the brief as read and the address's values."""
    _panels[place][name] = make


def panels(place: Place, viewer: Viewer, paper: "BriefPaper", asked: "MultiDict[str, str]") -> list[Panel]:
    """Return what the features above show in a place. The page has read the brief, so that none asks for it again."""
    made = [make(viewer, paper, asked) for make in _panels[place].values()]
    return [panel for panel in made if panel is not None]
