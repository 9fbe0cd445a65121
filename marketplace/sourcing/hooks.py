"""Hook through which a higher-level package tells which briefs a supplier has answered already."""

from collections.abc import Callable, Mapping, Sequence

from marketplace.core.hooks import Hook
from marketplace.core.viewer import Viewer

own_answers: Hook[Callable[[Viewer, Sequence[int]], Mapping[int, str]]] = Hook()
"""Callbacks that return how far the viewer's supplier has come with its answer, as text, by brief id."""


def own_answers_to(viewer: Viewer, brief_ids: Sequence[int]) -> dict[int, str]:
    """Combine the answers of all callbacks."""
    return {key: text for find in own_answers for key, text in find(viewer, brief_ids).items()}
