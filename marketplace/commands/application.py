"""The Flask application that commands run in."""

import click
from flask import Flask

from marketplace.app import create_app
from marketplace.config import Settings, SettingsError
from marketplace.core.database import db
from marketplace.core.region import Region
from marketplace.regions.reader import RegionFileError


def load_settings() -> Settings:
    """Return the settings from the environment. Raises ClickException if one is invalid."""
    try:
        return Settings.from_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def open_app(region: Region | None = None) -> Flask:
    """Create the application for one command and close its connections when the command ends.

    Raises ClickException if a setting or the region file is invalid. `region` replaces the installed one.
    """
    try:
        app = create_app(load_settings(), region)
    except RegionFileError as error:
        message = f"The region file cannot be used. {error}"
        raise click.ClickException(message) from error
    click.get_current_context().call_on_close(lambda: _close_connections(app))
    return app


def _close_connections(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
