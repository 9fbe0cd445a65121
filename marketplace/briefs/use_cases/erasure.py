"""What the clock does: drafts that were deleted long ago lose what was written in them."""

import datetime as dt

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.briefs.lifecycle import UNDO_DELETE_DAYS, State
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session, transaction

AT_A_TIME = 100


def erase_deleted_drafts() -> int:
    """Erase what drafts held that were deleted so long ago that they cannot be taken back; return how many.

    The reference stays, so that it is never given again; `closed_at` says that nothing is left to erase.
    """
    with transaction():
        now = clock.now()
        since = now - dt.timedelta(days=UNDO_DELETE_DAYS)
        due = select(Brief).where(
            Brief.state == State.DELETED, Brief.deleted_at <= since, Brief.closed_at.is_(None)
        )
        found = session.scalars(
            due.order_by(Brief.id).limit(AT_A_TIME).with_for_update(skip_locked=True)
        ).all()
        for brief in found:
            brief.answers, brief.title, brief.confirmed_topics = {}, "", []
            brief.reviews = []
            brief.closed_at = now
            record(None, "brief.erase", "brief", brief.reference)
        return len(found)
