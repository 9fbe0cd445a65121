"""Declarative base, session and transactions, with the connection settings of SQLite and PostgreSQL."""

import datetime as dt
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Protocol, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Engine, MetaData, Select, create_engine, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from marketplace.core.personal_data import UserReference
from marketplace.core.sealing import Keyring, keyring_of

Model = TypeVar("Model")
BUSY_TIMEOUT_MS = 10_000
BEST_EFFORT_TIMEOUT_MS = 200
SQLITE_CACHE_KIB = 16_000
"""Page cache of each SQLite connection. The pages of a site with 1,000 suppliers read 8 MB; with SQLite's default of
2 MB, the long ones read 500 pages from the file at each request."""
S = TypeVar("S")
Key = TypeVar("Key")
logger = logging.getLogger(__name__)
_lock_timeout_ms: ContextVar[int] = ContextVar("lock_timeout_ms", default=BUSY_TIMEOUT_MS)
_writing: ContextVar[bool] = ContextVar("writing", default=False)
_is_optional: ContextVar[bool] = ContextVar("is_optional", default=False)
_discards_optional: ContextVar[bool] = ContextVar("discards_optional", default=False)
_transaction_hook: ContextVar["TransactionHook | None"] = ContextVar("transaction_hook", default=None)


class TransactionHook(Protocol):
    """Callbacks at the beginning and after the commit of a transaction."""

    def on_begin(self) -> None:
        """Write rows that must be committed together with the change. An exception rolls the transaction back."""

    def on_commit(self) -> None:
        """React to the commit."""


class UtcDateTime(TypeDecorator[dt.datetime]):
    """Aware datetime, stored in UTC on every database (SQLite does not store the time zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Convert an aware datetime to UTC. Raises ValueError for a naive one."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            message = "A moment without a time zone cannot be stored."
            raise ValueError(message)
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Return the stored value as an aware datetime in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Base(DeclarativeBase):
    """Declarative base of all models. Constraints have predictable names so that migrations can refer to them.

    Relationships through a NOT NULL foreign key set `innerjoin=True`: organisations use joined-table inheritance, and
    SQLite scans the whole table for each row of an outer join to it (8 ms instead of 0.2 ms with 1,000 suppliers).
    Load those through a nullable key with `selectinload`.
    """

    __retention__: ClassVar[Mapping[str, str]] = {}
    """How long each text is stored, by column. See `personal_data.py`."""
    __export__: ClassVar[Mapping[str, UserReference]] = {}
    """Contents of the export of a person's data, by column that refers to a user."""
    __audit_names__: ClassVar[Mapping[str, Any]] = {}
    """Names of this kind of object and of the recorded actions on it: "brief", "brief.publish"."""

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


