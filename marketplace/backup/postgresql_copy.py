"""PostgreSQL: by pg_dump and pg_restore where they are found, else by a consistent copy of our own.

Both read one snapshot, so what is counted is what is copied, whoever writes meanwhile.
"""

import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, MetaData, Table, text

from marketplace.backup.archive import BackupError
from marketplace.database import migrate

DUMP = "database.dump"
OWN = "database.copy.zip"
_VERSION = re.compile(r"\b(\d+)(?:\.\d+)?")


def dump(engine: Engine, folder: Path) -> tuple[Path, dict[str, int]]:
    """Copy all tables as they stand at one moment into a folder; return the copy and its rows by table."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        counted = count_rows(connection)
        if _fits(shutil.which("pg_dump"), connection):
            copy = folder / DUMP
            _run("pg_dump", engine.url, ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={copy}"])  # fmt: skip
        else:
            copy = folder / OWN
            _write_own(connection, copy)
        connection.rollback()
    return copy, counted


def count_rows(connection: Connection) -> dict[str, int]:
    """Count the rows of each table."""
    return {
        table.name: int(connection.scalar(text(f'SELECT count(*) FROM "{table.name}"')) or 0)  # noqa: S608 because the name comes from the database itself
        for table in _tables(connection)
    }


def restore(engine: Engine, copy: Path, version: str) -> None:
    """Bring a copy back in one transaction: all of it, or nothing."""
    if copy.name == DUMP:
        if shutil.which("pg_restore") is None:
            message = (
                "This backup was made by pg_dump: install PostgreSQL's client programs to bring it back."
            )
            raise BackupError(message)
        _empty(engine)
        _run("pg_restore", engine.url, ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(copy)])  # fmt: skip
        return
    _empty(engine)
    migrate.upgrade(engine, version)
    with engine.begin() as connection:
        _read_own(connection, copy)


def _tables(connection: Connection) -> list[Table]:
    found = MetaData()
    found.reflect(connection)
    return found.sorted_tables


def _fits(program: str | None, connection: Connection) -> bool:
    """Say whether a pg_dump was found that knows this server: one of its own version or newer."""
    if program is None:
        return False
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 because the program is PostgreSQL's own
    found = _VERSION.search(said)
    server = connection.dialect.server_version_info
    return bool(found and server and int(found.group(1)) >= int(server[0]))


def _run(program: str, url: URL, words: list[str]) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, where no list of processes shows it."""
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environ = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    command = [str(shutil.which(program)), f"--dbname={plain}", *words]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603 because the words are our own
    if done.returncode:
        message = f"{program} failed: {done.stderr.strip()[-500:]}"
        raise BackupError(message)


def _write_own(connection: Connection, copy: Path) -> None:
    """Write each table's rows as PostgreSQL's own COPY says them, parents before children."""
    tables = _tables(connection)
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=1) as packed:
        order = {table.name: [column.name for column in table.columns] for table in tables}
        packed.writestr("order.json", json.dumps(order))
        for table in tables:
            with packed.open(f"{table.name}.copy", "w", force_zip64=True) as out:
                for block in _copied(connection, f"COPY {_target(table.name, order)} TO STDOUT"):
                    out.write(block)


def _target(table: str, order: Mapping[str, list[str]]) -> str:
    columns = ", ".join(f'"{name}"' for name in order[table])
    return f'"{table}" ({columns})'


def _copied(connection: Connection, statement: str) -> Iterator[bytes]:
    raw: Any = connection.connection.dbapi_connection
    with raw.cursor() as cursor, cursor.copy(statement) as copying:
        yield from copying


def _read_own(connection: Connection, copy: Path) -> None:
    raw: Any = connection.connection.dbapi_connection
    with zipfile.ZipFile(copy) as packed, raw.cursor() as cursor:
        order = json.loads(packed.read("order.json"))
        for table in order:
            if table == "alembic_version":
                continue
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 because the name comes from our own copy, whose checksum fits
            with packed.open(f"{table}.copy") as source, cursor.copy(f"COPY {_target(table, order)} FROM STDIN") as copying:  # fmt: skip
                while block := source.read(1 << 20):
                    copying.write(block)
        for table, columns in order.items():
            if "id" in columns:
                cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", (f'"{table}"',))
                if sequence := cursor.fetchone()[0]:
                    statement = f'SELECT setval(%s, max(id)) FROM "{table}" HAVING max(id) IS NOT NULL'  # noqa: S608 same because as above
                    cursor.execute(statement, (sequence,))


def _empty(engine: Engine) -> None:
    """Throw away all that stands in the database."""
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
