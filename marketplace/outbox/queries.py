"""The viewer's own notices."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, Row, bindparam, func, select

from marketplace.core.database import session
from marketplace.core.pagination import Page, paginate
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


_NOTICE = Notice.__table__.c
_LATEST = (
    select(_NOTICE.locale, _NOTICE.subject, _NOTICE.link_path, _NOTICE.created_at)
    .where(_NOTICE.user_id == bindparam("user_id", type_=Integer))
    .order_by(_NOTICE.created_at.desc(), _NOTICE.id.desc())
    .limit(bindparam("most", type_=Integer))
)
"""Asked of the table itself and made once: every home page asks it, and shows no more of a notice than this."""


def latest_notices(viewer: Viewer, limit: int = 5) -> Sequence[Row[Any, Any, Any, Any]]:
    """Return of the viewer's newest notices what a home page shows: language, subject, link and moment."""
    return session.execute(_LATEST, {"user_id": viewer.user_id, "most": limit}).all()


def unread_count(viewer: Viewer) -> int:
    """Count the viewer's unread notices."""
    query = select(func.count()).where(Notice.user_id == viewer.user_id, Notice.read_at.is_(None))
    return session.scalar(query) or 0
