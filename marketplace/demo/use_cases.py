"""Filling a database with the demo's world, by living through what has happened in it."""

import datetime as dt
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from rich.progress import Progress
from sqlalchemy import inspect, select, text, update

from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import Base, session, transaction
from marketplace.core.errors import Conflict
from marketplace.core.i18n import use_locale
from marketplace.database import triggers
from marketplace.demo.fixtures import World
from marketplace.demo.people import demo_people
from marketplace.demo.seed_briefs import tell_briefs
from marketplace.demo.seed_offers import tell_offers
from marketplace.demo.seed_organisations import tell_companies, tell_gardens, tell_suppliers
from marketplace.demo.seed_publication import tell_publication
from marketplace.demo.timeline import History
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.sourcing.use_cases import refit

__all__ = ["Holds", "demo_people", "fill", "holds", "reset"]

FILLED = "demo.fill"

NOTICES_UNREAD_DAYS = 7
MAILS_WAITING_DAYS = 1


class Holds(StrEnum):
    """What is in the database before the demo is told."""

    NOTHING = "nothing"
    DEMO = "demo"
    OTHER = "other"


def holds() -> Holds:
    """Return what is in the database: nothing, the demo's world and what was added to it, or anything else."""
    if not inspect(session.connection()).has_table(AuditEvent.__tablename__):
        return Holds.NOTHING
    if session.scalar(select(AuditEvent.id).where(AuditEvent.action == FILLED).limit(1)) is not None:
        return Holds.DEMO
    somebody = session.scalar(select(User.id).limit(1)) or session.scalar(select(AuditEvent.id).limit(1))
    return Holds.OTHER if somebody else Holds.NOTHING


def reset() -> None:
    """Empty the database, all of it, when it is the demo's. Raises Conflict for any other."""
    with transaction():
        if holds() is Holds.OTHER:
            message = "The database holds data that the demo did not make."
            raise Conflict(message)
        tables = list(reversed(Base.metadata.sorted_tables))
        triggers.remove(session.connection())
        if session.get_bind().dialect.name == "postgresql":
            names = ", ".join(table.name for table in tables)
            session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        else:
            for table in tables:
                session.execute(table.delete())
        triggers.install(session.connection())


def fill(progress: Progress) -> None:
    """Write the demo's world into an empty database, the same each time but for the day it is told on.

    The first row says that the demo made the database, so that nothing else is ever emptied by `reset`.
    """
    history, world = History(clock.today()), World()
    for tell in (tell_gardens, tell_companies, tell_suppliers, tell_briefs, tell_publication, tell_offers):
        tell(history, world)
    with use_locale("nb"), _without_collecting():
        with clock.as_of(history.begins), transaction():
            record(None, FILLED, "database", "demo")
        history.live(progress)
        _settle()
        with clock.as_of(clock.start_of_day(history.today)):
            refit()


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Let nobody look for circles among the objects meanwhile: about a tenth of the time, for nothing in seconds."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _settle() -> None:
    """Let people have read what is old, and leave only yesterday's mails to be sent."""
    now = clock.now()
    with transaction():
        old = Notice.created_at < now - dt.timedelta(days=NOTICES_UNREAD_DAYS)
        session.execute(update(Notice).where(old).values(read_at=Notice.created_at))
        sent = OutboxMail.created_at < now - dt.timedelta(days=MAILS_WAITING_DAYS)
        session.execute(
            update(OutboxMail).where(sent).values(state="sent", sent_at=OutboxMail.created_at, attempts=1)
        )
        # Nobody has waited for the others yet: the worker gets them now.
        session.execute(update(OutboxMail).where(OutboxMail.state == "waiting").values(next_attempt_at=now))
