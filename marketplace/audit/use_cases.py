"""Writing to the audit log, in the transaction of the change itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.audit import chain
from marketplace.audit.models import AuditEvent
from marketplace.audit.queries import last_actor_id
from marketplace.core import clock
from marketplace.core.database import Base
from marketplace.core.details import details_of
from marketplace.core.optimistic_lock import check_unchanged
from marketplace.core.viewer import Viewer

MAX_DETAIL_LENGTH = 64


def record(actor: Viewer | None, action: str, object_type: str, object_id: object, **details: object) -> None:
    """Add an event: the actor (None for scheduled jobs and commands), the action and its object.

    `action` is a dotted word such as "brief.publish". `details` hold codes, numbers and times, never a name,
    password, token or user text: a row is never changed again and would outlive the person. Raises ValueError for
    a text of several words. Old and new values of changed rows are added automatically. An act of an
    adviser for a company also records the mandate, the garden and the company. Joins the caller's transaction.
    """
    if actor is not None and actor.is_mandated:
        details |= {
            "mandate": actor.mandate_id,
            "by_garden": actor.mandate_garden_id,
            "for_company": actor.organisation_id,
        }
    for name, value in details.items():
        if _is_prose(value):
            message = f"The detail {name} is a text, which could never be erased from the audit log. Store a code instead."
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


def check_object_unchanged(  # noqa: PLR0913, PLR0917 because the object has two parts and its values three states
    viewer: Viewer,
    object_type: str,
    object_id: object,
    expected: str | None,
    current: object,
    submitted: Any,
) -> None:
    """Raise Conflict if an object has changed since the form was rendered. Its message says if the viewer changed it.

    `current` is the row whose details are submitted, or its current values. Call it inside the transaction, with the row
    locked.
    """
    check_unchanged(
        expected,
        details_of(type(submitted), current) if isinstance(current, Base) else current,
        submitted,
        is_own_change=lambda: last_actor_id(object_type, object_id) == viewer.user_id,
    )


def _is_prose(value: object) -> bool:
    """Return True if a detail could hold user text: it has spaces, or is longer than any code."""
    if isinstance(value, str):
        return len(value) > MAX_DETAIL_LENGTH or len(value.split()) > 1
    if isinstance(value, Mapping):
        return any(_is_prose(part) for part in value.values())
    return isinstance(value, Sequence) and any(_is_prose(part) for part in value)
