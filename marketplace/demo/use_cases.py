"""Load the demo data by replaying its history."""

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
from marketplace.demo.fixtures import Fixtures
from marketplace.demo.people import demo_people
from marketplace.demo.seed_assessments import seed_assessments
from marketplace.demo.seed_briefs import seed_briefs
from marketplace.demo.seed_casework import seed_casework
from marketplace.demo.seed_course import seed_course
from marketplace.demo.seed_finances import seed_finances
from marketplace.demo.seed_mandates import seed_mandates
from marketplace.demo.seed_offers import seed_offers
from marketplace.demo.seed_organisations import seed_companies, seed_gardens, seed_suppliers
from marketplace.demo.seed_plans import seed_plans
from marketplace.demo.seed_publication import seed_publication
from marketplace.demo.seed_strategies import seed_strategies
from marketplace.demo.timeline import Timeline
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.sourcing.use_cases import refit

__all__ = ["DatabaseContent", "database_content", "demo_people", "fill", "reset"]

FILLED = "demo.fill"

NOTICES_UNREAD_DAYS = 7
MAILS_WAITING_DAYS = 1
FIRST_FIT_DAY = -313
"""Day on which the index is fitted for the first time, before the first brief is published."""


class DatabaseContent(StrEnum):
    """Kind of data in the database before loading."""

    NOTHING = "nothing"
    DEMO = "demo"
    OTHER = "other"


def database_content() -> DatabaseContent:
    """Return the kind of data in the database: none, demo data with later additions, or other data."""
    if not inspect(session.connection()).has_table(AuditEvent.__tablename__):
        return DatabaseContent.NOTHING
    if session.scalar(select(AuditEvent.id).where(AuditEvent.action == FILLED).limit(1)) is not None:
        return DatabaseContent.DEMO
    somebody = session.scalar(select(User.id).limit(1)) or session.scalar(select(AuditEvent.id).limit(1))
    return DatabaseContent.OTHER if somebody else DatabaseContent.NOTHING


def reset() -> None:
    """Delete all data if the database contains demo data or none. Raises Conflict for other data."""
    with transaction():
        if database_content() is DatabaseContent.OTHER:
            message = "The database contains data that is not demo data."
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
    """Load the demo data into an empty database. The result depends only on today's date.

    The first row identifies the database as a demo, so that `reset` never deletes other data.
    """
    timeline, fixtures = Timeline(clock.today()), Fixtures()
    for seed in (
        seed_gardens,
        seed_companies,
        seed_suppliers,
        seed_course,
        seed_assessments,
        seed_plans,
        seed_casework,
        seed_strategies,
        seed_briefs,
        seed_publication,
        seed_offers,
        seed_mandates,
        seed_finances,
    ):
        seed(timeline, fixtures)
    # As the worker does. Without this, the index would be fitted again for almost every brief.
    timeline.add_scheduled(FIRST_FIT_DAY, refit)
    with use_locale("nb"), _garbage_collection_paused():
        with clock.as_of(timeline.start), transaction():
            record(None, FILLED, "database", "demo")
        timeline.run(progress)
        _process_old_messages()
        with clock.as_of(clock.start_of_day(timeline.today)):
            refit()


@contextmanager
def _garbage_collection_paused() -> Iterator[None]:
    """Pause garbage collection, which would take a tenth of the time and free little memory."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _process_old_messages() -> None:
    """Mark old notices as read and old e-mails as sent, so that only yesterday's e-mails are queued."""
    now = clock.now()
    with transaction():
        old = Notice.created_at < now - dt.timedelta(days=NOTICES_UNREAD_DAYS)
        session.execute(update(Notice).where(old).values(read_at=Notice.created_at))
        sent = OutboxMail.created_at < now - dt.timedelta(days=MAILS_WAITING_DAYS)
        session.execute(
            update(OutboxMail)
            .where(sent)
            .values(state="sent", sent_at=OutboxMail.created_at, attempts=1, sealed_link="")
        )
        # The remaining e-mails are due now, so that the worker sends them at once.
        session.execute(update(OutboxMail).where(OutboxMail.state == "waiting").values(next_attempt_at=now))
