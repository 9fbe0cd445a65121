"""The viewer's notices, and e-mail that is overdue."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Integer, Row, String, and_, bindparam, func, or_, select

from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound
from marketplace.core.pagination import Page, paginate
from marketplace.core.viewer import Viewer
from marketplace.outbox.models import Notice, NoticePreference, OutboxMail
from marketplace.outbox.topics import Delivery, Topic

MAX_MAIL_AGE = dt.timedelta(minutes=10)


def overdue_mail_since() -> dt.datetime | None:
    """Return the time of the oldest e-mail that should have been sent over ten minutes ago, or None.

    Rejected addresses are the recipient's fault and do not count.
    """
    limit = clock.now() - MAX_MAIL_AGE
    query = select(func.min(OutboxMail.created_at)).where(
        OutboxMail.state == "waiting",
        OutboxMail.created_at < limit,
        or_(OutboxMail.attempts > 0, OutboxMail.next_attempt_at < limit),
        ~OutboxMail.last_error.startswith("SMTPRecipientsRefused"),
    )
    return session.scalar(query)


def notices_for(viewer: Viewer, page: int = 1) -> Page[Notice]:
    """Return the viewer's notices, newest first."""
    query = (
        select(Notice)
        .where(Notice.user_id == viewer.user_id)
        .order_by(Notice.created_at.desc(), Notice.id.desc())
    )
    return paginate(query, page, size=30)


_NOTICE = Notice.__table__.c


def latest_notices(viewer: Viewer, limit: int = 5) -> Sequence[Row[Any, Any, Any, Any, Any]]:
    """Return id, language, subject, link and time of the viewer's newest notices."""
    query = select(_NOTICE.id, _NOTICE.locale, _NOTICE.subject, _NOTICE.link_path, _NOTICE.created_at)
    query = query.where(_NOTICE.user_id == viewer.user_id)
    return session.execute(query.order_by(_NOTICE.created_at.desc(), _NOTICE.id.desc()).limit(limit)).all()


def notice_for(viewer: Viewer, notice_id: int) -> Notice:
    """Return one of the viewer's notices. Raises NotFound."""
    notice = session.get(Notice, notice_id)
    if notice is None or notice.user_id != viewer.user_id:
        raise NotFound
    return notice


_HEADING = bindparam("heading", type_=String)
# Not LIKE: SQLite prepares a statement again whenever the parameter of LIKE changes.
LINKS_TO_PAGE = or_(
    _NOTICE.link_path == bindparam("path"),
    func.substr(_NOTICE.link_path, 1, func.length(_HEADING)) == _HEADING,
)
"""Condition that a notice links to a page, or to a heading on it, for the parameters of `link_params`."""
_OF_USER = and_(Notice.user_id == bindparam("user_id", type_=Integer), LINKS_TO_PAGE)
_LATEST_ABOUT = select(Notice).where(_OF_USER).order_by(Notice.created_at.desc(), Notice.id.desc()).limit(1)
_UNREAD_ABOUT = prepared(select(_NOTICE.id).where(_OF_USER, Notice.read_at.is_(None)))


def link_params(path: str) -> dict[str, Any]:
    """Return the parameters of `LINKS_TO_PAGE`. No message links to a path with NUL, which PostgreSQL rejects."""
    path = path.replace("\x00", "%00")
    return {"path": path, "heading": f"{path}#"}


def latest_notice_about(viewer: Viewer, path: str) -> Notice | None:
    """Return the viewer's newest notice that links to a page, or None."""
    return session.scalar(_LATEST_ABOUT, {"user_id": viewer.user_id, **link_params(path)})


def unread_notices_about(viewer: Viewer, path: str) -> Sequence[int]:
    """Return the ids of the viewer's unread notices that link to a page."""
    return session.scalars(_UNREAD_ABOUT, {"user_id": viewer.user_id, **link_params(path)}).all()


def users_without_mail(topic: Topic, user_ids: Collection[int]) -> set[int]:
    """Return which of the given users get no e-mail about a topic, only messages on the site."""
    query = select(NoticePreference.user_id).where(
        NoticePreference.user_id.in_(user_ids),
        NoticePreference.topic == topic,
        NoticePreference.delivery == Delivery.OFF,
    )
    return set(session.scalars(query))
