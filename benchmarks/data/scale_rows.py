"""Putting many rows into a table at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from marketplace.core.database import Base, session

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Supplied:
    """A supplier that was added: its id, its owner, and the kinds of service it is approved for."""

    id: int
    owner_id: int
    categories: frozenset[str]


def add_rows(model: type[Base], rows: Sequence[Row]) -> None:
    """Insert rows into a table."""
    if rows:
        session.execute(insert(_table(model)), list(rows))


def add_numbered(model: type[Base], rows: Sequence[Row]) -> list[int]:
    """Insert rows into a table that numbers them, and return the numbers in the order of the rows."""
    table = _table(model)
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, list(rows))) if rows else []


def _table(model: type[Base]) -> Any:
    return model.__table__
