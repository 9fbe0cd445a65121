"""Bulk insertion of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from marketplace.core.database import Base, session

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SeededSupplier:
    """A generated supplier: id, owner, and the kinds of service it is approved for."""

    id: int
    owner_id: int
    categories: frozenset[str]


def add_rows(model: type[Base], rows: Sequence[Row]) -> None:
    """Insert rows into a table."""
    if rows:
        session.execute(insert(_table(model)), list(rows))


def add_rows_returning_ids(model: type[Base], rows: Sequence[Row]) -> list[int]:
    """Insert rows and return their generated ids in order."""
    table = _table(model)
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, list(rows))) if rows else []


def _table(model: type[Base]) -> Any:
    return model.__table__
