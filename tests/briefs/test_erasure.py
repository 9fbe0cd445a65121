"""Erasure of deleted drafts after thirty days."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.audit.models import AuditEvent
from marketplace.briefs import use_cases
from marketplace.briefs.models import Brief, BriefReview
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.dates import local_date_after
from marketplace.core.errors import NotFound
from marketplace.files.models import StoredFile
from marketplace.worker import JOBS, run_worker
from tests.factories import briefs


@pytest.fixture
def deleted(market, time_machine):
    """Reference of a draft that had a file, was reviewed and then deleted."""
    time_machine.move_to(clock.now(), tick=False)
    brief = briefs.draft(market.owner)
    session.add(
        StoredFile(brief_id=brief.id, name="kart.pdf", media_type="application/pdf", size=4, data=b"kart")
    )
    session.commit()
    use_cases.ask_for_review(market.owner, brief.reference, "Hva synes dere om prisen?")
    use_cases.cancel_review(market.owner, brief.reference)
    use_cases.delete_draft(market.owner, brief.reference)
    return brief.reference


def erased():
    return session.scalars(select(AuditEvent.object_id).where(AuditEvent.action == "brief.erase")).all()


def test_deleted_draft_is_kept_while_restorable(market, deleted, time_machine):
    last = local_date_after(clock.now(), days=30)
    time_machine.move_to(clock.end_of_day(last), tick=False)
    assert use_cases.erase_deleted_drafts() == 0
    assert use_cases.restore_draft(market.owner, deleted).answers["problem"]


def test_deleted_draft_is_erased_after_thirty_days(market, deleted, time_machine):
    last = local_date_after(clock.now(), days=30)
    time_machine.move_to(clock.end_of_day(last) + dt.timedelta(seconds=1), tick=False)
    with pytest.raises(NotFound):
        use_cases.restore_draft(market.owner, deleted)
    assert use_cases.erase_deleted_drafts() == 1
    row = session.scalars(select(Brief).where(Brief.reference == deleted)).one()
    assert (row.state, row.answers, row.title, row.confirmed_topics) == ("deleted", {}, "", [])
    assert not session.scalars(select(BriefReview)).all()
    assert not session.scalars(select(StoredFile)).all()
    assert erased() == [deleted]
    assert use_cases.create_draft(market.owner).reference != deleted


def test_erasure_runs_once_per_draft(deleted, time_machine):
    time_machine.shift(dt.timedelta(days=31))
    assert use_cases.erase_deleted_drafts() == 1
    assert use_cases.erase_deleted_drafts() == 0
    assert erased() == [deleted]


def test_files_that_an_earlier_version_left_are_erased(deleted, time_machine):
    time_machine.shift(dt.timedelta(days=31))
    brief = session.scalars(select(Brief).where(Brief.reference == deleted)).one()
    brief.closed_at = clock.now()
    session.commit()
    assert (use_cases.erase_deleted_drafts(), use_cases.erase_deleted_drafts()) == (1, 0)
    assert not session.scalars(select(StoredFile)).all()


def test_only_deleted_drafts_are_erased(market, deleted, time_machine):
    kept, out = briefs.draft(market.owner).reference, briefs.published(market.owner).reference
    use_cases.restore_draft(market.owner, deleted)
    time_machine.shift(dt.timedelta(days=400))
    assert use_cases.erase_deleted_drafts() == 0
    for reference in (kept, out, deleted):
        assert session.scalars(select(Brief).where(Brief.reference == reference)).one().answers["problem"]


def test_worker_erases_deleted_drafts(app: Flask, deleted, time_machine):
    assert use_cases.erase_deleted_drafts in JOBS
    time_machine.shift(dt.timedelta(days=31))
    session.commit()
    run_worker(app, once=True)
    session.rollback()
    assert erased() == [deleted]
