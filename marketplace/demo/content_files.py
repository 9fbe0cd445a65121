"""Demo content, read from one YAML file per kind of record and cached."""

import re
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
    """Return the briefs with their history."""
    return _read("briefs")


def plans() -> tuple[Entry, ...]:
    """Return the plans of companies: objectives with measurements, actions and digital tools."""
    return _read("plans")


def proposals() -> tuple[Entry, ...]:
    """Return the offers of the demo suppliers, one entry for each brief and supplier."""
    return _read("proposals")


def course() -> dict[str, Any]:
    """Return the project with its places and people."""
    plan: dict[str, Any] = _load("course")
    return plan


def remarks() -> dict[str, list[str]]:
    """Return notes by curators and suppliers, by occasion."""
    remarks_by_occasion: dict[str, list[str]] = _load("remarks")
    return remarks_by_occasion


def words() -> dict[str, Any]:
    """Return the building blocks for generated names and texts."""
    blocks: dict[str, Any] = _load("words")
    return blocks


def accounts() -> dict[str, Any]:
    """Return funding, costs, hours, fees, aid and the issue of the demo project."""
    values: dict[str, Any] = _load("accounts")
    return values


def join_parts(first: str, second: str) -> str:
    """Join the two parts of a place name; three equal letters are written as two: Voll and lia is Vollia."""
    return re.sub(r"(.)\1\1", r"\1\1", first + second)
