"""`marketplace serve`, `worker`, `check` and `assets`: run and check the web server and the background worker."""

import logging
import os
import socket
import subprocess
import sys

import click
from flask import Flask
from gunicorn.app import wsgiapp
from gunicorn.util import parse_address

from marketplace.commands.application import load_settings, open_app
from marketplace.config import Settings
from marketplace.core.database import db
from marketplace.database import migrate
from marketplace.demo import use_cases as demo_data
from marketplace.operation import health, logs, metric_files
from marketplace.proposals.use_cases.key_rotation import missing_keys
from marketplace.server import gunicorn_config
from marketplace.web.assets import AssetsMissingError, prepare
from marketplace.worker import run_worker

logger = logging.getLogger(__name__)


@click.command()
@click.option("--once", is_flag=True, help="Run the due jobs once and exit.")
def worker(*, once: bool) -> None:
    """Send queued e-mail and run scheduled jobs until stopped."""
    app = open_app()
    logs.configure(as_json=app.config["SETTINGS"].production)
    log_warnings(app.config["SETTINGS"])
    with app.app_context():
        _require_newest_schema()
    run_worker(app, once=once)


@click.command()
def assets() -> None:
    """Copy the served front-end files from node_modules and compress them."""
    try:
        copied = prepare()
    except AssetsMissingError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(copied)} files have been copied.")


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port to listen on.")
@click.option("--workers", type=int, help="Number of worker processes. [default: $WEB_WORKERS]")
@click.option("--threads", type=int, help="Number of threads per process. [default: $WEB_THREADS]")
@click.option("--with-worker", is_flag=True, help="Also run the background worker.")
def serve(*, bind: str, workers: int | None, threads: int | None, with_worker: bool) -> None:
    """Serve with gunicorn. On SIGTERM, finish open requests within 20 seconds, then stop."""
    settings = load_settings()
    _require_free_address(bind)
    logs.configure(as_json=settings.production)
    log_warnings(settings)
    try:
        metric_files.share_between_processes(settings.instance_path / "metrics")
    except OSError:
        logger.warning("The metrics folder cannot be written to: /metrics counts one process only.")
    app = open_app()
    with app.app_context():
        _require_newest_schema()
        if missing := missing_keys():
            message = f"Offers are encrypted with keys that are missing: {', '.join(missing)}. Restore them in SEAL_KEYS or {settings.seal_key_file}."
            raise click.ClickException(message)
        db.engine.dispose()
    _welcome(settings, bind)
    sys.argv = [
        "gunicorn", "--preload", "--no-control-socket", "--workers", str(workers or settings.web_workers),
        "--threads", str(threads or settings.web_threads),
        "--bind", bind, "--graceful-timeout", "20", "--log-level", "info" if settings.production else "warning",
        "--config", "python:marketplace.server.gunicorn_config", "marketplace.app",
    ]  # fmt: skip
    helpers: list[subprocess.Popen[bytes]] = []
    if with_worker:
        gunicorn_config.ready_callbacks.append(
            lambda: helpers.append(subprocess.Popen([sys.executable, "-m", "marketplace.cli", "worker"]))
        )
    parent_pid = os.getpid()
    try:
        _PreparedApplication(app).run()
    finally:
        # Forked gunicorn workers also run this block when they exit; only the parent may stop the helpers.
        for helper in helpers if os.getpid() == parent_pid else ():
            helper.terminate()
            helper.wait(timeout=10)


@click.command()
def check() -> None:
    """List doubtful settings and failing health checks. Exits with 1 if there are any."""
    app = open_app()
    settings: Settings = app.config["SETTINGS"]
    faults = list(settings.warnings())
    with app.app_context():
        parts = {
            "database": health.check_database(),
            "schema": health.check_schema(lambda: migrate.current(db.engine) == migrate.head()),
            "disk": health.check_disk(settings),
        }
        if parts["schema"] == health.OK:
            parts |= {"mail": health.check_mail(), "worker": health.check_worker()}
            faults += [f"The offers' key {name} is missing." for name in missing_keys()]
    if (server := health.check_mail_server(settings)) != health.OK:
        faults.append(server)
    faults += [f"The {part} {status}." for part, status in parts.items() if status != health.OK]
    if faults:
        raise click.ClickException("\n".join(faults))
    click.echo("Settings, database, schema, disk, e-mail, worker and keys are in order.")


class _PreparedApplication(wsgiapp.WSGIApplication):  # type: ignore[misc]  # because gunicorn has no types
    """Serves the application that has been created. Creating a second one would take 0.15 seconds."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        super().__init__(prog="gunicorn")

    def load(self) -> Flask:
        """Return the application."""
        return self._app


def _require_newest_schema() -> None:
    if migrate.current(db.engine) != migrate.head():
        message = "The database is not at the latest version: run `marketplace db upgrade`."
        raise click.ClickException(message)


def _require_free_address(bind: str) -> None:
    """Raise ClickException if the server cannot listen on an address. Gunicorn tries five times, and names no remedy.

    It opens no address if it takes over the sockets of systemd or, when it is upgraded, of the process before it.
    """
    if os.environ.keys() & {"LISTEN_FDS", "GUNICORN_FD"}:
        return
    try:
        address = parse_address(bind)
        if isinstance(address, tuple):
            family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except (OSError, OverflowError, RuntimeError) as error:
        message = (
            f"The server cannot listen on {bind}: {error}.\n"
            "Stop the program that listens there, or choose another address and port with --bind."
        )
        raise click.ClickException(message) from error


def log_warnings(settings: Settings) -> None:
    """Log doubtful settings. In production without a mail server, say so on the terminal as well."""
    for message in settings.warnings():
        logger.warning(message)
    if settings.production and not settings.mail_host:
        logger.error(
            "No e-mail is sent: it is written to %s with its secret links. Set MAIL_HOST.",
            settings.instance_path / "mail",
        )
        click.secho("WARNING: MAIL_HOST is not set: nobody gets e-mail.", fg="red", bold=True, err=True)


def _welcome(settings: Settings, bind: str) -> None:
    click.echo(f"\n{settings.site_name}: http://{bind}")
    if settings.demo:
        click.echo("Demo sign-ins, one click each on the sign-in page (all content is fictional):")
        for person in demo_data.demo_people():
            of = f", {person['organisation']}" if person["organisation"] else ""
            click.echo(f"  {person['role']}: {person['name']}{of} <{person['email']}>")
    click.echo(f"E-mail is written to {settings.instance_path / 'mail'}" if not settings.mail_host else "")
    click.echo("Stop with Ctrl+C.\n")
