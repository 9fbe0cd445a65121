"""Writing the record, in the transaction of the change itself."""

from collections.abc import Mapping, Sequence

from marketplace.audit import chain
from marketplace.audit.models import AuditEvent
from marketplace.core import clock
from marketplace.core.viewer import Viewer

MAX_DETAIL_LENGTH = 64


def record(actor: Viewer | None, action: str, object_type: str, object_id: object, **details: object) -> None:
    """Add one row: who (None is the clock), for which organisation, did what to which object.

    `action` is a dotted word such as "brief.publish". `details` hold codes, numbers and moments, never a name, a
    password, a token or what somebody wrote: a row can never be changed again, and would outlive the person. Raises
    ValueError for a text of several words. What was before and after in the rows that the transaction changes is added
    by itself. Joins the caller's transaction.
    """
    for name, value in details.items():
        if _is_prose(value):
            message = f"The detail {name} is a text, and the audit log can forget nobody. Keep a code there instead."
            raise ValueError(message)
    chain.enqueue(
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


def _is_prose(value: object) -> bool:
    """Say whether somebody's words may stand in a detail: what has spaces, or is longer than any code."""
    if isinstance(value, str):
        return len(value) > MAX_DETAIL_LENGTH or len(value.split()) > 1
    if isinstance(value, Mapping):
        return any(_is_prose(part) for part in value.values())
    return isinstance(value, Sequence) and any(_is_prose(part) for part in value)
