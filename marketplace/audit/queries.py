"""Reading the audit log and verifying its hash chain."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, or_, select

from marketplace.audit.chain import START, expected_hash
from marketplace.audit.labels import action_names
from marketplace.audit.models import AuditEvent
from marketplace.core.database import session
from marketplace.core.grouping import group
from marketplace.core.pagination import Page, paginate

ANONYMOUS_ACTIONS = frozenset({"question.ask"})
"""Actions shown without user and organisation: questions are read without knowing who asked."""
BATCH_SIZE = 1000


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Conditions on events. Empty values mean all; `actor_ids` is None for all actors.

    Events are from `since` until before `until`. `mandated_for` is the company that business gardens acted for through a mandate.
    """

    action: str = ""
    object_type: str = ""
    object_id: str = ""
    actor_ids: Collection[int] | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    mandated_for: int | None = None


def events(page: int = 1, wanted: EventFilter = EventFilter()) -> Page[AuditEvent]:
    """Return the events, newest first."""
    return paginate(_filtered(wanted).order_by(AuditEvent.id.desc()), page, size=50)


def last_actor_id(object_type: str, object_id: object, action: str = "") -> int | None:
    """Return the id of the user of an object's latest event, or None if there is none."""
    query = _filtered(EventFilter(action=action, object_type=object_type, object_id=str(object_id)))
    event = session.scalar(query.order_by(AuditEvent.id.desc()).limit(1))
    return event.actor_id if event else None


def is_recorded(action: str, object_type: str, object_id: object, **details: object) -> bool:
    """Return True if an action on an object has been recorded, with the given details if there are any."""
    recorded = select(AuditEvent.details).where(
        AuditEvent.object_type == object_type,
        AuditEvent.object_id == str(object_id),
        AuditEvent.action == action,
    )
    return any(details.items() <= found.items() for found in session.scalars(recorded))


def last_recorded_at(action: str, object_type: str, object_id: object) -> dt.datetime | None:
    """Return when an action on an object was last recorded, or None."""
    query = select(AuditEvent.at).where(
        AuditEvent.object_type == object_type,
        AuditEvent.object_id == str(object_id),
        AuditEvent.action == action,
    )
    return session.scalar(query.order_by(AuditEvent.id.desc()).limit(1))


def details_by_object(action: str, object_type: str) -> dict[str, list[Mapping[str, Any]]]:
    """Return the details of all events of an action, oldest first, by the id of the object."""
    wanted = _filtered(EventFilter(action=action, object_type=object_type)).order_by(AuditEvent.id)
    return group((event.object_id, event.details) for event in session.scalars(wanted))


def all_events(wanted: EventFilter) -> Iterator[Sequence[AuditEvent]]:
    """Yield the events in batches, newest first."""
    query = _filtered(wanted).order_by(AuditEvent.id.desc()).limit(BATCH_SIZE)
    batch = session.scalars(query).all()
    while batch:
        yield batch
        if len(batch) < BATCH_SIZE:
            return
        last = batch[-1].id
        session.expunge_all()
        batch = session.scalars(query.where(AuditEvent.id < last)).all()


def _filtered(wanted: EventFilter) -> Select[AuditEvent]:
    query = select(AuditEvent)
    if wanted.action:
        # Some actions end in a number, such as that of a reminder.
        numbered = AuditEvent.action.startswith(f"{wanted.action}_", autoescape=True)
        others = [label for label in action_names() if label.startswith(f"{wanted.action}_")]
        numbered = and_(numbered, AuditEvent.action.not_in(others))
        query = query.where(or_(AuditEvent.action == wanted.action, numbered))
    if wanted.object_type:
        query = query.where(AuditEvent.object_type == wanted.object_type)
    if wanted.object_id:
        query = query.where(AuditEvent.object_id == wanted.object_id)
    if wanted.actor_ids is not None:
        # Events that are listed without a name must not be found by name.
        query = query.where(
            AuditEvent.actor_id.in_(wanted.actor_ids), AuditEvent.action.not_in(ANONYMOUS_ACTIONS)
        )
    if wanted.since:
        query = query.where(AuditEvent.at >= wanted.since)
    if wanted.until:
        query = query.where(AuditEvent.at < wanted.until)
    if wanted.mandated_for is not None:
        company = AuditEvent.details["for_company"].as_integer()
        query = query.where(AuditEvent.organisation_id == wanted.mandated_for, company == wanted.mandated_for)
    return query


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first row that is not as it was written, and the reason."""

    event_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The newest row's id and hash. Stored elsewhere, the hash reveals a truncated log."""

    event_id: int
    hash: str


def head() -> ChainHead | None:
    """Return the newest row's id and hash, or None if the log is empty."""
    row = session.execute(
        select(AuditEvent.id, AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)
    ).first()
    return ChainHead(row.id, row.hash) if row else None


def verify(known_head: str = "") -> tuple[int, ChainFault | None]:
    """Verify the chain from the start; return the number of valid rows, and the first fault or None.

    With `known_head`, an earlier head hash, the chain must contain it: this detects a truncated log.
    """
    previous, count, last, seen = START, 0, 0, not known_head or known_head == START
    for row in _rows_in_order():
        if row.previous_hash != previous:
            return count, ChainFault(row.id, "a row before it was deleted or inserted")
        if row.hash != expected_hash(row):
            return count, ChainFault(row.id, "it was changed after it was written")
        previous, count, last = row.hash, count + 1, row.id
        seen = seen or row.hash == known_head
    if not seen:
        return count, ChainFault(
            last, "the earlier head hash is not in the log: rows after this one were deleted"
        )
    return count, None


def _rows_in_order() -> Iterator[AuditEvent]:
    """Yield all rows in the order they were written, in batches."""
    last = 0
    while True:
        query = select(AuditEvent).where(AuditEvent.id > last).order_by(AuditEvent.id).limit(1000)
        batch = session.scalars(query).all()
        if not batch:
            return
        yield from batch
        last = batch[-1].id
