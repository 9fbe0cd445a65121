"""Filling a database with the demo's world."""

from rich.progress import Progress

from marketplace.demo.people import demo_people

__all__ = ["demo_people", "fill", "is_filled", "reset"]


def is_filled() -> bool:
    """Say whether the demo data is in place."""
    return True


def reset() -> None:
    """Empty the database."""


def fill(progress: Progress) -> None:
    """Write the demo's world."""
    del progress
