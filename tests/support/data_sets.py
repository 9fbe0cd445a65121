"""Data sets that are seeded once for the whole run, and copied for each test and each database."""

import contextlib
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from flask import Flask
from rich.progress import Progress
from sqlalchemy import create_engine, func, select, text

from benchmarks.data import scale
from marketplace.core.database import db
from marketplace.database.metadata import METADATA
from marketplace.demo import use_cases as demo
from marketplace.outbox.delivery import deliver_due
from tests.support.databases import Database
from tests.support.run import Run

T = TypeVar("T")


def seed_once(
    app: Flask, database: Database, name: str, seed: Callable[[], object], run: Run | None = None
) -> None:
    """Restore a saved data set, or seed and save it first. With `run`, workers and databases share the data set.

    Seeding the demo takes ten seconds, so the second database gets a copy of the rows of the first.
    """
    db.session.remove()
    close(app)
    if database.restore(name):
        return
    with run.lock(f"data-{name}") if run else contextlib.nullcontext():
        if database.restore(name):
            return
        rows = run.folder / f"{name}.rows" if run else None
        if rows is not None and rows.exists():
            database.reset()  # the data set may extend another, which is already there
            load_rows(database.url, rows)
        else:
            seed()
            db.session.remove()
            close(app)
            if rows is not None:
                dump_rows(database.url, rows)
        database.save(name, shared=run is not None)


_saved_values: dict[tuple[str, str], tuple[object, Any]] = {}
"""Return values of `seed`, with their versions, by database and data set."""


def restore_or_seed(
    app: Flask, database: Database, name: str, seed: Callable[[], T], version: object = None
) -> T:
    """Restore a small data set of this worker in an empty database, or seed and save it. Returns the value of `seed`.

    A data set of another version is seeded again. The value must not contain database objects.
    """
    key = (database.url, name)
    if key not in _saved_values or _saved_values[key][0] != version:
        value = seed()
        db.session.remove()
        close(app, unless=database)
        database.save_rows(name)
        _saved_values[key] = (version, value)
    else:
        db.session.remove()
        close(app, unless=database)
        database.restore_rows(name)
    return cast("T", _saved_values[key][1])


def restore_demo(app: Flask, database: Database, run: Run) -> None:
    """Fill the empty database with the demo data."""

    def seed() -> None:
        demo.fill(Progress(disable=True))
        # Send queued mail, because mail older than ten minutes fails the health check, and a run takes longer.
        deliver_due(app.config["SETTINGS"])

    seed_once(app, database, "demo", seed, run)


SCALED_SUPPLIERS, SCALED_BRIEFS, RANKED_BRIEFS = 45, 26, 4


def restore_scaled_demo(app: Flask, database: Database, run: Run) -> None:
    """Fill the empty database with the demo data, and as many generated suppliers and briefs."""

    def seed() -> None:
        restore_demo(app, database, run)
        scale.seed(SCALED_SUPPLIERS, SCALED_BRIEFS, RANKED_BRIEFS)

    seed_once(app, database, "scaled", seed, run)


def close(app: Flask, unless: Database | None = None) -> None:
    """Close all database connections of an application, except that of the caller's session.

    With `unless`, they stay open if that database keeps connections and none is in use.
    """
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            if not (unless and unless.keeps_connections and engine.pool.checkedout() == 0):
                engine.dispose()


def dump_rows(url: str, file: Path) -> None:
    """Write all rows of a database to a file, in a form that does not depend on the kind of database."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in METADATA.sorted_tables
        }
    engine.dispose()
    # Rename when complete, so that another worker never reads a partial file.
    file.with_suffix(".new").write_bytes(pickle.dumps(rows))
    file.with_suffix(".new").rename(file)


def load_rows(url: str, file: Path) -> None:
    """Insert the rows of `dump_rows` into an empty database, without triggers and foreign keys."""
    all_rows = pickle.loads(file.read_bytes())
    engine = create_engine(url)
    is_postgresql = engine.dialect.name == "postgresql"
    with engine.begin() as connection:
        if is_postgresql:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            # Rows of one table can refer to each other, and come in no particular order.
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in METADATA.sorted_tables:
            names = [column.name for column in table.columns]
            if rows := [dict(zip(names, row, strict=True)) for row in all_rows[table.name]]:
                connection.execute(table.insert(), rows)
            key = table.autoincrement_column
            if rows and is_postgresql and key is not None:
                sequence = func.pg_get_serial_sequence(table.name, key.name)
                connection.execute(select(func.setval(sequence, max(row[key.name] for row in rows))))
    engine.dispose()
