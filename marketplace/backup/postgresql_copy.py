"""Dump and restore a PostgreSQL database with pg_dump and pg_restore."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, Engine, MetaData, inspect, text

from marketplace.backup.archive import BackupError

NAME = "database.dump"
SET_ASIDE = "public_before_restore"
"""Schema that holds the current data while a dump is loaded."""
_COPY = re.compile(r"COPY [^(]+\((.*)\) FROM stdin;")
_VERSION = re.compile(r"\b(\d+)(?:\.\d+)?")


def dump(engine: Engine, folder: Path) -> tuple[Path, dict[str, int]]:
    """Dump the database into a folder; return the file and the number of rows in each table.

    The dump and the count read the same snapshot, so they agree whatever is written meanwhile.
    """
    copy = folder / NAME
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        program = _find_program("pg_dump", connection)
        snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        rows = count_rows(connection)
        _run(program, engine.url, ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={copy}"])  # fmt: skip
        connection.rollback()
    return copy, rows


def count_rows(connection: Connection) -> dict[str, int]:
    """Count the rows of each table."""
    metadata = MetaData()
    metadata.reflect(connection)
    return {
        table.name: int(connection.scalar(text(f'SELECT count(*) FROM "{table.name}"')) or 0)  # noqa: S608 because the name comes from the database itself
        for table in metadata.sorted_tables
    }


def restore(engine: Engine, copy: Path) -> None:
    """Replace the database with a dump, loaded in one transaction.

    The current data is set aside in another schema until the dump is loaded, and put back if loading fails. Raises
    BackupError.
    """
    with engine.begin() as connection:
        program = _find_program("pg_restore", connection)
        if inspect(connection).has_schema(SET_ASIDE):  # an earlier restore was killed: `public` is incomplete
            connection.execute(text("DROP SCHEMA IF EXISTS public CASCADE"))
        else:
            connection.execute(text(f"ALTER SCHEMA public RENAME TO {SET_ASIDE}"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    try:
        _run(program, engine.url, ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(copy)])  # fmt: skip
    except BackupError:
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text(f"ALTER SCHEMA {SET_ASIDE} RENAME TO public"))
        raise
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {SET_ASIDE} CASCADE"))


def read_column(engine: Engine, copy: Path, table: str, column: str) -> Iterator[str]:
    """Yield the values of a column of a dump that are not empty; none if there is no such table or column.

    The values are read as pg_restore prints them, so they must not contain tabs, line breaks or backslashes.
    """
    with engine.connect() as connection:
        program = _find_program("pg_restore", connection)
    command = [program, "--data-only", f"--table={table}", "--file=-", str(copy)]
    with subprocess.Popen(  # noqa: S603 because the options are our own
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
    ) as reading:
        position = None
        for line in reading.stdout or ():
            if match := _COPY.match(line):
                columns = [name.strip(' "') for name in match[1].split(",")]
                position = columns.index(column) if column in columns else None
            elif line.startswith("\\."):
                position = None
            elif position is not None:
                value = line.rstrip("\n").split("\t")[position]
                if value not in {"", "\\N"}:
                    yield value
    if reading.returncode:
        message = "The dump in the backup cannot be read. Use another backup."
        raise BackupError(message)


def _find_program(name: str, connection: Connection) -> str:
    """Return the path of a PostgreSQL client program. Raises BackupError if it is missing or older than the server."""
    server_version = int((connection.dialect.server_version_info or (0,))[0])
    advice = f"Install PostgreSQL's client programs, version {server_version} or newer (Debian: postgresql-client-{server_version})."
    program = shutil.which(name)
    if program is None:
        message = f"{name} is not on PATH. {advice}"
        raise BackupError(message)
    output = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 because the program is PostgreSQL's own
    version = _VERSION.search(output)
    if version is None or int(version[1]) < server_version:
        message = f"{program} ({output.strip() or 'no version'}) is older than the server. {advice}"
        raise BackupError(message)
    return program


def _run(program: str, url: URL, options: list[str]) -> None:
    """Run a client program. The password is passed in the environment, where other users cannot see it.

    The other parameters are those of the engine's connections: libpq reads only the last of several hosts in a URL.
    """
    parameters = url.get_dialect()().create_connect_args(url)[1]
    password = parameters.pop("password", None)
    environ = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    command = [program, f"--dbname={make_conninfo(**parameters)}", *options]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603 because the options are our own
    if done.returncode:
        message = f"{Path(program).name} failed: {done.stderr.strip()[-500:]}"
        raise BackupError(message)
