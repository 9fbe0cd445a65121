"""Objects of the strategy for the policy tests."""

from typing import Any

from marketplace.core.database import session
from marketplace.strategy.models.actions import Action
from marketplace.strategy.models.plan import Strategy


def strategy_objects(company_id: int, user_id: int) -> dict[str, Any]:
    """Add a strategy of a company with an action, unless it has one; return them by URL parameter name."""
    strategy = session.query(Strategy).filter_by(company_id=company_id).first()
    if strategy is None:
        strategy = Strategy(company_id=company_id, content={}, updated_by_id=user_id)
        session.add(strategy)
        session.flush()
    action = Action(strategy_id=strategy.id, what="Ta nye bilder", performer="self")
    session.add(action)
    session.flush()
    return {"action_id": action.id}
