"""Commands for those who keep what is under seal, and the record of what was done."""

import os
from pathlib import Path

import click
from flask import Flask, current_app

from marketplace.audit import queries as audit_log
from marketplace.audit.chain import START
from marketplace.core.sealing import SealError, new_key
from marketplace.proposals.models import keyring
from marketplace.proposals.use_cases import sealing


@click.group("keys")
def keys() -> None:
    """Keys that offers are encrypted with."""


@keys.command("rotate")
@click.pass_obj
def rotate(app: Flask) -> None:
    """Seal all offers with a new key.

    Where the keys lie in the instance folder, a new one is made first. Where SEAL_KEYS gives them, put a new one
    first in it (`openssl rand -hex 32`), restart the service, and then run this. The old ones stay: backups need them.
    """
    with app.app_context():
        settings = current_app.config["SETTINGS"]
        try:
            if not settings.seal_keys:
                _put_first(settings.seal_key_file, new_key())
                keyring().reload()
            changed = sealing.rotate()
        except SealError as error:
            raise click.ClickException(str(error)) from error
        newest, *old = keyring().names
        click.echo(f"{changed} offers are sealed with the key {newest} from now on.")
        if not changed and settings.seal_keys:
            click.echo("All were so before: for a new key, put it first in SEAL_KEYS.")
        if old:
            click.echo(
                f"Keep the old ones ({', '.join(old)}) for as long as backups made with them are kept."
            )


def _put_first(file: Path, key: str) -> None:
    """Write a key before those in a file, so that at no moment one is missing."""
    unfinished = file.with_suffix(".new")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        opened.write(f"{key}\n{file.read_text(encoding='ascii').strip()}\n")
        opened.flush()
        os.fsync(opened.fileno())
    unfinished.replace(file)


@keys.command("check")
@click.pass_obj
def check(app: Flask) -> None:
    """Try everything under seal; say what does not open, and which keys are in use."""
    with app.app_context():
        faults = sealing.unreadable()
        for name, count in sealing.keys_in_use().items():
            click.echo(
                f"Key {name}: {count} offers{'' if name in keyring().names else ' (this key is missing here)'}."
            )
    if faults:
        raise click.ClickException("\n".join(faults))
    click.echo("Everything under seal opens.")


@click.group("audit")
def audit() -> None:
    """The record of who did what."""


@audit.command("verify")
@click.option("--head", "known", default="", metavar="HASH", help="A hash that `audit head` gave earlier.")
@click.pass_obj
def verify(app: Flask, known: str) -> None:
    """Check that no row of the audit log was changed, put in or taken out; name the first that was."""
    with app.app_context():
        count, fault = audit_log.verify(known.strip().lower())
    if fault:
        message = (
            f"The audit log is broken at row {fault.event_id}: {fault.reason}. {count} rows before it hold."
        )
        raise click.ClickException(message)
    click.echo(f"All {count} rows of the audit log hold.")


@audit.command("head")
@click.pass_obj
def head(app: Flask) -> None:
    """Print the newest hash. Note it away from this machine: `audit verify --head` then finds a record cut short."""
    with app.app_context():
        found = audit_log.head()
    click.echo(found.hash if found else START)
