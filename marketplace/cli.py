"""The command line: `marketplace --help` lists what there is."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask
from gunicorn.app import wsgiapp
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from sqlalchemy import create_engine

from marketplace import gunicorn_hooks, migrate
from marketplace.accounts import queries as people
from marketplace.accounts import use_cases as accounts
from marketplace.app import create_app
from marketplace.assets import AssetsMissingError, prepare
from marketplace.backup.commands import backup, restore
from marketplace.commands import import_file, replay_run
from marketplace.config import Settings, SettingsError, mark_as_demo
from marketplace.core.database import db
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.custody import audit, keys
from marketplace.demo import use_cases as demo_data
from marketplace.measuring import evaluate, evaluate_attacks
from marketplace.operation import logs
from marketplace.proposals.use_cases.sealing import missing_keys
from marketplace.worker import work


def _app() -> Flask:
    """Return the application for one command; its connections are closed when the command ends."""
    try:
        app = create_app()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    click.get_current_context().call_on_close(lambda: _let_go(app))
    return app


def _let_go(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@click.group()
@click.version_option(package_name="leverandortorget")
def main() -> None:
    """Leverandørtorget: order digital services with competence."""


@main.group("db")
def database() -> None:
    """Bring the database to a version, and check it."""


@database.command("upgrade")
@click.argument("revision", default="head")
def db_upgrade(revision: str) -> None:
    """Bring the database up to REVISION, by default the newest."""
    with _app().app_context():
        migrate.upgrade(db.engine, revision)
        click.echo(f"The database is at version {migrate.current(db.engine)}.")


@database.command("downgrade")
@click.argument("revision")
def db_downgrade(revision: str) -> None:
    """Take the database down to REVISION."""
    with _app().app_context():
        migrate.downgrade(db.engine, revision)
        click.echo(f"The database is at version {migrate.current(db.engine)}.")


@database.command("revision")
@click.argument("message")
def db_revision(message: str) -> None:
    """Write a new numbered version from what has changed in the tables."""
    with _app().app_context():
        migrate.make_revision(db.engine, message)


@database.command("check")
def db_check() -> None:
    """Check on an empty database that migrations give exactly the tables in the code."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder, 'check.sqlite3')}")
        migrate.upgrade(engine)
        found = migrate.differences(engine)
        engine.dispose()
    for difference in found:
        click.echo(str(difference), err=True)
    if found:
        message = "Migrations and tables differ: run `marketplace db revision MESSAGE`."
        raise click.ClickException(message)
    click.echo("Migrations and tables agree.")


@main.command()
@click.option("--reset", is_flag=True, help="Throw the demo's data away and start over.")
def demo(*, reset: bool) -> None:
    """Fill an empty database with fictional companies, suppliers, gardens and briefs."""
    app = _app()
    settings: Settings = app.config["SETTINGS"]
    if settings.production:
        message = (
            "The demo is not for production: everyone could sign in as an administrator. Nothing was changed. "
            "Run it without PRODUCTION, with an INSTANCE_PATH and a database of its own."
        )
        raise click.ClickException(message)
    with app.app_context():
        found = demo_data.holds()
        if found is demo_data.Holds.OTHER:
            message = (
                f"The database {db.engine.url!r} holds data that the demo did not make. Nothing was changed. "
                "Set INSTANCE_PATH or DATABASE_URL to an empty one."
            )
            raise click.ClickException(message)
        db.session.remove()
        migrate.upgrade(db.engine)
        if found is demo_data.Holds.DEMO and not reset:
            click.echo("The demo data is in place. Start over with `make demo-reset`.")
        else:
            demo_data.reset()
            with Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()) as progress:
                demo_data.fill(progress)
    mark_as_demo(settings)


@main.command()
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
def worker(*, once: bool) -> None:
    """Send waiting mails and do what is due by the clock, until stopped."""
    app = _app()
    logs.configure(as_json=app.config["SETTINGS"].production)
    work(app, once=once)


@main.command()
def assets() -> None:
    """Copy the served front-end files from node_modules and compress them."""
    try:
        copied = prepare()
    except AssetsMissingError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(copied)} files are in place.")


@main.group("import")
def import_() -> None:
    """Bring things in from files."""


@import_.command("suppliers")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--commit/--dry-run", default=False, help="Bring them in; without it the file is only checked.")
@click.option("--approve-by", metavar="EMAIL", help="A curator who vouches for them all, in one step.")
def import_suppliers(*, file: Path, commit: bool, approve_by: str | None) -> None:
    """Bring suppliers in from FILE, one JSON object a line: all of them, or none."""
    with _app().app_context():
        click.echo(import_file(file, commit=commit, approve_by=approve_by))


main.add_command(evaluate)
main.add_command(backup)
main.add_command(restore)
main.add_command(evaluate_attacks)


