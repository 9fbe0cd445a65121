"""Tables' common base, the session, and the one place where a transaction begins and ends."""

import datetime as dt
import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Engine, MetaData, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 10_000
SHORT_TIMEOUT_MS = 200
logger = logging.getLogger(__name__)
_patience_ms: ContextVar[int] = ContextVar("patience_ms", default=BUSY_TIMEOUT_MS)
_writing: ContextVar[bool] = ContextVar("writing", default=False)
_companion: ContextVar["Companion | None"] = ContextVar("companion", default=None)


class Companion(Protocol):
    """Something that is kept together with a use case's change: both, or neither."""

    def write(self) -> None:
        """Write it, as the first thing in the transaction. What it raises ends the transaction."""

    def written(self) -> None:
        """Be told that the transaction is committed."""


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware moment, stored in UTC on every database (SQLite itself forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Refuse a naive moment and store the rest in UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            message = "A moment without a time zone cannot be stored."
            raise ValueError(message)
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Return an aware moment in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Base(DeclarativeBase):
    """Base of all tables. Constraint names are fixed so that migrations can find them.

    A relationship to what must be there says `innerjoin=True`: an outer join to a table of organisations, which is
    itself a join, makes SQLite read all of them for each row asked for (8 ms instead of 0.2 with 1,000 suppliers).
    """

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(column_0_label)s",
                "uq": "uq_%(table_name)s_%(column_0_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            dt.datetime: UtcDateTime,
            dict[str, Any]: JSON,
            list[str]: JSON,
            list[dict[str, Any]]: JSON,
        },
    )


def make_engine(url: str) -> Engine:
    """Return an engine for a database without an application, for commands."""
    return create_engine(url, hide_parameters=True)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
session = db.session


@contextmanager
def transaction() -> Iterator[None]:
    """One use case, one transaction: commit at the end of the block, roll back when it fails.

    Ends any reading that went before and forgets what it loaded, so that rows read inside the block are
    fresh. On SQLite it begins with BEGIN IMMEDIATE: nobody else writes between a check and its change.
    A transaction inside another joins it; the outermost one commits.
    """
    if _writing.get():
        yield
        return
    session.commit()
    session.expire_all()
    token = _writing.set(True)
    companion = _companion.get()
    try:
        if companion is not None:
            companion.write()
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(token)
    if companion is not None:
        companion.written()


def reading() -> object | None:
    """Return the transaction that has begun to read, or None: before it has, and within a use case that writes.

    What was read in it need not be asked for again before it ends.
    """
    return None if _writing.get() else session().get_transaction()


@contextmanager
def if_possible() -> Iterator[None]:
    """Let the block write when the database can be written to at once; a reader is refused no page for it."""
    token = _patience_ms.set(SHORT_TIMEOUT_MS)
    try:
        yield
    except (OperationalError, InternalError):
        session.rollback()
        logger.warning("A note was left out: the database cannot be written to at this moment.")
    finally:
        _patience_ms.reset(token)


@contextmanager
def accompanied_by(companion: Companion) -> Iterator[None]:
    """Let each transaction in the block begin with something that must be kept together with it."""
    token = _companion.set(companion)
    try:
        yield
    finally:
        _companion.reset(token)


def insert_missing(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose keys are not there yet, inside the caller's transaction; the others stay as they are."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    if rows:
        session.execute(insert(model).on_conflict_do_nothing(), list(rows))


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Set the durable and strict pragmas on each new SQLite connection."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # SQLAlchemy's begin event below says BEGIN, not the driver
    # SQLite's own lower() knows A to Z alone; searching must find "Ødegård" by "ødeg".
    connection.create_function("lower", 1, _lower, deterministic=True)
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """Begin at once for writing: a read that turns into a write could meet a locked database."""
    if connection.dialect.name == "sqlite":
        if _writing.get():
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {_patience_ms.get()}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")
    elif _writing.get() and _patience_ms.get() != BUSY_TIMEOUT_MS:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_patience_ms.get()}ms'")
