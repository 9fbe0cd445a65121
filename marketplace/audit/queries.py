"""Reading the audit log and verifying its hash chain."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.audit.chain import START, expected_hash
from marketplace.audit.models import AuditEvent
from marketplace.core.database import session
from marketplace.core.pagination import Page, paginate


def events(page: int = 1, action: str = "") -> Page[AuditEvent]:
    """Return the events, newest first; `action` is a prefix of the action."""
    query = select(AuditEvent).order_by(AuditEvent.id.desc())
    if action:
        query = query.where(AuditEvent.action.startswith(action, autoescape=True))
    return paginate(query, page, size=50)


ANONYMOUS_ACTIONS = frozenset({"question.ask"})
"""Actions shown without user and organisation: questions are read without knowing who asked."""


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
