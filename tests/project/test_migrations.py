"""Migrations give exactly the tables in the code, in both directions, on the run's database."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Engine, MetaData, create_engine, inspect, select
from sqlalchemy.exc import IntegrityError

from marketplace.backup import use_cases as backup
from marketplace.config import Settings
from marketplace.core import sealing
from marketplace.core.database import db
from marketplace.database import migrate, triggers
from marketplace.database.metadata import METADATA

VERSIONS = Path(migrate.__file__).parent / "migrations" / "versions"


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    opened = create_engine(empty_database_url)
    yield opened
    opened.dispose()


def test_migrations_give_the_tables_in_the_code(engine: Engine) -> None:
    migrate.upgrade(engine)
    assert migrate.differences(engine) == []
    assert set(inspect(engine).get_table_names()) == {*METADATA.tables, "alembic_version"}


def test_migrations_can_be_taken_back_and_made_again(engine: Engine) -> None:
    migrate.upgrade(engine)
    migrate.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrate.upgrade(engine)
    assert migrate.differences(engine) == []


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    migrate.upgrade(engine)
    migrate.upgrade(engine)
    assert migrate.current(engine) == migrate.head()


@pytest.mark.parametrize("move", ["up", "down"])
def test_rows_that_point_nowhere_stop_a_migration_and_nothing_is_changed(engine: Engine, move: str) -> None:
    """SQLite makes tables anew with foreign keys off, so what was broken before would be broken for good."""
    migrate.upgrade(engine, "0013" if move == "up" else "head")
    stood, guarded = migrate.current(engine), _guards(engine)
    row = (
        "INSERT INTO one_time_link (token_hash, user_id, purpose, email, target, created_at, expires_at)"
        " VALUES ('x', 999, 'verify', '', '', '2026-01-01 00:00:00', '2026-01-02 00:00:00')"
    )
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection, pytest.raises(IntegrityError):
            connection.exec_driver_sql(row)
        return
    with contextlib.closing(sqlite3.connect(str(engine.url.database))) as broken:  # keeps no foreign key
        broken.execute(row)
        broken.commit()
    with pytest.raises(RuntimeError, match="A foreign key has no target row"):
        migrate.upgrade(engine) if move == "up" else migrate.downgrade(engine, "0013")
    assert (migrate.current(engine), _guards(engine)) == (stood, guarded)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        connection.exec_driver_sql("DELETE FROM one_time_link")
    migrate.upgrade(engine)
    assert migrate.differences(engine) == []


def _guards(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return triggers.installed(connection)


def test_a_difference_is_noticed(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.begin() as connection:
        METADATA.tables["one_time_link"].drop(connection)
    assert any("one_time_link" in str(difference) for difference in migrate.differences(engine))


@pytest.fixture
def full(demo_app: Flask, engine: Engine, tmp_path: Path) -> Engine:
    """A database of its own with all that the demo tells."""
    settings = demo_app.config["SETTINGS"]
    elsewhere = Settings.for_tests(
        database_url=engine.url.render_as_string(hide_password=False), instance_path=tmp_path
    )
    db.session.commit()
    backup.back_up(db.engine, settings, tmp_path / "demo.zip")
    backup.bring_back(engine, elsewhere, tmp_path / "demo.zip")
    sealing.use_keyring(engine.url, settings.keyring())
    return engine


def what_stands(engine: Engine) -> tuple[list[str], dict[str, list[tuple[object, ...]]]]:
    """Return the tables with columns, keys and indexes, and all rows, as they are at whatever version."""
    metadata, looking = MetaData(), inspect(engine)
    metadata.reflect(engine)
    schema, rows = [], {}
    for table in metadata.sorted_tables:
        if table.name == "alembic_version":
            continue
        columns = [(c["name"], str(c["type"]), c["nullable"]) for c in looking.get_columns(table.name)]
        indexes = sorted(
            (str(i["name"]), i["column_names"], bool(i["unique"])) for i in looking.get_indexes(table.name)
        )
        foreign = sorted((str(f["name"]), str(f)) for f in looking.get_foreign_keys(table.name))
        unique = sorted(
            (str(u["name"]), u["column_names"]) for u in looking.get_unique_constraints(table.name)
        )
        checks = sorted(str(c["sqltext"]) for c in looking.get_check_constraints(table.name))
        schema.append(f"{table.name}: {columns} {indexes} {foreign} {unique} {checks}")
        with engine.connect() as connection:
            found = connection.execute(select(*table.columns)).all()
        rows[table.name] = sorted((tuple(row) for row in found), key=repr)
    return schema, rows


@pytest.mark.slow
def test_each_migration_goes_down_up_and_down_on_all_that_the_demo_tells(full: Engine) -> None:
    """At each version tables and rows are the same before a step up and after it was taken back."""
    versions = [f"{number:04d}" for number in range(1, int(migrate.head() or 0) + 1)]
    wrong = []
    for version in versions[-2::-1]:
        migrate.downgrade(full, version)
        schema, rows = what_stands(full)
        assert sum(map(len, rows.values())) > 1000, f"the rows of {version} are gone"
        migrate.upgrade(full, f"{int(version) + 1:04d}")
        migrate.downgrade(full, version)
        schema_after, rows_after = what_stands(full)
        wrong += [f"{version}: {one}" for one in set(schema) ^ set(schema_after)]
        wrong += [f"{version}: rows of {name}" for name in rows if rows[name] != rows_after[name]]
    assert wrong == []
    migrate.upgrade(full)
    assert migrate.differences(full) == []
    with full.connect() as connection:
        expected = {guard.name for guard in triggers.TRIGGERS}
        expected -= {n for n in expected if full.dialect.name == "sqlite" and n.endswith("truncate")}
        assert triggers.installed(connection) == expected


@pytest.mark.once
def test_migrations_leave_tables_without_rows(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.connect() as connection:
        filled = [
            name
            for name, table in METADATA.tables.items()
            if connection.execute(table.select().limit(1)).first()
        ]
    assert filled == []


@pytest.mark.once
def test_versions_are_numbered_one_after_another() -> None:
    script = ScriptDirectory(str(VERSIONS.parent))
    numbers = [revision.revision for revision in script.walk_revisions()][::-1]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]
    assert sorted(path.name[:4] for path in VERSIONS.glob("*.py")) == numbers
