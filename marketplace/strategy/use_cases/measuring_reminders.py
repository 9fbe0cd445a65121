"""Reminders to measure objectives: one message for all objectives of a company that are due."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, session, sum_over_rows, transaction
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.notices.objectives import measurements_due
from marketplace.strategy.objective_state import last_due
from marketplace.strategy.queries.objectives import readings_of, terms_of
from marketplace.strategy.queries.plan import current_objectives


@clock.not_before(7)
def remind_of_measurements() -> int:
    """Remind the members of companies of objectives whose measurement is due; return the number of companies.

    Idempotent: each due date leads to one reminder, and none is sent again before the next one.
    """
    query = (
        select(Objective)
        .join(Strategy, Strategy.id == Objective.strategy_id)
        .join(Organisation, Organisation.id == Strategy.company_id)
        .where(Objective.removed_at.is_(None), Organisation.is_active)
        .options(selectinload(Objective.measurements))
    )
    found = {one.strategy_id for one in session.scalars(query) if _is_to_remind(one)}
    session.rollback()
    return sum_over_rows(_remind, sorted(found))


def _is_to_remind(objective: Objective) -> bool:
    due = last_due(terms_of(objective), readings_of(objective), clock.today())
    if due is None:
        return False
    return objective.reminded_at is None or clock.to_local(objective.reminded_at).date() < due


def _remind(strategy_id: int) -> bool:
    """Send the reminder of one strategy, unless another process has sent it meanwhile."""
    with transaction():
        strategy = load_locked(select(Strategy).where(Strategy.id == strategy_id))
        if strategy is None:
            return False
        due = [one for one in current_objectives(strategy_id) if _is_to_remind(one)]
        if not due:
            return False
        send(measurements_due(due), recipients_for(strategy.company_id))
        for objective in due:
            objective.reminded_at = clock.now()
            record(None, "objective.remind", "objective", objective.id)
        return True
