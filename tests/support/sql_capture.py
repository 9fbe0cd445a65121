"""What is said to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from marketplace.core.database import db


@contextmanager
def captured_sql() -> Iterator[list[str]]:
    """Collect the text of each SQL statement that the application says in the block."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
