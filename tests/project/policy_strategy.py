"""Objects of the strategy for the policy tests."""

from typing import Any

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.strategy.models.actions import Action, ToolUse
from marketplace.strategy.models.objectives import Measurement, Objective
from marketplace.strategy.models.plan import Strategy, StrategyComment, StrategyReview, StrategyVersion


def strategy_objects(company_id: int, user_id: int) -> dict[str, Any]:
    """Add a shared strategy of a company, unless it has one, with an action and a comment; return them by URL parameter name."""
    strategy = session.query(Strategy).filter_by(company_id=company_id).first()
    if strategy is None:
        strategy = Strategy(company_id=company_id, content={}, updated_by_id=user_id)
        session.add(strategy)
        session.flush()
    action = Action(
        strategy_id=strategy.id, what="Ta nye bilder", performer="supplier", service_code="med.photo"
    )
    session.add(action)
    session.flush()
    comment = _share(strategy, user_id)
    measurement = _measure(strategy, user_id)
    session.add(ToolUse(company_id=company_id, tool_code="canva", state="in_use"))
    return {
        "action_id": action.id,
        "comment_id": comment.id,
        "tool_code": "canva",
        "objective_id": measurement.objective_id,
        "measurement_id": measurement.id,
        "version_number": 900,
    }


def _measure(strategy: Strategy, user_id: int) -> Measurement:
    """Add an objective with a measurement."""
    objective = Objective(
        strategy_id=strategy.id,
        text="Flere bestillinger",
        kind="sales",
        unit="count",
        direction="up",
        target_milli=90_000,
        target_on=clock.today(),
        rhythm="monthly",
    )
    session.add(objective)
    session.flush()
    measurement = Measurement(
        objective_id=objective.id, measured_on=clock.today(), value_milli=1_000, by_id=user_id
    )
    session.add(measurement)
    session.flush()
    return measurement


def _share(strategy: Strategy, user_id: int) -> StrategyComment:
    """Share a strategy, with an unanswered request for review and a comment by the company."""
    strategy.shared_at = clock.now()
    content = {"content": {"vision": "Flere gjester"}}
    version = StrategyVersion(
        strategy_id=strategy.id, number=900, content=content, saved_by_id=user_id, reason="asked"
    )
    session.add(version)
    session.flush()
    session.add(StrategyReview(strategy_id=strategy.id, version_id=version.id, asked_by_id=user_id))
    comment = StrategyComment(
        strategy_id=strategy.id,
        section="gaps",
        text="Hva mener dere?",
        by_id=user_id,
        organisation_id=strategy.company_id,
    )
    session.add(comment)
    session.flush()
    return comment
