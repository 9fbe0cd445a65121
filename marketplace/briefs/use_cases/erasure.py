"""Deletion of drafts, and scheduled erasure of the content of deleted ones."""

from sqlalchemy import delete, exists, select

from marketplace.audit.use_cases import record
from marketplace.briefs.lifecycle import UNDO_DELETE_DAYS, BriefState
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import open_review
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.dates import cutoff_passed
from marketplace.core.viewer import Viewer
from marketplace.files.models import StoredFile

BATCH_SIZE = 100


def delete_in_transaction(by: Viewer | None, brief: Brief) -> None:
    """Delete a draft inside the caller's transaction, and take it back from review. It can be restored for a time."""
    review = open_review(brief)
    if review is not None:
        review.withdrawn_at = clock.now()
    brief.state, brief.deleted_at = BriefState.DELETED, clock.now()
    record(by, "brief.delete", "brief", brief.reference)


def erase_deleted_drafts() -> int:
    """Erase the content of drafts that can no longer be restored, and return their number.

    The row is retained so that its reference is not reused. `closed_at` marks it as erased.
    """
    with transaction():
        now = clock.now()
        due = select(Brief).where(
            Brief.state == BriefState.DELETED,
            Brief.deleted_at < cutoff_passed(days=UNDO_DELETE_DAYS),
            # Earlier versions left the files.
            Brief.closed_at.is_(None) | exists().where(StoredFile.brief_id == Brief.id),
        )
        drafts = session.scalars(
            due.order_by(Brief.id).limit(BATCH_SIZE).with_for_update(skip_locked=True)
        ).all()
        for brief in drafts:
            brief.answers, brief.title, brief.confirmed_topics = {}, "", []
            brief.reviews = []
            session.execute(delete(StoredFile).where(StoredFile.brief_id == brief.id))
            brief.closed_at = now
            record(None, "brief.erase", "brief", brief.reference)
        return len(drafts)
