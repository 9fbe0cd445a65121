"""Hooks through which higher-level packages extend the companies in a project: page panels, changes of the number."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace.core.hooks import Hook
from marketplace.core.viewer import Viewer

if TYPE_CHECKING:
    from marketplace.programme.models.participation import Participation


@dataclass(frozen=True, slots=True)
class ParticipationPanel:
    """A panel: its template, and the values that the template reads as `block_values`."""

    template: str
    values: Mapping[str, Any]


participation_panels: "Hook[Callable[[Viewer, Participation], ParticipationPanel]]" = Hook()
"""Build a panel on the page of a company in a project, for a viewer who may see it."""

number_change: "Hook[Callable[[Participation], None]]" = Hook()
"""Called before the organisation number of a company in a project changes. May raise RuleBroken."""


def build_participation_panels(viewer: Viewer, participation: "Participation") -> list[ParticipationPanel]:
    """Build all panels on the page of a company in a project."""
    return [build(viewer, participation) for build in participation_panels]
