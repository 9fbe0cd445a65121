"""Hooks for higher-level packages: outdated links in messages, and subscriptions of people without an account."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from marketplace.core.errors import NotFound
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


contact_subscription: Hook[Callable[[str, bool], str | None]] = Hook()
"""Callbacks that describe a subscription of a person without an account, or return None for other subscriptions.

The first argument is the subscription of the e-mail; if the second is true, the subscription ends.
"""


def describe_subscription(subscription: str, *, end: bool) -> str:
    """Return the subject of the e-mails of a subscription, and end it if asked to. Raises NotFound."""
    for describe in contact_subscription:
        label = describe(subscription, end)
        if label is not None:
            return label
    raise NotFound


def explain_link(viewer: Viewer, path: str) -> LinkStatus:
    """Return the first explanation of a path; without lines if no callback knows it."""
    for explain in link_status:
        status = explain(viewer, path)
        if status is not None:
            return status
    return LinkStatus(())
