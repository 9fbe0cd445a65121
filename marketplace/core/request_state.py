"""Cross-process request state: processed forms, rate counters, worker heartbeats."""

import datetime as dt
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, String, Text, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core import clock
from marketplace.core.database import Base, session, transaction, with_transaction_hook
from marketplace.core.errors import AlreadyProcessed

logger = logging.getLogger(__name__)
PROCESSED_FORM_HOURS = 24


class ProcessedForm(Base):
    """A form that has been processed, stored for a day. `id` is the hash of its CSRF token, URL and content.

    `answer` is the response, encrypted with a key derived from the CSRF token: the table alone reveals nothing.
    """

    __tablename__ = "taken_form"
    __retention__ = {"answer": "deleted after a day with the idempotency key: purge of processed forms"}

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    answer: Mapped[str | None] = mapped_column(Text)


class RateCounter(Base):
    """Number of requests by one client within one minute. `subject` is a keyed hash, so no address is stored."""

    __tablename__ = "visit_count"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    minute: Mapped[int] = mapped_column(primary_key=True)
    hits: Mapped[int]


class Heartbeat(Base):
    """Last sign of life from a background process."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[dt.datetime]


class IdempotencyKey:
    """Transaction hook that records a form as processed in the same transaction as the change that the form asks for."""

    def __init__(self, form_id: str) -> None:
        self.form_id = form_id
        self.is_committed = False

    def on_begin(self) -> None:
        """Insert the key. Raises AlreadyProcessed if it exists; waits while another request is processing it."""
        if self.is_committed:
            return
        try:
            session.execute(insert(ProcessedForm).values(id=self.form_id, at=clock.now()))
        except IntegrityError as error:
            raise AlreadyProcessed from error

    def on_commit(self) -> None:
        """Note that the key is committed, so that later transactions of the request do not insert it again."""
        self.is_committed = True


@contextmanager
def claim(form_id: str) -> Iterator[IdempotencyKey]:
    """Claim a form with the first transaction in the block. Raises AlreadyProcessed if it was claimed before."""
    key = IdempotencyKey(form_id)
    with with_transaction_hook(key):
        yield key


def find_processed_form(form_id: str) -> ProcessedForm | None:
    """Return a form that was processed before, or None. A new transaction begins, so that commits of others are seen."""
    session.rollback()
    return session.scalar(select(ProcessedForm).where(ProcessedForm.id == form_id))


def store_answer(form_id: str, answer: str) -> None:
    """Store the encrypted response to a processed form."""
    with transaction():
        session.execute(update(ProcessedForm).where(ProcessedForm.id == form_id).values(answer=answer))


def release(form_id: str) -> None:
    """Delete the key of a form that was rejected, so that it can be sent again."""
    with transaction():
        session.execute(delete(ProcessedForm).where(ProcessedForm.id == form_id))


def purge_expired() -> None:
    """Delete forms processed more than a day ago and counters of past minutes. Run by the worker."""
    with transaction():
        oldest = clock.now() - dt.timedelta(hours=PROCESSED_FORM_HOURS)
        session.execute(delete(ProcessedForm).where(ProcessedForm.at < oldest))
        session.execute(delete(RateCounter).where(RateCounter.minute < _current_minute() - 1))


def _current_minute() -> int:
    return int(clock.now().timestamp()) // 60


def record_heartbeat(name: str) -> None:
    """Record that a background process is alive."""
    with transaction():
        row = session.get(Heartbeat, name) or Heartbeat(name=name)
        row.at = clock.now()
        session.add(row)


def last_heartbeat(name: str) -> dt.datetime | None:
    """Return the time of a background process's last heartbeat, or None."""
    return session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))


def count_request(engine: Engine, subject: str) -> int:
    """Count a request of a client and return its requests in the current minute, across all processes.

    Counters need not survive a crash, so the commit does not wait for the disk. When the database is locked, full
    or read-only, 0 is returned: counting must not fail the request.
    """
    try:
        if engine.dialect.name == "sqlite":
            return _count_in_sqlite(str(engine.url.database), subject)
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            connection.execute(text("SET LOCAL lock_timeout = '200ms'"))
            row = {"subject": subject, "minute": _current_minute()}
            return int(connection.execute(text(_UPSERT), row).scalar_one())
    except (DBAPIError, sqlite3.Error):
        logger.warning("Could not count a request for the rate limit.")
        return 0


_UPSERT = (
    "INSERT INTO visit_count (subject, minute, hits) VALUES (:subject, :minute, 1) "
    "ON CONFLICT (subject, minute) DO UPDATE SET hits = visit_count.hits + 1 RETURNING hits"
)


def _count_in_sqlite(path: str, subject: str) -> int:
    """Count in SQLite without waiting for fsync.

    A power cut can lose a count, but not damage the database: this connection checkpoints the WAL into the database file
    only when it closes as the last one, and then with fsync, as all others do.
    """
    connection = sqlite3.connect(path, timeout=0.1, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        row = {"subject": subject, "minute": _current_minute()}
        return int(connection.execute(_UPSERT, row).fetchall()[0][0])
    finally:
        connection.execute("PRAGMA synchronous = FULL")
        connection.close()
