"""Reminders to continue a self-assessment or a strategy that has been left half done for a week."""

import datetime as dt
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.audit.queries import is_recorded
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import failure_logged, load_locked, session, transaction
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.messages import Message
from marketplace.outbox.use_cases import send
from marketplace.strategy.models.assessment import Assessment
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.notices.assessment import assessment_half_done
from marketplace.strategy.notices.plan import strategy_half_done

IDLE_DAYS = 7
"""Days from the last change until the reminder."""
MAX_DAYS = 2
"""Number of days on which the reminder can be sent, so that it is not lost if the service is down on the first."""


@clock.not_before(7)
def remind_of_half_done_work() -> int:
    """Remind companies of a half-done self-assessment or strategy; return the number of reminders. A scheduled job.

    Each self-assessment and each strategy leads to one reminder at most. A company that has an unfinished
    self-assessment from the same days or later is not reminded of its strategy.
    """
    today = clock.today()
    since, until = (
        clock.from_local(today - dt.timedelta(days=days), dt.time())
        for days in (IDLE_DAYS + MAX_DAYS - 1, IDLE_DAYS - 1)
    )
    active = select(Organisation.id).where(Organisation.is_active)
    unfinished = Assessment.finished_at.is_(None) & (Assessment.updated_at >= since)
    assessments = select(Assessment).where(
        unfinished, Assessment.updated_at < until, Assessment.company_id.in_(active)
    )
    strategies = select(Strategy).where(
        Strategy.completed_at.is_(None),
        Strategy.updated_at >= since,
        Strategy.updated_at < until,
        Strategy.company_id.in_(active),
        Strategy.company_id.not_in(select(Assessment.company_id).where(unfinished)),
    )
    return _remind(
        "assessment", assessments, Assessment.id, assessment_half_done(), "assessment.remind_half_done"
    ) + _remind("strategy", strategies, Strategy.id, strategy_half_done(), "strategy.remind_half_done")


def _remind(
    kind: str,
    query: Select[Any],
    key: InstrumentedAttribute[int],
    message: Message,
    action: str,
) -> int:
    row_ids = session.scalars(query.with_only_columns(key).order_by(key)).all()
    due = [row_id for row_id in row_ids if not is_recorded(action, kind, row_id)]
    session.rollback()
    count = 0
    for row_id in due:
        with failure_logged(row_id), transaction():
            # The lock makes a second process wait until the first has recorded the reminder.
            row = load_locked(query.where(key == row_id))
            if row is not None and not is_recorded(action, kind, row_id):
                send(message, recipients_for(row.company_id))
                record(None, action, kind, row_id)
                count += 1
    return count