@main.command("replay")
@click.argument("run", type=click.IntRange(1, 2**31 - 1))
def replay(*, run: int) -> None:
    """Make the kept ranking RUN again, and say whether it is the same to the last digit."""
    with _app().app_context():
        click.echo(replay_run(run))


class _WithApp(click.Group):
    """Commands that get the application as `obj`."""

    def invoke(self, ctx: click.Context) -> object:
        """Make the application before the command runs."""
        ctx.obj = _app()
        return super().invoke(ctx)


for group in (keys, audit):
    main.add_command(_WithApp(group.name, commands=group.commands, help=group.help))


@main.group()
def admin() -> None:
    """Administrators are only made here."""


@admin.command("create")
@click.argument("email")
@click.option("--name", prompt=True, help="The person's name.")
@click.password_option(help="At least 12 characters.")
def admin_create(email: str, name: str, password: str) -> None:
    """Make an account for EMAIL, if there is none, and make it an administrator."""
    app = _app()
    settings: Settings = app.config["SETTINGS"]
    with app.app_context():
        try:
            accounts.create_administrator(
                name=name, email=email, password=password, cost=accounts.HashCost(settings.password_hash_cost)
            )
        except RuleBroken as error:
            raise click.ClickException(error.message) from error
    click.echo(f"{email} is an administrator.")


@admin.command("remove")
@click.argument("email")
def admin_remove(email: str) -> None:
    """Take the administrator's right from EMAIL, unless it is the last one."""
    with _app().app_context():
        _try(lambda: accounts.remove_administrator(email), email)
    click.echo(f"{email} is no longer an administrator.")


@admin.command("reset-second-step")
@click.argument("email")
def admin_reset_second_step(email: str) -> None:
    """Take away the lost second step of EMAIL, for when no other administrator can."""
    with _app().app_context():
        user = people.find_user_by_email(email)
        _try(lambda: accounts.reset_second_factor(None, user.id if user else 0), email)
    click.echo(f"{email} can log in with the password alone, and set the second step up again.")


def _try(act: Callable[[], None], email: str) -> None:
    try:
        act()
    except NotFound as error:
        message = f"There is no such person: {email}."
        raise click.ClickException(message) from error
    except RuleBroken as error:
        raise click.ClickException(error.message) from error


@main.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port to listen on.")
@click.option("--workers", type=int, help="Number of processes; WEB_WORKERS when not said.")
@click.option("--threads", type=int, help="Number of threads in each; WEB_THREADS when not said.")
@click.option("--with-worker", is_flag=True, help="Send mails and do what is due by the clock as well.")
def serve(*, bind: str, workers: int | None, threads: int | None, with_worker: bool) -> None:
    """Serve the product with gunicorn. On SIGTERM it answers what has begun, for at most 20 seconds, and stops."""
    app = _app()
    settings: Settings = app.config["SETTINGS"]
    logs.configure(as_json=settings.production)
    app.extensions["counters"].forget()
    with app.app_context():
        if migrate.current(db.engine) != migrate.head():
            message = "The database is not at the newest version: run `marketplace db upgrade`."
            raise click.ClickException(message)
        if missing := missing_keys():
            message = f"Offers are sealed with keys that are not here: {', '.join(missing)}. Put them back in SEAL_KEYS or {app.config['SETTINGS'].seal_key_file}."
            raise click.ClickException(message)
        db.engine.dispose()
    _welcome(app.config["SETTINGS"], bind)
    sys.argv = [
        "gunicorn", "--preload", "--no-control-socket", "--workers", str(workers or settings.web_workers),
        "--threads", str(threads or settings.web_threads),
        "--bind", bind, "--graceful-timeout", "20", "--log-level", "info" if settings.production else "warning",
        "--config", "python:marketplace.gunicorn_hooks", "marketplace.app:create_app()",
    ]  # fmt: skip
    helpers: list[subprocess.Popen[bytes]] = []
    if with_worker:
        gunicorn_hooks.beside.append(
            lambda: helpers.append(subprocess.Popen([sys.executable, "-m", "marketplace.cli", "worker"]))
        )
    here = os.getpid()
    try:
        wsgiapp.run(prog="gunicorn")
    finally:
        # The processes that gunicorn makes leave through here as well.
        for helper in helpers if os.getpid() == here else ():
            helper.terminate()
            helper.wait(timeout=10)


def _welcome(settings: Settings, bind: str) -> None:
    click.echo(f"\n{settings.site_name}: http://{bind}")
    if settings.demo:
        click.echo("Demo sign-ins, one click each on the sign-in page (all content is made up):")
        for person in demo_data.demo_people():
            of = f", {person['organisation']}" if person["organisation"] else ""
            click.echo(f"  {person['role']}: {person['name']}{of} <{person['email']}>")
    click.echo(f"Mails are written to {settings.instance_path / 'mail'}" if not settings.mail_host else "")
    click.echo("Stop with Ctrl+C.\n")


if __name__ == "__main__":
    main()
