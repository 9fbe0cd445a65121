"""Writing the record, in the transaction of the change itself."""

from marketplace.audit.models import AuditEvent
from marketplace.core.database import session
from marketplace.core.viewer import Viewer


def record(actor: Viewer | None, action: str, object_type: str, object_id: object, **details: object) -> None:
    """Add one row: who (None is the clock), for which organisation, did what to which object.

    `action` is a dotted word such as "brief.publish". `details` hold plain JSON values, never a password, a
    token or the content of a proposal. Joins the caller's transaction.
    """
    session.add(
        AuditEvent(
            actor_id=actor.user_id if actor else None,
            organisation_id=actor.organisation_id if actor else None,
            action=action,
            object_type=object_type,
            object_id=str(object_id),
            details=dict(details),
        )
    )
