"""Capture the SQL statements that a block executes."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from marketplace.core.database import db


@contextmanager
def captured_sql() -> Iterator[list[str]]:
    """Collect the text of each SQL statement that is executed in the block."""
    captured: list[str] = []

    def record(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        captured.append(statement)

    event.listen(db.engine, "before_cursor_execute", record)
    try:
        yield captured
    finally:
        event.remove(db.engine, "before_cursor_execute", record)
