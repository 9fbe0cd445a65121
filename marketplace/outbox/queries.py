"""The viewer's own notices."""

from sqlalchemy import func, select

from marketplace.core.database import session
from marketplace.core.pages import Page, paginate
from marketplace.core.viewer import Viewer
from marketplace.outbox.models import Notice


def notices_for(viewer: Viewer, page: int = 1) -> Page[Notice]:
    """Return the viewer's notices, newest first."""
    query = (
        select(Notice)
        .where(Notice.user_id == viewer.user_id)
        .order_by(Notice.created_at.desc(), Notice.id.desc())
    )
    return paginate(query, page, size=30)


def latest_notices(viewer: Viewer, limit: int = 5) -> list[Notice]:
    """Return the viewer's newest notices."""
    query = (
        select(Notice)
        .where(Notice.user_id == viewer.user_id)
        .order_by(Notice.created_at.desc(), Notice.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def unread_count(viewer: Viewer) -> int:
    """Count the viewer's unread notices."""
    query = select(func.count()).where(Notice.user_id == viewer.user_id, Notice.read_at.is_(None))
    return session.scalar(query) or 0
