"""Hook through which a higher-level package adds the progress of a supplier's offers to its list of open briefs."""

from collections.abc import Callable, Mapping, Sequence

from marketplace.core.hooks import Hook
from marketplace.core.viewer import Viewer

own_answers: Hook[Callable[[Viewer, Sequence[int]], Mapping[int, str]]] = Hook()
"""Callbacks that return the progress of the offers of the viewer's supplier, as text by brief id."""


def own_answers_to(viewer: Viewer, brief_ids: Sequence[int]) -> dict[int, str]:
    """Return the progress of the offers of the viewer's supplier, as text by brief id."""
    return {key: text for find in own_answers for key, text in find(viewer, brief_ids).items()}
