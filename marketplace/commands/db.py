"""`marketplace db`: migrate the database and check the schema."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import click
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine

from marketplace.commands.application import open_app
from marketplace.commands.parameters import printable
from marketplace.core.database import db
from marketplace.database import migrate


@click.group("db")
def database() -> None:
    """Migrate the database and check the schema."""


@database.command("upgrade")
@click.argument("revision", default="head")
def db_upgrade(revision: str) -> None:
    """Upgrade the database to REVISION, by default the latest."""
    with open_app().app_context():
        _migrate(migrate.upgrade, revision)
        click.echo(f"The database is at version {migrate.current(db.engine)}.")


@database.command("downgrade")
@click.argument("revision")
def db_downgrade(revision: str) -> None:
    """Downgrade the database to REVISION."""
    with open_app().app_context():
        _migrate(migrate.downgrade, revision)
        click.echo(f"The database is at version {migrate.current(db.engine)}.")


def _migrate(act: Callable[[Engine, str], None], revision: str) -> None:
    try:
        act(db.engine, revision)
    except (CommandError, UnicodeError) as error:
        message = f"There is no revision {printable(revision)}. Use a number such as 0012, or head."
        raise click.ClickException(message) from error


@database.command("revision")
@click.argument("message")
def db_revision(message: str) -> None:
    """Generate a migration from the difference between the models and the database."""
    with open_app().app_context():
        migrate.make_revision(db.engine, message)


@database.command("check")
def db_check() -> None:
    """Check that the migrations produce exactly the schema of the models."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder, 'check.sqlite3')}")
        migrate.upgrade(engine)
        found = migrate.differences(engine)
        engine.dispose()
    for difference in found:
        click.echo(str(difference), err=True)
    if found:
        message = "Migrations and models differ: run `marketplace db revision MESSAGE`."
        raise click.ClickException(message)
    click.echo("Migrations and models agree.")
