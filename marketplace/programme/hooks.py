"""Hooks through which higher-level packages extend the companies in a project: page panels, changes of the number."""

from typing import TYPE_CHECKING

from marketplace.core.hooks import Hook, Panel

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.core.viewer import Viewer
    from marketplace.programme.models.participation import Participation


participation_panels: "Hook[Callable[[Viewer, Participation], Panel]]" = Hook()
"""Build a panel on the page of a company in a project, for a viewer who may see it."""

number_change: "Hook[Callable[[Participation], None]]" = Hook()
"""Called before the organisation number of a company in a project changes. May raise RuleBroken."""
