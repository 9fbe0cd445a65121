"""Migrations produce exactly the tables of the models, upwards and downwards."""

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
from tests.support.sampling import Sampling

pytestmark = pytest.mark.both_databases

SAMPLED_VERSIONS = 4
VERSIONS = Path(migrate.__file__).parent / "migrations" / "versions"


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    opened = create_engine(empty_database_url)
    yield opened
    opened.dispose()


def test_migrations_match_models(engine: Engine) -> None:
    migrate.upgrade(engine)
    assert migrate.differences(engine) == []
    assert set(inspect(engine).get_table_names()) == {*METADATA.tables, "alembic_version"}


def test_downgrade_to_base_and_upgrade_matches_models(engine: Engine) -> None:
    migrate.upgrade(engine)
    migrate.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrate.upgrade(engine)
    assert migrate.differences(engine) == []


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    migrate.upgrade(engine)
    migrate.upgrade(engine)
    assert migrate.current(engine) == migrate.head()


@pytest.mark.parametrize("direction", ["up", "down"])
def test_dangling_foreign_key_aborts_migration(engine: Engine, direction: str) -> None:
    """SQLite migrations rebuild tables with foreign keys off, so dangling references would go unnoticed."""
    migrate.upgrade(engine, "0013" if direction == "up" else "head")
    revision, trigger_names = migrate.current(engine), _triggers(engine)
    target = ("target, ", "'', ") if direction == "up" else ("", "")  # dropped by a later migration
    row = (
        f"INSERT INTO one_time_link (token_hash, user_id, purpose, email, {target[0]}created_at, expires_at)"
        f" VALUES ('x', 999, 'reset', '', {target[1]}'2026-01-01 00:00:00', '2026-01-02 00:00:00')"
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
        migrate.upgrade(engine) if direction == "up" else migrate.downgrade(engine, "0013")
    assert (migrate.current(engine), _triggers(engine)) == (revision, trigger_names)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        connection.exec_driver_sql("DELETE FROM one_time_link")
    migrate.upgrade(engine)
    assert migrate.differences(engine) == []


def _triggers(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return triggers.installed(connection)


def test_missing_table_is_reported_as_difference(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.begin() as connection:
        METADATA.tables["one_time_link"].drop(connection)
    assert any("one_time_link" in str(difference) for difference in migrate.differences(engine))


@pytest.fixture
def demo_engine(demo_app: Flask, engine: Engine, tmp_path: Path, postgresql_programs_on_path: None) -> Engine:
    """Return an engine of a separate database that contains all demo data."""
    settings = demo_app.config["SETTINGS"]
    copy_settings = Settings.for_tests(
        database_url=engine.url.render_as_string(hide_password=False), instance_path=tmp_path
    )
    db.session.commit()
    backup.create_backup(db.engine, settings, tmp_path / "demo.zip")
    backup.restore_backup(engine, copy_settings, tmp_path / "demo.zip")
    sealing.use_keyring(engine.url, settings.keyring())
    return engine


def schema_and_rows(engine: Engine) -> tuple[list[str], dict[str, list[tuple[object, ...]]]]:
    """Return the schema (columns, keys, indexes, checks) and all rows of the database at its current revision."""
    metadata, inspector = MetaData(), inspect(engine)
    metadata.reflect(engine)
    schema, rows = [], {}
    for table in metadata.sorted_tables:
        if table.name == "alembic_version":
            continue
        columns = [(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table.name)]
        indexes = sorted(
            (str(i["name"]), i["column_names"], bool(i["unique"])) for i in inspector.get_indexes(table.name)
        )
        foreign = sorted((str(f["name"]), str(f)) for f in inspector.get_foreign_keys(table.name))
        unique = sorted(
            (str(u["name"]), u["column_names"]) for u in inspector.get_unique_constraints(table.name)
        )
        checks = sorted(str(c["sqltext"]) for c in inspector.get_check_constraints(table.name))
        schema.append(f"{table.name}: {columns} {indexes} {foreign} {unique} {checks}")
        with engine.connect() as connection:
            found = connection.execute(select(*table.columns)).all()
        rows[table.name] = sorted((tuple(row) for row in found), key=repr)
    return schema, rows


@pytest.mark.slow
def test_each_migration_preserves_demo_data_down_and_up(demo_engine: Engine, sampling: Sampling) -> None:
    """At each revision, schema and rows are unchanged by one upgrade followed by a downgrade."""
    versions = [f"{number:04d}" for number in range(1, int(migrate.head() or 0) + 1)]
    examined = sampling.choose(versions[:-1], SAMPLED_VERSIONS, "migrations")
    wrong = []
    for version in versions[-2::-1]:
        migrate.downgrade(demo_engine, version)
        if version not in examined:
            continue
        schema, rows = schema_and_rows(demo_engine)
        assert sum(map(len, rows.values())) > 1000, f"the rows of {version} are gone"
        migrate.upgrade(demo_engine, f"{int(version) + 1:04d}")
        migrate.downgrade(demo_engine, version)
        schema_after, rows_after = schema_and_rows(demo_engine)
        wrong += [f"{version}: {one}" for one in set(schema) ^ set(schema_after)]
        wrong += [f"{version}: rows of {name}" for name in rows if rows[name] != rows_after[name]]
    assert wrong == []
    migrate.upgrade(demo_engine)
    assert migrate.differences(demo_engine) == []
    with demo_engine.connect() as connection:
        expected = {trigger.name for trigger in triggers.TRIGGERS}
        expected -= {n for n in expected if demo_engine.dialect.name == "sqlite" and n.endswith("truncate")}
        assert triggers.installed(connection) == expected


@pytest.mark.once
def test_migrations_insert_no_rows(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.connect() as connection:
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
