"""`marketplace demo`: load the demo data."""

import click
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from marketplace.commands.application import open_app
from marketplace.config import Settings, write_demo_marker
from marketplace.core.database import db
from marketplace.database import migrate
from marketplace.demo import use_cases as demo_data
from marketplace.demo.course_links import course_links


@click.command()
@click.option("--reset", is_flag=True, help="Delete the demo data and start over.")
def demo(*, reset: bool) -> None:
    """Fill an empty database with fictional companies, suppliers, gardens, briefs and a course."""
    app = open_app()
    settings: Settings = app.config["SETTINGS"]
    if settings.production:
        message = (
            "The demo is not for production: everyone could sign in as an administrator. Nothing was changed. "
            "Run it without PRODUCTION, with an INSTANCE_PATH and a database of its own."
        )
        raise click.ClickException(message)
    with app.app_context():
        contents = demo_data.database_content()
        if contents is demo_data.DatabaseContent.OTHER:
            message = (
                f"The database {db.engine.url!r} holds data that is not demo data. Nothing was changed. "
                "Set INSTANCE_PATH or DATABASE_URL to an empty one."
            )
            raise click.ClickException(message)
        db.session.remove()
        migrate.upgrade(db.engine)
        if contents is demo_data.DatabaseContent.DEMO and not reset:
            click.echo("The demo data is in place. Start over with `make demo-reset`.")
        else:
            demo_data.reset()
            with Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()) as progress:
                demo_data.fill(progress)
        click.echo("Links to the course of the demo:")
        for label, path in course_links():
            click.echo(f"  {label}: {settings.site_url}{path}")
    write_demo_marker(settings)
