"""Reminders to go through a plan on the review date that the company has set."""

import datetime as dt

from sqlalchemy import select

from marketplace.audit.queries import is_recorded
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, session, sum_over_rows, transaction
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send
from marketplace.strategy.content import from_json
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.notices.plan import plan_review_due

MAX_DAYS = 2
"""Number of days on which the reminder can be sent, so that it is not lost if the service is down on the first."""
SENT = "strategy.remind_review"


@clock.not_before(7)
def remind_of_plan_reviews() -> int:
    """Remind companies on the review date of their plan; return the number of companies. A scheduled job.

    Each review date leads to one reminder.
    """
    today = clock.today()
    days = [(today - dt.timedelta(days=late)).isoformat() for late in range(MAX_DAYS)]
    query = (
        select(Strategy.id, Strategy.content)
        .join(Organisation, Organisation.id == Strategy.company_id)
        .where(
            Organisation.is_active,
            Strategy.completed_at.is_not(None),
            Strategy.content["review_on"].as_string().in_(days),
        )
        .order_by(Strategy.id)
    )
    rows = session.execute(query).all()
    due = [row.id for row in rows if not _is_sent(row.id, from_json(row.content).review_on)]
    session.rollback()
    return sum_over_rows(_remind, due)


def _remind(strategy_id: int) -> bool:
    with transaction():
        # The lock makes a second process wait until the first has recorded the reminder.
        strategy = load_locked(select(Strategy).where(Strategy.id == strategy_id))
        review_on = from_json(strategy.content).review_on if strategy else None
        if strategy is None or review_on is None or _is_sent(strategy_id, review_on):
            return False
        send(plan_review_due(review_on), recipients_for(strategy.company_id))
        record(None, SENT, "strategy", strategy_id, review_on=review_on.isoformat())
        return True


def _is_sent(strategy_id: int, review_on: dt.date | None) -> bool:
    return is_recorded(SENT, "strategy", strategy_id, review_on=str(review_on))
