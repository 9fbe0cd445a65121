"""The demo world as it is written down: one YAML file for each kind of thing, read once."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

Entry = dict[str, Any]
_FOLDER = Path(__file__).parent / "content"


@cache
def _read(name: str) -> tuple[Entry, ...]:
    with (_FOLDER / f"{name}.yaml").open(encoding="utf-8") as file:
        return tuple(yaml.load(file, Loader=yaml.CSafeLoader))


def gardens() -> tuple[Entry, ...]:
    """Return the business gardens."""
    return _read("gardens")


def suppliers() -> tuple[Entry, ...]:
    """Return the suppliers with their cases and vettings."""
    return _read("suppliers")


def companies() -> tuple[Entry, ...]:
    """Return the companies with their people."""
    return _read("companies")


def briefs() -> tuple[Entry, ...]:
    """Return the briefs with what has happened to them."""
    return _read("briefs")


def proposals() -> tuple[Entry, ...]:
    """Return the offers to the briefs."""
    return _read("proposals")
