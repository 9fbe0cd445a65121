"""`marketplace admin`: create and remove administrators."""

from collections.abc import Callable

import click

from marketplace.accounts import queries as people, use_cases as accounts
from marketplace.accounts.password_strength import MIN_LENGTH
from marketplace.commands.application import open_app
from marketplace.commands.parameters import EMAIL, PASSWORD, PERSON_NAME
from marketplace.core.errors import NotFound, RuleBroken


@click.group()
def admin() -> None:
    """Create and remove administrators."""


@admin.command("create")
@click.argument("email", type=EMAIL)
@click.option("--name", prompt=True, type=PERSON_NAME, help="The person's name.")
@click.password_option(type=PASSWORD, help=f"At least {MIN_LENGTH} characters.")
def admin_create(email: str, name: str, password: str) -> None:
    """Make EMAIL an administrator, creating the account if needed."""
    app = open_app()
    settings = app.config["SETTINGS"]
    with app.app_context():
        try:
            accounts.create_administrator(
                name=name,
                email=email,
                password=password,
                cost=accounts.HashCost(settings.password_hash_cost),
            )
        except RuleBroken as error:
            raise click.ClickException(error.message) from error
    click.echo(f"{email} is an administrator.")


@admin.command("remove")
@click.argument("email", type=EMAIL)
def admin_remove(email: str) -> None:
    """Revoke the administrator role of EMAIL, unless it is the last administrator."""
    with open_app().app_context():
        _try(lambda: accounts.remove_administrator(email), email)
    click.echo(f"{email} is no longer an administrator.")


@admin.command("reset-two-factor")
@click.argument("email", type=EMAIL)
def admin_reset_two_factor(email: str) -> None:
    """Remove two-step sign-in from EMAIL, for an administrator who has lost the device."""
    with open_app().app_context():
        user = people.find_user_by_email(email)
        _try(lambda: accounts.reset_two_factor(None, user.id if user else 0), email)
    click.echo(f"{email} can sign in with the password alone and set up two-step sign-in again.")


def _try(act: Callable[[], None], email: str) -> None:
    try:
        act()
    except NotFound as error:
        message = f"There is no account for {email}."
        raise click.ClickException(message) from error
    except RuleBroken as error:
        raise click.ClickException(error.message) from error