class Entity(Base):
    """Base of the models whose primary key is an integer `id`, their first column."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)


def make_engine(url: str) -> Engine:
    """Create an engine outside a Flask application, for command-line tools."""
    return create_engine(url, hide_parameters=True)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
session = db.session


@contextmanager
def transaction() -> Iterator[None]:
    """Run the block in a write transaction: commit at the end, roll back on an exception.

    Ends the current read transaction and expires loaded objects, so that rows read inside the block are fresh. On
    SQLite it begins with BEGIN IMMEDIATE: no other connection can write between a check and the change it allows.
    A nested transaction joins the outer one, which commits.
    """
    if _writing.get():
        yield
        return
    session.commit()
    session.expire_all()
    token = _writing.set(True)
    hook = _transaction_hook.get()
    try:
        if hook is not None:
            hook.on_begin()
        yield
        if _is_optional.get() and _discards_optional.get():
            session.rollback()
        else:
            session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(token)
    if hook is not None:
        hook.on_commit()


def read_transaction() -> object | None:
    """Return the session's current read transaction, or None before the first read and inside `transaction()`.

    Its identity is a cache key: rows read in it cannot change before it ends.
    """
    return None if _writing.get() else session().get_transaction()


@contextmanager
def best_effort_write() -> Iterator[None]:
    """Best-effort write: wait briefly for the lock, then log and carry on instead of failing the request."""
    token, optional = _lock_timeout_ms.set(BEST_EFFORT_TIMEOUT_MS), _is_optional.set(True)
    try:
        yield
    except (OperationalError, InternalError):
        session.rollback()
        logger.warning("Skipped an optional write: the database cannot be written to at the moment.")
    finally:
        _lock_timeout_ms.reset(token)
        _is_optional.reset(optional)


def discard_optional_writes(discard: bool) -> None:  # noqa: FBT001 because the argument is the state
    """Set whether the current request rolls back what it writes in `best_effort_write()`."""
    _discards_optional.set(discard)


@contextmanager
def with_transaction_hook(hook: TransactionHook) -> Iterator[None]:
    """Run a hook with each transaction in the block."""
    token = _transaction_hook.set(hook)
    try:
        yield
    finally:
        _transaction_hook.reset(token)


def prepared(statement: S) -> S:
    """Mark a statement that is built once at import and executed with parameters.

    A statement object memoises its cache key. Building a statement with joins, subqueries or loader options for each
    request takes 0.1 to 0.6 ms, longer than running it and up to a tenth of a page (`make bench`). Short ones take
    less than 0.07 ms and are built where they are used.
    """
    return statement


def lock_row(key: InstrumentedAttribute[int], value: int | None) -> None:
    """Lock the row with a key until the end of the transaction. On SQLite the transaction is the only lock.

    Rows that refer to it can be inserted meanwhile (FOR NO KEY UPDATE, the lock of an UPDATE). With FOR UPDATE such an
    insert waits, and deadlocks if its transaction has locked a row that this one needs next.
    """
    session.execute(select(key).where(key == value).with_for_update(key_share=True))


def load_locked(query: Select[Model]) -> Model | None:
    """Load the first object of a query from the database and lock its row, even if the session has already loaded it."""
    locked = query.with_for_update(key_share=True)
    return session.scalar(locked.execution_options(populate_existing=True))


def read_and_release(query: Select[Any]) -> Sequence[Any]:
    """Read the first column of a query for a scheduled job, and end the transaction.

    The job then locks and checks each row in a transaction of its own.
    """
    values = session.scalars(query).all()
    session.rollback()
    return values


@contextmanager
def failure_logged(key: object) -> Iterator[None]:
    """Handle one row of a scheduled job: a failure is logged with the row's key, and does not stop the other rows."""
    try:
        yield
    except Exception:
        session.rollback()
        logger.exception("A scheduled job failed for the row %s.", key)


def sum_over_rows(handle: Callable[[Key], int], keys: Iterable[Key]) -> int:
    """Call a function for each row of a scheduled job, with `failure_logged`, and return the sum of its results."""
    count = 0
    for key in keys:
        with failure_logged(key):
            count += handle(key)
    return count


def insert_missing(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, skipping those whose key already exists (ON CONFLICT DO NOTHING), in the caller's transaction."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    if rows:
        session.execute(insert(model).on_conflict_do_nothing(), list(rows))


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def engine_options(database_url: str) -> dict[str, object]:
    """Return the options of the engine: logging, and the pool of connections to PostgreSQL."""
    # Parameters of failed statements may be personal data, which must not be logged.
    options: dict[str, object] = {"hide_parameters": True}
    if not database_url.startswith("sqlite"):
        options |= {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10}
    return options


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Set the pragmas for durability, foreign keys and the page cache on each new SQLite connection."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # BEGIN is emitted by the begin event below, not by the driver
    # SQLite's lower() only converts A to Z; a search for "ødeg" must find "Ødegård".
    connection.create_function("lower", 1, _lower, deterministic=True)
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = -{SQLITE_CACHE_KIB}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the beginning: upgrading a read transaction fails if another connection has written."""
    if connection.dialect.name == "sqlite":
        if _writing.get():
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {_lock_timeout_ms.get()}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")
    elif _writing.get() and _lock_timeout_ms.get() != BUSY_TIMEOUT_MS:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_lock_timeout_ms.get()}ms'")


def keyring() -> Keyring:
    """Return the encryption keys that belong to the database of the current session."""
    return keyring_of(session.get_bind().engine.url)
