"""Notices of a user."""

from sqlalchemy import select

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.outbox.models import Notice


def notices_to(viewer: Viewer, kind: str | None = None) -> list[Notice]:
    """Return the notices of a user, or those of one kind, oldest first."""
    query = select(Notice).where(Notice.user_id == viewer.user_id).order_by(Notice.id)
    return list(session.scalars(query.where(Notice.kind == kind) if kind else query))
