"""`marketplace region`: export the region to a file, and set up a region from a file."""

from pathlib import Path

import click

from marketplace.commands.application import load_settings, open_app
from marketplace.commands.parameters import EMAIL
from marketplace.core.database import db
from marketplace.core.region import Region, current_region
from marketplace.database import migrate
from marketplace.regions import export, reader, use_cases


@click.group()
def region() -> None:
    """Export the region to a file, and set up a region from a file."""


@region.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
def region_export(*, file: Path, force: bool) -> None:
    """Write the region to FILE, as a template for another region. It contains no people.

    If FILE is a folder, write region.yaml in it.
    """
    path = file / reader.FILE_NAME if file.is_dir() else file
    if path.exists() and not force:
        message = f"{path} exists already. Choose another name, or use --force to overwrite it."
        raise click.ClickException(message)
    with open_app().app_context():
        gardens = use_cases.registered_gardens() if migrate.current(db.engine) else ()
        text = export.region_yaml(export.with_whole_course_plan(current_region()), gardens)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}."
        raise click.ClickException(message) from error
    click.echo(f"{path}: {current_region().names['en']}. Business gardens: {len(gardens)}.")


@region.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the file and list the changes. Nothing is changed.")
@click.option("--by", metavar="EMAIL", type=EMAIL, help="The administrator who adds and invites the gardens.")
def region_import(*, file: Path, dry_run: bool, by: str | None) -> None:
    """Set up the region in FILE: install it, add its new business gardens, and invite their people.

    Gardens that exist are not changed. If anything is wrong, nothing is changed.
    """
    path = file / reader.FILE_NAME if file.is_dir() else file
    try:
        new = reader.read_region(path)
        settings = load_settings()
        app = open_app(new)
        with app.app_context():
            if migrate.current(db.engine) != migrate.head():
                message = "The database is not at the latest version: run `marketplace db upgrade`."
                raise click.ClickException(message)
            changes = use_cases.find_changes(new, _installed(settings.instance_path))
            administrator = use_cases.find_administrator(by, new.languages[0]) if by else None
            if changes.new and administrator is None and not dry_run:
                message = "Name the administrator who adds the gardens: --by EMAIL."
                raise click.ClickException(message)
            if not dry_run:
                use_cases.install_region(new, changes, settings.instance_path, administrator)
    except (reader.RegionFileError, use_cases.RegionRefusedError) as error:
        message = f"Nothing was changed. {error}"
        raise click.ClickException(message) from error
    click.echo(f"{new.names['en']}. {_content(new)}")
    for garden in changes.existing:
        click.echo(f"  {garden.name} exists and is not changed.")
    for garden in changes.new:
        people = [*garden.curators, *garden.advisers]
        click.echo(
            f"  {garden.name} {'would be' if dry_run else 'is'} added. Invited: {', '.join(people) or 'nobody'}."
        )
    if dry_run:
        click.echo("The file is valid. Nothing was changed.")
    else:
        click.echo("Installed. Restart the web server and the worker to use it.")


def _installed(instance_path: Path) -> Region | None:
    """Return the region that the import replaces; None if its file cannot be used, which an import repairs."""
    try:
        return reader.installed_region(instance_path)
    except reader.RegionFileError:
        return None


def _content(new: Region) -> str:
    texts = sum(len(codes) for codes in new.guide.values())
    return (
        f"Municipalities: {len(new.municipalities)}. Business gardens: {len(new.gardens)}. Changed sessions of the "
        f"course: {len(new.course_plan.get('sessions', ()))}. Changed texts of the guide: {texts}. Added services: "
        f"{len(new.taxonomy)}. Added or renamed sectors: {len(new.sectors)}."
    )
