"""`marketplace report`: compute an issued report again, and compare its digest."""

import click

from marketplace.commands.application import open_app
from marketplace.reporting.queries.issues import computed_digest, issue_by_digest

MIN_DIGITS = 8


@click.command("report")
@click.option(
    "--verify", "digest", required=True, metavar="HASH", help="The digest of the issue, or its beginning."
)
@click.option(
    "--as-of",
    "as_of",
    default="",
    metavar="DATE",
    help="The date of the issue, to be sure it is the one meant.",
)
def report(digest: str, as_of: str) -> None:
    """Verify an issued report: compute its figures again from what was recorded when it was made."""
    if len(digest) < MIN_DIGITS:
        message = f"Give at least {MIN_DIGITS} characters of the digest."
        raise click.BadParameter(message, param_hint="--verify")
    with open_app().app_context():
        issue = issue_by_digest(digest.strip())
        if issue is None:
            message = f"No issued report has the digest {digest}."
            raise click.ClickException(message)
        day = issue.as_of.date().isoformat()
        if as_of and as_of != day:
            message = f"The report with this digest was made as of {day}, not {as_of}."
            raise click.ClickException(message)
        computed = computed_digest(issue)
        if computed != issue.digest:
            message = (
                f"Issue {issue.number} of {day} no longer follows from what is recorded: computed {computed}."
            )
            raise click.ClickException(message)
        click.echo(f"Issue {issue.number} of {day} is verified: {computed}.")
