"""`marketplace backup` and `marketplace restore`: copy all data to one file and load it again."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from marketplace.backup import use_cases
from marketplace.backup.archive import BackupError
from marketplace.backup.use_cases import REGION_FILE
from marketplace.commands.application import load_settings
from marketplace.config import Settings
from marketplace.core.database import make_engine
from marketplace.database import migrate


@contextmanager
def _database(settings: Settings) -> Iterator[Engine]:
    """Open the database. A failure of a backup, the disk or the database ends the command with its message."""
    engine = make_engine(settings.database_url)
    try:
        yield engine
    except (BackupError, OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        engine.dispose()


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--with-keys",
    is_flag=True,
    help="Include the keys from the instance folder. Protect the file as you protect the keys.",
)
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
def backup(*, file: Path, with_keys: bool, force: bool) -> None:
    """Back up all data to FILE while the service is running."""
    settings = load_settings()
    with _database(settings) as engine:
        done = use_cases.create_backup(engine, settings, file, force=force, with_keys=with_keys)
    total, tables = sum(done.manifest.rows.values()), len(done.manifest.rows)
    click.echo(
        f"{file}: {total} rows in {tables} tables at version {done.manifest.version}, read back and verified."
    )
    click.echo(
        "Included: every table: people, organisations, briefs, sealed offers, audit log, queued e-mail."
    )
    if REGION_FILE in done.manifest.sums:
        click.echo("Included: the region file.")
    if done.keys:
        click.echo(
            f"Included: the keys {' and '.join(done.keys)}. Anyone with this file can decrypt the offers."
        )
    else:
        click.echo(
            "Not included: SECRET_KEY and SEAL_KEYS. Without SEAL_KEYS the offers in it cannot be decrypted."
        )
    click.echo("Not included: other settings, and e-mail written to files.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace the data in the database.")
@click.option("--without-keys", is_flag=True, help="Restore although keys for the data are missing.")
def restore(*, file: Path, force: bool, without_keys: bool) -> None:
    """Restore the data in FILE. Stop the service first. Changes nothing and exits with 1 if keys for the data are missing."""
    settings = load_settings()
    with _database(settings) as engine:
        try:
            done = use_cases.restore_backup(engine, settings, file, force=force, without_keys=without_keys)
        except use_cases.MissingKeysError as error:
            message = f"Nothing was restored or replaced, because keys for the data in {file} are missing:\n{error}\nUse --without-keys to restore it all the same."
            raise click.ClickException(message) from error
    click.echo(f"{sum(done.manifest.rows.values())} rows of {done.manifest.made_at} restored, and counted.")
    if REGION_FILE in done.manifest.sums:
        click.echo("Restored the region file.")
    if done.keys:
        click.echo(f"Restored keys: {' and '.join(done.keys)}.")
    if done.previous_database:
        click.echo(f"The previous database is in {done.previous_database}.")
    if done.manifest.version != migrate.head():
        click.echo("The backup is of an older version: run `marketplace db upgrade` before you serve it.")
    if done.missing_keys:
        click.echo("\n".join(["The data is restored, but keys for it are missing:", *done.missing_keys]))
