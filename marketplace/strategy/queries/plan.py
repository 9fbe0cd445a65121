"""The strategy of a company, with its objectives and actions."""

from dataclasses import dataclass

from sqlalchemy import select

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.strategy.document import StrategyContent, from_json
from marketplace.strategy.models.actions import Action
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import Strategy


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a company. `strategy` is None and all else empty until the company has written something."""

    strategy: Strategy | None
    content: StrategyContent
    objectives: tuple[Objective, ...]
    actions: tuple[Action, ...]


def strategy_of(company_id: int | None) -> Strategy | None:
    """Return the strategy of a company, or None if it has not written anything."""
    return session.scalar(select(Strategy).where(Strategy.company_id == company_id))


def current_objectives(strategy_id: int) -> tuple[Objective, ...]:
    """Return the objectives of a strategy in their order, without removed ones."""
    query = select(Objective).where(Objective.strategy_id == strategy_id, Objective.removed_at.is_(None))
    return tuple(session.scalars(query.order_by(Objective.position, Objective.id)))


def current_actions(strategy_id: int) -> tuple[Action, ...]:
    """Return the actions of a strategy, the oldest first, without removed ones."""
    query = select(Action).where(Action.strategy_id == strategy_id, Action.removed_at.is_(None))
    return tuple(session.scalars(query.order_by(Action.id)))


def plan_of(strategy: Strategy | None) -> Plan:
    """Return a strategy with its content, objectives and actions."""
    if strategy is None:
        return Plan(None, StrategyContent(), (), ())
    return Plan(
        strategy,
        from_json(strategy.content),
        current_objectives(strategy.id),
        current_actions(strategy.id),
    )


def own_plan(viewer: Viewer) -> Plan:
    """Return the plan of the viewer's company."""
    return plan_of(strategy_of(viewer.organisation_id) if viewer.is_company else None)
