"""`marketplace report`: compute an issued report again, and compare its digest."""

import click

from marketplace.commands.application import open_app
from marketplace.core import clock
from marketplace.reporting.definitions import definitions_version
from marketplace.reporting.queries.issues import issue_by_digest, verify_issue

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
    help="The date of the issue. Exits with an error if the issue has another date.",
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
        day = clock.to_local(issue.as_of).date().isoformat()
        if as_of and as_of != day:
            message = f"The report with this digest was made as of {day}, not {as_of}."
            raise click.ClickException(message)
        found = verify_issue(issue)
        if not found.is_intact:
            message = f"Issue {issue.number} of {day} was changed after it was issued: its content has another digest."
            raise click.ClickException(message)
        if found.changed:
            message = (
                f"Issue {issue.number} of {day} no longer follows from what is recorded."
                f" Other values now (part.figure): {', '.join(found.changed)}. Computed {found.digest}."
            )
            if found.definitions_version != definitions_version():
                message += (
                    f" It was made with version {found.definitions_version} of the definitions;"
                    f" this program has version {definitions_version()}."
                )
            raise click.ClickException(message)
        click.echo(f"Issue {issue.number} of {day} is verified: {issue.digest}.")
        if found.deleted:
            click.echo(
                f"{len(found.deleted)} figures of hours, money, fees and state aid can no longer be computed:"
                " their rows were deleted after the retention period. The digest shows that they are as issued."
            )
