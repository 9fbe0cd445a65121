"""`marketplace replay`: repeat a stored ranking run and compare the results."""

import click

from marketplace.commands.application import open_app
from marketplace.core.errors import NotFound
from marketplace.core.identifiers import MAX_ID
from marketplace.sourcing.ranking.replay import replay as replay_run


@click.command("replay")
@click.argument("run", type=click.IntRange(1, MAX_ID))
def replay(*, run: int) -> None:
    """Repeat ranking RUN from its stored inputs and check that the result is identical."""
    with open_app().app_context():
        try:
            click.echo(replay_run(run))
        except NotFound as error:
            message = f"There is no run {run}."
            raise click.ClickException(message) from error
        except ValueError as error:
            message = f"Run {run}: {error}."
            raise click.ClickException(message) from error
