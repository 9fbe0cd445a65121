"""Migrations keep the demo data, upwards and downwards, on the database of the day."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, inspect

from marketplace.backup import use_cases as backup
from marketplace.config import Settings
from marketplace.core import sealing
from marketplace.core.database import db
from marketplace.database import migrate, triggers
from tests.support.sampling import Sampling

SAMPLED_VERSIONS = 2


@pytest.fixture
def demo_engine(
    demo_app: Flask, empty_database_url: str, tmp_path: Path, postgresql_programs_on_path: None
) -> Iterator[Engine]:
    """Yield an engine of a separate database that contains all demo data."""
    engine = create_engine(empty_database_url)
    settings = demo_app.config["SETTINGS"]
    copy_settings = Settings.for_tests(
        database_url=engine.url.render_as_string(hide_password=False), instance_path=tmp_path
    )
    db.session.commit()
    backup.create_backup(db.engine, settings, tmp_path / "demo.zip")
    backup.restore_backup(engine, copy_settings, tmp_path / "demo.zip")
    sealing.use_keyring(engine.url, settings.keyring())
    yield engine
    engine.dispose()


def schema_and_rows(engine: Engine) -> tuple[list[str], dict[str, Counter[Any]]]:
    """Return the schema (columns, keys, indexes, checks) and all rows of the database at its current revision."""
    inspector = inspect(engine)
    tables = sorted(set(inspector.get_table_names()) - {"alembic_version"})
    columns = {
        table: [(c["name"], str(c["type"]), c["nullable"]) for c in found]
        for (_schema, table), found in inspector.get_multi_columns().items()
    }
    indexes = {
        table: sorted((str(i["name"]), i["column_names"], bool(i["unique"])) for i in found)
        for (_schema, table), found in inspector.get_multi_indexes().items()
    }
    foreign = {
        table: sorted((str(f["name"]), str(f)) for f in found)
        for (_schema, table), found in inspector.get_multi_foreign_keys().items()
    }
    unique = {
        table: sorted((str(u["name"]), u["column_names"]) for u in found)
        for (_schema, table), found in inspector.get_multi_unique_constraints().items()
    }
    checks = {
        table: sorted(str(c["sqltext"]) for c in found)
        for (_schema, table), found in inspector.get_multi_check_constraints().items()
    }
    parts = (columns, indexes, foreign, unique, checks)
    schema = [f"{table}: {[part[table] for part in parts]}" for table in tables]
    # As text, because PostgreSQL has values that cannot be counted.
    content = "CAST(one AS TEXT)" if engine.dialect.name == "postgresql" else "*"
    with engine.connect() as connection:
        rows = {
            table: Counter(map(tuple, connection.exec_driver_sql(f'SELECT {content} FROM "{table}" AS one')))
            for table in tables
        }
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
        assert sum(found.total() for found in rows.values()) > 1000, f"the rows of {version} are gone"
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
