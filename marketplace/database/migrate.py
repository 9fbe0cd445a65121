"""Running migrations, and comparing the schema with the models."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import cast

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import MetaData
from sqlalchemy.engine import Connection, Engine

from marketplace.database import triggers
from marketplace.database.metadata import METADATA

_FOLDER = Path(__file__).parent / "migrations"
_PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def _config(connection: Connection | None = None, versions: Path = _FOLDER / "versions") -> Config:
    config = Config()
    locations = dict.fromkeys((str(_FOLDER / "versions"), str(versions)))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(locations))
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _schema_change(engine: Engine) -> Iterator[Connection]:
    """Yield a connection for a schema change in one transaction, without triggers.

    SQLite alters a table by rebuilding it; with foreign keys enabled, dropping the old table would delete the rows that
    refer to it. Foreign keys are checked at the end instead.
    """
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                triggers.remove(connection)
                yield connection
                if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    message = "A foreign key has no target row. Nothing was changed."
                    raise RuntimeError(message)
                if MigrationContext.configure(connection).get_current_revision() == head():
                    triggers.install(connection)
        finally:
            if is_sqlite:
                connection.connection.cursor().execute("PRAGMA foreign_keys = ON")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Upgrade the database to a revision, by default the latest."""
    with _schema_change(engine) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Downgrade the database to a revision, or to nothing with "base"."""
    with _schema_change(engine) as connection:
        command.downgrade(_config(connection), revision)


def make_revision(
    engine: Engine, message: str, metadata: MetaData = METADATA, folder: Path = _FOLDER / "versions"
) -> Path:
    """Generate a numbered migration from the difference between the metadata and the database; return its file.

    In a development environment the file is formatted, so that it passes `make lint` as written.
    """
    numbers = [int(script.revision) for script in ScriptDirectory.from_config(_config()).walk_revisions()]
    with engine.begin() as connection:
        config = _config(connection, folder)
        config.attributes["metadata"] = metadata
        revision = command.revision(
            config,
            message,
            autogenerate=True,
            rev_id=f"{max(numbers, default=0) + 1:04d}",
            version_path=str(folder),
        )
    file = Path(cast("Script", revision).path)
    ruff = Path(sys.executable).with_name("ruff")
    if ruff.is_file():
        rules = ("--config", str(_PROJECT)) if _PROJECT.is_file() else ()
        for words in (["check", "--fix", "--quiet", "--exit-zero"], ["format", "--quiet"]):
            subprocess.run([str(ruff), *words, *rules, str(file)], check=True)  # noqa: S603 because all arguments are constants or paths of our own
    return file


def current(engine: Engine) -> str | None:
    """Return the revision of a database, or None."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def head() -> str | None:
    """Return the latest revision. Cached, because all migrations are read to find it."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def differences(engine: Engine) -> list[object]:
    """Return the differences between a database and the models; empty if they agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))
