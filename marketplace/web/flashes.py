"""Short messages after an act, shown once at the top of the next page."""

from flask import flash


def done(message: str) -> None:
    """Say that something was done."""
    flash(message, "success")


def note(message: str) -> None:
    """Say something that the reader should know."""
    flash(message, "info")


def warn(message: str) -> None:
    """Say that something was not done, and what to do."""
    flash(message, "warning")
