"""The demo world as it is written down: one YAML file for each kind of thing, read once."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

Entry = dict[str, Any]
_FOLDER = Path(__file__).parent / "content"


@cache
def _load(name: str) -> Any:
    with (_FOLDER / f"{name}.yaml").open(encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.CSafeLoader)


def _read(name: str) -> tuple[Entry, ...]:
    return tuple(_load(name))


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


def remarks() -> dict[str, list[str]]:
    """Return what curators note and suppliers add, by occasion."""
    found: dict[str, list[str]] = _load("remarks")
    return found


def words() -> dict[str, Any]:
    """Return the pieces that a directory of any size is made of."""
    found: dict[str, Any] = _load("words")
    return found
