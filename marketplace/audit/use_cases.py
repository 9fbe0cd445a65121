"""Writing the record, in the transaction of the change itself."""

from marketplace.audit import chain
from marketplace.audit.models import AuditEvent
from marketplace.core import clock
from marketplace.core.viewer import Viewer


def record(actor: Viewer | None, action: str, object_type: str, object_id: object, **details: object) -> None:
    """Add one row: who (None is the clock), for which organisation, did what to which object.

    `action` is a dotted word such as "brief.publish". `details` hold plain JSON values, never a name, a password,
    a token or the content of a proposal: a row can never be changed again. What was before and after in the rows
    that the transaction changes is added by itself. Joins the caller's transaction.
    """
    chain.add(
        AuditEvent(
            at=clock.now(),
            actor_id=actor.user_id if actor else None,
            organisation_id=actor.organisation_id if actor else None,
            action=action,
            object_type=object_type,
            object_id=str(object_id),
            details=dict(details),
        )
    )
