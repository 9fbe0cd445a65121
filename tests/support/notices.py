"""Notices that users have received, and queued e-mail."""

from sqlalchemy import select, update

from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.viewer import Viewer
from marketplace.outbox.models import Notice, OutboxMail


def notices_to(viewer: Viewer, kind: str | None = None) -> list[Notice]:
    """Return the notices of a user, or those of one kind, oldest first."""
    query = select(Notice).where(Notice.user_id == viewer.user_id).order_by(Notice.id)
    return list(session.scalars(query.where(Notice.kind == kind) if kind else query))


def notice_kinds(viewer: Viewer) -> list[str]:
    """Return the kinds of a user's notices, oldest first."""
    return [notice.kind for notice in notices_to(viewer)]


def recipients_of(*kinds: str) -> set[int]:
    """Return the ids of the users with a notice of one of the kinds, or with any notice."""
    query = select(Notice.user_id)
    return set(session.scalars(query.where(Notice.kind.in_(kinds)) if kinds else query))


def mark_mail_sent() -> None:
    """Mark all queued e-mail as sent, as the worker does."""
    with transaction():
        waiting = update(OutboxMail).where(OutboxMail.state == "waiting")
        session.execute(waiting.values(state="sent", sent_at=clock.now(), sealed_link=""))
