"""Migrations produce exactly the tables of the models, upwards and downwards."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect
from sqlalchemy.exc import IntegrityError

from marketplace.database import migrate, triggers
from marketplace.database.metadata import METADATA

pytestmark = pytest.mark.both_databases

VERSIONS = Path(migrate.__file__).parent / "migrations" / "versions"


@pytest.fixture
def migrated(migrated_database_url: str) -> Iterator[Engine]:
    """Yield an engine of a database that the run has migrated from nothing."""
    opened = create_engine(migrated_database_url)
    yield opened
    opened.dispose()


def test_migrations_match_models(migrated: Engine) -> None:
    assert migrate.differences(migrated) == []
    assert set(inspect(migrated).get_table_names()) == {*METADATA.tables, "alembic_version"}


def test_downgrade_to_base_and_upgrade_matches_models(migrated: Engine) -> None:
    migrate.downgrade(migrated, "base")
    assert set(inspect(migrated).get_table_names()) == {"alembic_version"}
    migrate.upgrade(migrated)
    assert migrate.differences(migrated) == []


def test_upgrading_twice_changes_nothing(migrated: Engine) -> None:
    migrate.upgrade(migrated)
    assert migrate.current(migrated) == migrate.head()


@pytest.mark.parametrize("direction", ["up", "down"])
def test_dangling_foreign_key_aborts_migration(migrated: Engine, direction: str) -> None:
    """SQLite migrations rebuild tables with foreign keys off, so dangling references would go unnoticed."""
    engine, previous = migrated, f"{int(migrate.head() or 0) - 1:04d}"
    if direction == "up":
        migrate.downgrade(engine, previous)
    revision, trigger_names = migrate.current(engine), _triggers(engine)
    row = (
        "INSERT INTO one_time_link (token_hash, user_id, purpose, email, created_at, expires_at)"
        " VALUES ('x', 999, 'reset', '', '2026-01-01 00:00:00', '2026-01-02 00:00:00')"
    )
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection, pytest.raises(IntegrityError):
            connection.exec_driver_sql(row)
        return
    # A plain connection does not enforce foreign keys.
    with contextlib.closing(sqlite3.connect(str(engine.url.database))) as broken:
        broken.execute(row)
        broken.commit()
    with pytest.raises(RuntimeError, match="A foreign key has no target row"):
        migrate.upgrade(engine) if direction == "up" else migrate.downgrade(engine, previous)
    assert (migrate.current(engine), _triggers(engine)) == (revision, trigger_names)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        connection.exec_driver_sql("DELETE FROM one_time_link")
    migrate.upgrade(engine)
    assert migrate.differences(engine) == []


def _triggers(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return triggers.installed(connection)


def test_missing_table_is_reported_as_difference(migrated: Engine) -> None:
    with migrated.begin() as connection:
        METADATA.tables["one_time_link"].drop(connection)
    assert any("one_time_link" in str(difference) for difference in migrate.differences(migrated))


@pytest.mark.once
def test_migrations_insert_no_rows(migrated: Engine) -> None:
    with migrated.connect() as connection:
        filled = [
            name
            for name, table in METADATA.tables.items()
            if connection.execute(table.select().limit(1)).first()
        ]
    assert filled == []


@pytest.mark.once
def test_revision_numbers_are_consecutive() -> None:
    script = ScriptDirectory(str(VERSIONS.parent))
    numbers = [revision.revision for revision in script.walk_revisions()][::-1]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]
    assert sorted(path.name[:4] for path in VERSIONS.glob("*.py")) == numbers
