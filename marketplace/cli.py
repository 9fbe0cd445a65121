"""The command line: `marketplace --help` lists what there is."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import create_engine

from marketplace import migrate
from marketplace.app import create_app
from marketplace.config import Settings, SettingsError
from marketplace.core.database import db


def _app() -> Flask:
    try:
        return create_app()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@click.group()
@click.version_option(package_name="leverandortorget")
def main() -> None:
    """Leverandørtorget: order digital services with competence."""


@main.group("db")
def database() -> None:
    """Bring the database to a version, and check it."""


@database.command("upgrade")
@click.argument("revision", default="head")
def db_upgrade(revision: str) -> None:
    """Bring the database up to REVISION, by default the newest."""
    with _app().app_context():
        migrate.upgrade(db.engine, revision)
        click.echo(f"The database is at version {migrate.current(db.engine)}.")


@database.command("downgrade")
@click.argument("revision")
def db_downgrade(revision: str) -> None:
    """Take the database down to REVISION."""
    with _app().app_context():
        migrate.downgrade(db.engine, revision)
        click.echo(f"The database is at version {migrate.current(db.engine)}.")


@database.command("revision")
@click.argument("message")
def db_revision(message: str) -> None:
    """Write a new numbered version from what has changed in the tables."""
    with _app().app_context():
        migrate.make_revision(db.engine, message)


@database.command("check")
def db_check() -> None:
    """Check on an empty database that migrations give exactly the tables in the code."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder, 'check.sqlite3')}")
        migrate.upgrade(engine)
        found = migrate.differences(engine)
        engine.dispose()
    for difference in found:
        click.echo(str(difference), err=True)
    if found:
        raise click.ClickException("Migrations and tables differ: run `marketplace db revision MESSAGE`.")
    click.echo("Migrations and tables agree.")


@main.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Number of processes.")
@click.option("--with-worker", is_flag=True, help="Send mails and run timed jobs as well.")
def serve(bind: str, workers: int, with_worker: bool) -> None:  # noqa: FBT001 because click gives a flag
    """Serve the product with gunicorn."""
    with _app().app_context():
        if migrate.current(db.engine) != migrate.head():
            raise click.ClickException("The database is not at the newest version: run `marketplace db upgrade`.")
    helper = subprocess.Popen([sys.executable, "-m", "marketplace.cli", "worker"]) if with_worker else None
    gunicorn = [
        sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers", str(workers), "--threads", "4",
        "--bind", bind, "--graceful-timeout", "20", "--access-logfile", os.devnull, "marketplace.app:create_app()",
    ]  # fmt: skip
    try:
        status = subprocess.call(gunicorn)
    except KeyboardInterrupt:
        status = 0
    finally:
        if helper is not None:
            helper.terminate()
            helper.wait(timeout=10)
    sys.exit(status)


if __name__ == "__main__":
    main()
