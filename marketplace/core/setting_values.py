"""Checks of settings: addresses of database, site and sender, and the strength of a secret."""

from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from marketplace.core.email_address import InvalidEmailError, parse_email

MIN_SECRET_LENGTH = 32
MIN_DIFFERENT_CHARACTERS = 10
SQLITE_FILE = "marketplace.sqlite3"
_NOT_IN_ADDRESSES = set(" <>")
_POSTGRESQL = {"postgres", "postgresql", "postgresql+psycopg"}


class InvalidDatabaseUrlError(ValueError):
    """A text is not the address of a database that can be used."""


def complete_database_url(text: str, folder: Path) -> str:
    """Return the URL with its driver; without one, that of a SQLite file in `folder`, which relative paths start from.

    Raises InvalidDatabaseUrlError.
    """
    if not text:
        return f"sqlite:///{folder / SQLITE_FILE}"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise InvalidDatabaseUrlError from error
    if url.drivername in _POSTGRESQL:
        url = url.set(drivername="postgresql+psycopg")
    elif url.drivername != "sqlite":
        raise InvalidDatabaseUrlError
    elif url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        url = url.set(database=str(folder / url.database))
    return url.render_as_string(hide_password=False)


def is_weak(secret: str) -> bool:
    """Return True if a secret could be guessed."""
    return len(secret) < MIN_SECRET_LENGTH or len(set(secret)) < MIN_DIFFERENT_CHARACTERS


def is_email(text: str) -> bool:
    """Return True if a text is an e-mail address, without a name or spaces around it."""
    try:
        parse_email(text)
    except InvalidEmailError:
        return False
    return not _NOT_IN_ADDRESSES & set(text)


def is_site_url(text: str) -> bool:
    """Return True if a text is a scheme and a host, with or without a port."""
    try:
        parts = urlsplit(text)
        is_host = bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False
    is_alone = text == f"{parts.scheme}://{parts.netloc}" and not _NOT_IN_ADDRESSES & set(text)
    return parts.scheme in {"http", "https"} and is_host and is_alone
