"""Reading the record, and checking that nobody has touched it."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.audit.chain import START, expected_hash
from marketplace.audit.models import AuditEvent
from marketplace.core.database import session
from marketplace.core.pagination import Page, paginate


def events(page: int = 1, action: str = "") -> Page[AuditEvent]:
    """Return what was done, newest first; `action` is the beginning of an action's word."""
    query = select(AuditEvent).order_by(AuditEvent.id.desc())
    if action:
        query = query.where(AuditEvent.action.startswith(action, autoescape=True))
    return paginate(query, page, size=50)


def events_about(object_type: str, object_id: object) -> list[AuditEvent]:
    """Return what was done to one object, oldest first."""
    query = select(AuditEvent).where(
        AuditEvent.object_type == object_type, AuditEvent.object_id == str(object_id)
    )
    return list(session.scalars(query.order_by(AuditEvent.id)))


ANONYMOUS_ACTIONS = frozenset({"question.ask"})
"""Acts whose person and organisation no page shows: a question is read without knowing who asked."""


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first row that is not as it was written, and how one can see it."""

    event_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The newest row: its id and hash. Kept elsewhere, it shows that no row was cut off the end."""

    event_id: int
    hash: str


def head() -> ChainHead | None:
    """Return the newest row's id and hash, or None when nothing was recorded."""
    row = session.execute(
        select(AuditEvent.id, AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)
    ).first()
    return ChainHead(row.id, row.hash) if row else None


def verify(known_head: str = "") -> tuple[int, ChainFault | None]:
    """Follow the chain from its start; return how many rows hold, and the first that does not.

    With `known_head`, a hash noted earlier, the chain must come by it: rows cut off the end are found as well.
    """
    previous, count, last, seen = START, 0, 0, not known_head or known_head == START
    for row in _rows_in_order():
        if row.previous_hash != previous:
            return count, ChainFault(row.id, "a row before it is gone, or was put in")
        if row.hash != expected_hash(row):
            return count, ChainFault(row.id, "it was changed after it was written")
        previous, count, last = row.hash, count + 1, row.id
        seen = seen or row.hash == known_head
    if not seen:
        return count, ChainFault(
            last, "the hash noted earlier is not in the record: rows after this one are gone"
        )
    return count, None


def _rows_in_order() -> Iterator[AuditEvent]:
    """Give all rows in the order they were written, some at a time."""
    last = 0
    while True:
        query = select(AuditEvent).where(AuditEvent.id > last).order_by(AuditEvent.id).limit(1000)
        found = session.scalars(query).all()
        if not found:
            return
        yield from found
        last = found[-1].id
