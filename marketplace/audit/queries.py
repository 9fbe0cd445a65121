"""Reading the record."""

from sqlalchemy import select

from marketplace.audit.models import AuditEvent
from marketplace.core.database import session
from marketplace.core.pages import Page, paginate


def events(page: int = 1, action: str = "", object_type: str = "") -> Page[AuditEvent]:
    """Return what was done, newest first; `action` is the beginning of an action's word."""
    query = select(AuditEvent).order_by(AuditEvent.id.desc())
    if action:
        query = query.where(AuditEvent.action.startswith(action, autoescape=True))
    if object_type:
        query = query.where(AuditEvent.object_type == object_type)
    return paginate(query, page, size=50)


def events_about(object_type: str, object_id: object) -> list[AuditEvent]:
    """Return what was done to one object, oldest first."""
    query = select(AuditEvent).where(
        AuditEvent.object_type == object_type, AuditEvent.object_id == str(object_id)
    )
    return list(session.scalars(query.order_by(AuditEvent.id)))
