"""Flash messages, shown once at the top of the next page."""

from flask import flash

from marketplace.core.errors import CatchRefusal, Conflict, RuleBroken


def done(message: str) -> None:
    """Flash a message that an action succeeded."""
    flash(message, "success")


def note(message: str) -> None:
    """Flash an informational message."""
    flash(message, "info")


def warn(message: str) -> None:
    """Flash a warning that an action failed, and what to do about it."""
    flash(message, "warning")


def catch_refusal(*kinds: type[RuleBroken | Conflict]) -> CatchRefusal[RuleBroken | Conflict]:
    """Flash why an action in the block is refused, by default by a rule, instead of answering with an error page."""
    return CatchRefusal(*(kinds or (RuleBroken,)), handle=lambda error: warn(error.message))
