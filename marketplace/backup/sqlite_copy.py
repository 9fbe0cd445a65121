"""Copy and restore a SQLite database with SQLite's online backup, while others write."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from marketplace.backup.archive import BackupError

NAME = "marketplace.sqlite3"
BUSY_SECONDS = 30.0


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def dump(path: Path, folder: Path) -> Path:
    """Copy the database to a file that only its owner can read, check the copy and return its path."""
    copy = folder / NAME
    with _opened(path) as source, _opened(copy) as target:
        copy.chmod(0o600)
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # a single file, without a write-ahead log
    check(copy)
    return copy


def check(path: Path) -> None:
    """Raise BackupError if a database is corrupt or has dangling foreign keys."""
    with _opened(path) as connection:
        integrity = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        dangling = connection.execute("PRAGMA foreign_key_check").fetchall()
    if integrity != ["ok"] or dangling:
        message = f"{path.name} is corrupt: {integrity[:3]}, {len(dangling)} dangling references."
        raise BackupError(message)


def count_rows(path: Path) -> dict[str, int]:
    """Count the rows of each table."""
    with _opened(path) as connection:
        names = [
            row[0]
            for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            )
        ]
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 because the name comes from the database itself


def read_column(copy: Path, table: str, column: str) -> list[str]:
    """Return the values of a column that are not empty; none if there is no such table or column."""
    with _opened(copy) as connection:
        columns = {row[1] for row in connection.execute("SELECT * FROM pragma_table_info(?)", (table,))}
        if column not in columns:
            return []
        values = connection.execute(f'SELECT "{column}" FROM "{table}"')  # noqa: S608 because the names are our own
        return [str(value) for (value,) in values if value]


def restore(copy: Path, target: Path) -> None:
    """Overwrite a database with a copy in one transaction, so that concurrent readers see either version."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with _opened(copy) as source, _opened(target) as database:
        source.backup(database)
        database.execute("PRAGMA journal_mode = WAL")
    target.chmod(0o600)
    check(target)
