"""`marketplace import suppliers`: import suppliers from a JSON Lines file."""

from pathlib import Path

import click

from marketplace.commands.application import open_app
from marketplace.commands.parameters import EMAIL
from marketplace.core.errors import RuleBroken
from marketplace.suppliers.import_json_lines import ParsedImport, read_suppliers
from marketplace.vetting.use_cases import supplier_import


def import_file(path: Path, *, commit: bool, approve_by: str | None) -> str:
    """Validate a file of suppliers, import it if `commit`, and return the message to print. Raises ClickException."""
    read: ParsedImport = read_suppliers(path)
    try:
        curator = supplier_import.curator_by_email(approve_by) if approve_by else None
        errors = sorted(
            [*read.errors, *supplier_import.find_registered(read.suppliers)], key=lambda error: error.line
        )
        if errors:
            listed = "\n".join(f"  {error}" for error in errors)
            message = f"Nothing was imported. {len(errors)} errors in {path}:\n{listed}"
            raise click.ClickException(message)
        for similar in supplier_import.find_similar(read.suppliers):
            click.echo(f"  Warning: {supplier_import.similarity_warning(similar)}")
        suppliers = [supplier_import.infer_services(supplier) for supplier in read.suppliers]
        for before, after in zip(read.suppliers, suppliers, strict=True):
            if before != after:
                click.echo(
                    f"  line {before.line}: {before.name} names no services; inferred from its text: {', '.join(after.services)}."
                )
        for supplier in suppliers:
            if not supplier.services:
                message = f"line {supplier.line}: {supplier.name} names no services, and none could be inferred. Name one."
                raise click.ClickException(message)
        if not commit:
            return f"{len(read.suppliers)} suppliers can be imported. Nothing was changed: add --commit to import them."
        count = supplier_import.import_suppliers(suppliers, curator)
    except RuleBroken as error:
        raise click.ClickException(error.message) from error
    if curator:
        return f"{count} suppliers have been imported and approved by {curator.name}, {curator.organisation_name}."
    return f"{count} suppliers have been imported and await approval."


@click.group("import")
def import_group() -> None:
    """Import data from files."""


@import_group.command("suppliers")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--commit/--dry-run", default=False, help="Import the suppliers. By default, the file is only validated."
)
@click.option(
    "--approve-by", metavar="EMAIL", type=EMAIL, help="Approve all of them in the name of this curator."
)
def import_suppliers(*, file: Path, commit: bool, approve_by: str | None) -> None:
    """Import suppliers from FILE, one JSON object per line: all of them, or none."""
    with open_app().app_context():
        click.echo(import_file(file, commit=commit, approve_by=approve_by))
