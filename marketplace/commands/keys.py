"""`marketplace keys`: rotate and check the keys that offers are encrypted with."""

from pathlib import Path

import click
from flask import current_app

from marketplace.commands.application import open_app
from marketplace.core.atomic_files import write_atomically
from marketplace.core.database import keyring
from marketplace.core.sealing import SealError, new_key
from marketplace.programme.use_cases import link_keys
from marketplace.proposals.use_cases import key_rotation


@click.group("keys")
def keys() -> None:
    """Manage the keys that offers are encrypted with."""


@keys.command("rotate")
def rotate() -> None:
    """Re-encrypt all offers and participants' links with a new key.

    With keys in the instance folder, a new key is generated first. With keys in SEAL_KEYS, put a new one first
    (`openssl rand -hex 32`), restart the service, then run this command. Keep the old keys: backups need them.
    """
    with open_app().app_context():
        settings = current_app.config["SETTINGS"]
        try:
            if not settings.seal_keys:
                _prepend_key(settings.seal_key_file, new_key())
                keyring().reload()
            changed = key_rotation.rotate()
            links = link_keys.reseal_links()
        except SealError as error:
            raise click.ClickException(str(error)) from error
        newest, *old = keyring().names
        click.echo(f"{changed} offers have been re-encrypted with the key {newest}.")
        if links:
            click.echo(f"{links} links of participants have been re-encrypted with it.")
        if not changed and settings.seal_keys:
            click.echo("They all used this key already. To rotate, put a new key first in SEAL_KEYS.")
        if old:
            click.echo(
                f"Keep the old keys ({', '.join(old)}) for as long as you keep backups made with them."
            )


def _prepend_key(file: Path, key: str) -> None:
    older = file.read_text(encoding="ascii").strip()
    write_atomically(file, f"{key}\n{older}\n".encode(), private=True)


@keys.command("check")
def check() -> None:
    """Decrypt every sealed offer and participant's link, report those that fail, and list the keys in use."""
    with open_app().app_context():
        faults = [*key_rotation.find_undecryptable(), *link_keys.find_undecryptable_links()]
        for name, count in key_rotation.count_offers_by_key().items():
            click.echo(
                f"Key {name}: {count} offers{'' if name in keyring().names else ' (this key is missing here)'}."
            )
    if faults:
        raise click.ClickException("\n".join(faults))
    click.echo("All sealed offers and links can be decrypted.")
