"""What is remembered of requests, shared by all processes: forms that were taken, how often somebody asks, who is alive."""

import datetime as dt
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, String, Text, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core import clock
from marketplace.core.database import Base, accompanied_by, session, transaction
from marketplace.core.errors import Repeated

logger = logging.getLogger(__name__)
FORM_HOURS = 24


class TakenForm(Base):
    """A form that was taken, kept for a day. `id` is the hash of its token, address and content.

    `answer` is what was answered, sealed with the token, so that the table alone tells nobody anything.
    """

    __tablename__ = "taken_form"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    answer: Mapped[str | None] = mapped_column(Text)


class VisitCount(Base):
    """How many pages somebody has asked for in one minute. `subject` is a hash that tells nobody's address."""

    __tablename__ = "visit_count"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    minute: Mapped[int] = mapped_column(primary_key=True)
    hits: Mapped[int]


class Heartbeat(Base):
    """When a process that works in the background was last alive."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[dt.datetime]


class Claim:
    """Writes that a form is taken into the very transaction that does what it asks for."""

    def __init__(self, form_id: str) -> None:
        self.form_id = form_id
        self.is_kept = False

    def write(self) -> None:
        """Take the form. Raises Repeated when it was taken before; waits while another request is at it."""
        if self.is_kept:
            return
        try:
            session.execute(insert(TakenForm).values(id=self.form_id, at=clock.now()))
        except IntegrityError as error:
            raise Repeated from error

    def written(self) -> None:
        """Remember that the form is taken for good."""
        self.is_kept = True


@contextmanager
def claimed(form_id: str) -> Iterator[Claim]:
    """Let the first transaction in the block take a form. Raises Repeated when it was taken before."""
    claim = Claim(form_id)
    with accompanied_by(claim):
        yield claim


def find_taken(form_id: str) -> TakenForm | None:
    """Return a form that was taken before, as it stands at this moment."""
    session.rollback()
    return session.scalar(select(TakenForm).where(TakenForm.id == form_id))


def keep_answer(form_id: str, answer: str) -> None:
    """Keep what a form was answered with."""
    with transaction():
        session.execute(update(TakenForm).where(TakenForm.id == form_id).values(answer=answer))


def give_back(form_id: str) -> None:
    """Forget a form that came to nothing, so that it can be sent again."""
    with transaction():
        session.execute(delete(TakenForm).where(TakenForm.id == form_id))


def forget_old() -> None:
    """Delete the forms of more than a day ago and the counts of past minutes; a job of the worker."""
    with transaction():
        day_ago = clock.now() - dt.timedelta(hours=FORM_HOURS)
        session.execute(delete(TakenForm).where(TakenForm.at < day_ago))
        session.execute(delete(VisitCount).where(VisitCount.minute < _minute() - 1))


def _minute() -> int:
    return int(clock.now().timestamp()) // 60


def beat(name: str) -> None:
    """Note that a background process is alive."""
    with transaction():
        row = session.get(Heartbeat, name) or Heartbeat(name=name)
        row.at = clock.now()
        session.add(row)


def last_beat(name: str) -> dt.datetime | None:
    """Return when a background process was last alive."""
    return session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))


def count_visit(engine: Engine, subject: str) -> int:
    """Count one more page for somebody and return how many it are in this minute, over all processes.

    Counts are of the moment: they are not waited for until they are on disk, and when the database is locked, full
    or read-only nobody is refused a page for it (0 is returned).
    """
    try:
        if engine.dialect.name == "sqlite":
            return _count_in_file(str(engine.url.database), subject)
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            connection.execute(text("SET LOCAL lock_timeout = '200ms'"))
            row = {"subject": subject, "minute": _minute()}
            return int(connection.execute(text(_COUNT), row).scalar_one())
    except (DBAPIError, sqlite3.Error):
        logger.warning("A visit could not be counted.")
        return 0


_COUNT = (
    "INSERT INTO visit_count (subject, minute, hits) VALUES (:subject, :minute, 1) "
    "ON CONFLICT (subject, minute) DO UPDATE SET hits = visit_count.hits + 1 RETURNING hits"
)


def _count_in_file(path: str, subject: str) -> int:
    """Count in SQLite without waiting for the disk.

    The connection never moves the log into the file itself; those who do, write the log to disk before. So a power
    cut can cost a count, and nothing else.
    """
    connection = sqlite3.connect(path, timeout=0.1, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        row = {"subject": subject, "minute": _minute()}
        return int(connection.execute(_COUNT, row).fetchall()[0][0])
    finally:
        connection.close()
