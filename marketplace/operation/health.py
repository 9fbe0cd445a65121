"""Health checks. Each returns `OK` or a short description of the fault."""

import datetime as dt
import logging
import os
import shutil
import smtplib
import tempfile
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from marketplace.config import Settings
from marketplace.core import clock, request_state
from marketplace.core.database import session
from marketplace.outbox.delivery import MailTransport, unusable_server
from marketplace.outbox.models import OutboxMail
from marketplace.outbox.queries import overdue_mail_since

logger = logging.getLogger(__name__)
OK = "ok"
MIN_FREE_MEGABYTES = 50
MAX_HEARTBEAT_AGE = dt.timedelta(minutes=3)


def check_database() -> str:
    """Check that the database responds."""
    try:
        session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "does not answer"
    return OK


def check_schema(is_newest: Callable[[], bool]) -> str:
    """Check that the database schema is at the latest version."""
    try:
        return OK if is_newest() else "is not at the latest version: run `marketplace db upgrade`"
    except SQLAlchemyError:
        return "cannot be read"


def check_disk(settings: Settings) -> str:
    """Check that the folders with data are writable and have free space."""
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
    """Check that e-mail is delivered: none is overdue."""
    try:
        since = overdue_mail_since()
    except SQLAlchemyError:
        return "cannot be read"
    if since is not None:
        return f"has waited since {since:%Y-%m-%d %H:%M} UTC"
    return OK


def check_mail_server(settings: Settings) -> str:
    """Check that the mail server accepts a connection with the settings."""
    if settings.mail_host:
        try:
            with MailTransport(settings) as transport:
                transport.connect()
        except (OSError, smtplib.SMTPException) as error:
            return unusable_server(settings, error)
    return OK


def check_worker() -> str:
    """Check that the background worker is alive."""
    try:
        seen = request_state.last_heartbeat("worker")
    except SQLAlchemyError:
        return "cannot be read"
    if seen is None or clock.now() - seen > MAX_HEARTBEAT_AGE:
        return "has never reported" if seen is None else f"has not reported since {seen:%Y-%m-%d %H:%M} UTC"
    return OK


def gauges() -> dict[str, float]:
    """Return current values for the metrics: e-mail counts, and ages in seconds."""
    waiting = select(func.count()).where(OutboxMail.state == "waiting")
    count = session.scalar(waiting) or 0
    oldest = session.scalar(select(func.min(OutboxMail.created_at)).where(OutboxMail.state == "waiting"))
    failed = session.scalar(select(func.count()).where(OutboxMail.state == "failed")) or 0
    expired = session.scalar(select(func.count()).where(OutboxMail.state == "expired")) or 0
    beat = request_state.last_heartbeat("worker")
    now = clock.now()
    return {
        "mails_waiting": count,
        "mails_failed": failed,
        "mails_expired": expired,
        "mail_oldest_waiting_seconds": (now - oldest).total_seconds() if oldest is not None else 0.0,
        "worker_silent_seconds": (now - beat).total_seconds() if beat is not None else -1.0,
    }
