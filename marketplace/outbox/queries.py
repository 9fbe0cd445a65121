"""The viewer's notices."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, bindparam, func, or_, select

from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound
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
_LATEST = prepared(
    select(_NOTICE.id, _NOTICE.locale, _NOTICE.subject, _NOTICE.link_path, _NOTICE.created_at)
    .where(_NOTICE.user_id == bindparam("user_id", type_=Integer))
    .order_by(_NOTICE.created_at.desc(), _NOTICE.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
"""Built once, on the table rather than the entity: every home page runs it, and shows only these columns."""


def latest_notices(viewer: Viewer, limit: int = 5) -> Sequence[Row[Any, Any, Any, Any, Any]]:
    """Return id, language, subject, link and time of the viewer's newest notices."""
    return session.execute(_LATEST, {"user_id": viewer.user_id, "limit": limit}).all()


def unread_count(viewer: Viewer) -> int:
    """Return the number of the viewer's unread notices."""
    query = select(func.count()).where(Notice.user_id == viewer.user_id, Notice.read_at.is_(None))
    return session.scalar(query) or 0


def notice_for(viewer: Viewer, notice_id: int) -> Notice:
    """Return one of the viewer's notices. Raises NotFound."""
    notice = session.get(Notice, notice_id)
    if notice is None or notice.user_id != viewer.user_id:
        raise NotFound
    return notice


def _links_to(viewer: Viewer, path: str) -> ColumnElement[bool]:
    """Build the SQL condition that a notice of the viewer links to a page, or to a heading on it."""
    same_page = or_(Notice.link_path == path, Notice.link_path.startswith(f"{path}#", autoescape=True))
    return (Notice.user_id == viewer.user_id) & same_page


def latest_notice_about(viewer: Viewer, path: str) -> Notice | None:
    """Return the viewer's newest notice that links to a page, or None."""
    query = select(Notice).where(_links_to(viewer, path)).order_by(Notice.created_at.desc(), Notice.id.desc())
    return session.scalar(query.limit(1))


def unread_notices_about(viewer: Viewer, path: str) -> Sequence[int]:
    """Return the ids of the viewer's unread notices that link to a page."""
    return session.scalars(select(Notice.id).where(_links_to(viewer, path), Notice.read_at.is_(None))).all()
