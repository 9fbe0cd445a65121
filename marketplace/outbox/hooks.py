"""Hook through which higher-level packages explain a link in a message that no longer opens its page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from marketplace.core.hooks import Hook
from marketplace.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """Events since a message was sent, and the page to continue on. `link` may be empty."""

    lines: Sequence[str]
    link: str = ""
    label: str = ""


link_status: Hook[Callable[[Viewer, str], LinkStatus | None]] = Hook()
"""Callbacks that explain a path to a recipient of a message that linked to it, or return None for other paths.

They may tell a recipient only what the message, or the recipient's own earlier access, has already revealed.
"""


def explain_link(viewer: Viewer, path: str) -> LinkStatus:
    """Return the first explanation of a path; without lines if no callback knows it."""
    for explain in link_status:
        status = explain(viewer, path)
        if status is not None:
            return status
    return LinkStatus(())
