"""What the commands that read files and kept runs do: bringing suppliers in, and making a ranking again."""

from pathlib import Path

import click

from marketplace.core.errors import NotFound, RuleBroken
from marketplace.sourcing.replaying import replay
from marketplace.suppliers.importing import ReadFile, read_suppliers
from marketplace.suppliers.use_cases import importing


def import_file(path: Path, *, commit: bool, approve_by: str | None) -> str:
    """Read a file of suppliers and, with `commit`, bring them in; return what to say. Raises ClickException."""
    read: ReadFile = read_suppliers(path)
    try:
        curator = importing.curator_by_email(approve_by) if approve_by else None
        faults = sorted([*read.faults, *importing.already_here(read.suppliers)], key=lambda fault: fault.line)
        if faults:
            listed = "\n".join(f"  {fault}" for fault in faults)
            message = f"Nothing was imported. {len(faults)} to mend in {path}:\n{listed}"
            raise click.ClickException(message)
        suppliers = [importing.read_between_the_lines(supplier) for supplier in read.suppliers]
        for before, after in zip(read.suppliers, suppliers, strict=True):
            if before != after:
                click.echo(
                    f"  line {before.line}: {before.name} names no services; its words speak of {', '.join(after.services)}."
                )
        for supplier in suppliers:
            if not supplier.services:
                message = f"line {supplier.line}: {supplier.name} names no services, and its words speak of none. Name one."
                raise click.ClickException(message)
        if not commit:
            return f"{len(read.suppliers)} suppliers can be imported. Nothing was changed: add --commit to bring them in."
        count = importing.import_suppliers(suppliers, curator)
    except RuleBroken as error:
        raise click.ClickException(error.message) from error
    if curator:
        return f"{count} suppliers are imported and approved by {curator.name}, {curator.organisation_name}."
    return f"{count} suppliers are imported and wait for approval."


def replay_run(run: int) -> str:
    """Make a kept ranking again and return what to say. Raises ClickException."""
    try:
        return replay(run)
    except NotFound as error:
        message = f"There is no run {run}."
        raise click.ClickException(message) from error
    except ValueError as error:
        message = f"Run {run}: {error}."
        raise click.ClickException(message) from error
