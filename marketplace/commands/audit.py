"""`marketplace audit`: verify the hash chain of the audit log."""

import click

from marketplace.audit import queries as audit_log
from marketplace.audit.chain import START
from marketplace.commands.application import open_app


@click.group("audit")
def audit() -> None:
    """Verify the audit log."""


@audit.command("verify")
@click.option(
    "--head", "known_head", default="", metavar="HASH", help="A hash printed earlier by `audit head`."
)
def verify(known_head: str) -> None:
    """Verify the hash chain: report the first row that was changed, inserted or deleted."""
    with open_app().app_context():
        count, fault = audit_log.verify(known_head.strip().lower())
    if fault:
        message = f"The audit log is broken at row {fault.event_id}: {fault.reason}. The {count} rows before it are valid."
        raise click.ClickException(message)
    click.echo(f"All {count} rows of the audit log are valid.")


@audit.command("head")
def head() -> None:
    """Print the newest hash. Store it elsewhere: `audit verify --head` then detects a truncated log."""
    with open_app().app_context():
        newest = audit_log.head()
    click.echo(newest.hash if newest else START)
