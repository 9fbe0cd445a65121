"""How the parts of the service are, as they are found at this moment."""

import datetime as dt
import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, make_url, or_, select, text
from sqlalchemy.exc import SQLAlchemyError

from marketplace.config import Settings
from marketplace.core import clock, request_state
from marketplace.core.database import session
from marketplace.outbox.models import OutboxMail

logger = logging.getLogger(__name__)
OK = "ok"
MIN_FREE_MEGABYTES = 50
MAX_MAIL_AGE = dt.timedelta(minutes=10)
MAX_HEARTBEAT_AGE = dt.timedelta(minutes=3)


def check_database() -> str:
    """Say whether the database answers."""
    try:
        session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "does not answer"
    return OK


def check_schema(is_newest: Callable[[], bool]) -> str:
    """Say whether the tables are those that this program knows."""
    try:
        return OK if is_newest() else "is not at the newest version: run `marketplace db upgrade`"
    except SQLAlchemyError:
        return "cannot be read"


def check_disk(settings: Settings) -> str:
    """Say whether the folders that are written to take a file and have room."""
    folders = {settings.instance_path}
    if settings.database_url.startswith("sqlite"):
        folders.add(Path(str(make_url(settings.database_url).database)).parent)
    for folder in folders:
        try:
            with tempfile.NamedTemporaryFile(dir=folder, prefix=".health-") as file:
                file.write(b"x" * 4096)
                file.flush()
                os.fsync(file.fileno())
            free = shutil.disk_usage(folder).free
        except OSError:
            return "cannot be written to"
        if free < MIN_FREE_MEGABYTES * 1024 * 1024:
            return f"has less than {MIN_FREE_MEGABYTES} MB left"
    return OK


def check_mail() -> str:
    """Say whether mails go out: none that the mail server would take has waited for more than ten minutes.

    An address that is refused is the address's fault and tells nothing of ours.
    """
    refused = OutboxMail.last_error.startswith("SMTPRecipientsRefused")
    late = OutboxMail.created_at < clock.now() - MAX_MAIL_AGE
    tried_or_due = or_(OutboxMail.attempts > 0, OutboxMail.next_attempt_at < clock.now() - MAX_MAIL_AGE)
    oldest = select(func.min(OutboxMail.created_at)).where(
        OutboxMail.state == "waiting", late, tried_or_due, ~refused
    )
    try:
        since = session.scalar(oldest)
    except SQLAlchemyError:
        return "cannot be read"
    if since is not None:
        return f"has waited since {since:%Y-%m-%d %H:%M} UTC"
    return OK


def check_worker() -> str:
    """Say whether the worker is alive."""
    try:
        seen = request_state.last_beat("worker")
    except SQLAlchemyError:
        return "cannot be read"
    if seen is None or clock.now() - seen > MAX_HEARTBEAT_AGE:
        return "has not been heard of" if seen is None else f"is silent since {seen:%Y-%m-%d %H:%M} UTC"
    return OK


def gauges() -> dict[str, float]:
    """Return the numbers of this moment, for metrics: mails in seconds and counts, the worker's silence in seconds."""
    waiting = select(func.count()).where(OutboxMail.state == "waiting")
    count = session.scalar(waiting) or 0
    oldest = session.scalar(select(func.min(OutboxMail.created_at)).where(OutboxMail.state == "waiting"))
    failed = session.scalar(select(func.count()).where(OutboxMail.state == "failed")) or 0
    beat = request_state.last_beat("worker")
    now = clock.now()
    return {
        "mails_waiting": count,
        "mails_failed": failed,
        "mail_oldest_waiting_seconds": (now - oldest).total_seconds() if oldest is not None else 0.0,
        "worker_silent_seconds": (now - beat).total_seconds() if beat is not None else -1.0,
    }
