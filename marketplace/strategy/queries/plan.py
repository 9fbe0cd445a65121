"""The strategy of a company, with its objectives and actions."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, bindparam, exists, select

from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.errors import or_404
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company
from marketplace.strategy import completeness
from marketplace.strategy.content import StrategyContent, from_json
from marketplace.strategy.hooks import find_project_periods
from marketplace.strategy.models.actions import Action
from marketplace.strategy.models.assessment import Assessment
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.plan_warnings import PlanWarning, plan_warnings


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a company. `strategy` is None and all else empty until the company has written something."""

    strategy: Strategy | None
    content: StrategyContent
    objectives: tuple[Objective, ...]
    actions: tuple[Action, ...]

    @property
    def missing(self) -> list[completeness.MissingField]:
        """Required fields that are not filled in."""
        return completeness.missing_fields(self.content, self.objectives, self.actions)

    @property
    def phase(self) -> completeness.StrategyPhase:
        """Phase of the strategy."""
        return completeness.phase(self.content, self.objectives, self.actions)

    @property
    def warnings(self) -> list[PlanWarning]:
        """Warnings about the strategy, which do not prevent it from being complete."""
        if self.strategy is None:
            return plan_warnings(self.content, self.objectives, self.actions, clock.today())
        completed_at = self.strategy.completed_at
        return plan_warnings(
            self.content,
            self.objectives,
            self.actions,
            clock.today(),
            completed_on=clock.to_local(completed_at).date() if completed_at else None,
            periods=find_project_periods(self.strategy.company_id),
        )


_START = prepared(
    select(
        Company,
        Strategy,
        exists().where(Assessment.company_id == Company.id),
        exists().where(Assessment.company_id == Company.id, Assessment.finished_at.is_not(None)),
    )
    .outerjoin(Strategy, Strategy.company_id == Company.id)
    .where(Company.id == bindparam("company_id", type_=Integer()))
)


def strategy_of(company_id: int | None) -> Strategy | None:
    """Return the strategy of a company, or None if it has not written anything."""
    return session.scalar(select(Strategy).where(Strategy.company_id == company_id))


def reached_phases(company_ids: Sequence[int]) -> dict[int, completeness.StrategyPhase]:
    """Return the furthest phase that each started strategy has reached, by the id of its company."""
    query = select(Strategy.company_id, Strategy.completed_at).where(
        Strategy.company_id.in_(company_ids), Strategy.started_at.is_not(None)
    )
    complete, started = completeness.StrategyPhase.COMPLETE, completeness.StrategyPhase.STARTED
    return {
        company_id: complete if completed_at else started
        for company_id, completed_at in session.execute(query)
    }


def current_objectives(strategy_id: int) -> tuple[Objective, ...]:
    """Return the objectives of a strategy in their order, without removed ones."""
    query = select(Objective).where(Objective.strategy_id == strategy_id, Objective.removed_at.is_(None))
    return tuple(session.scalars(query.order_by(Objective.position, Objective.id)))


def current_actions(strategy_id: int) -> tuple[Action, ...]:
    """Return the actions of a strategy, oldest first, without removed ones."""
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


@dataclass(frozen=True, slots=True)
class AssessmentState:
    """Progress of a company with its first self-assessment."""

    is_begun: bool
    is_finished: bool


def own_start(viewer: Viewer) -> tuple[Company, Plan, AssessmentState]:
    """Return the viewer's company with its plan and self-assessment. Raises NotFound for other viewers."""
    params = {"company_id": viewer.organisation_id}
    row = or_404(session.execute(_START, params).one_or_none() if viewer.is_company else None)
    company, strategy, is_begun, is_finished = row
    return company, plan_of(strategy), AssessmentState(bool(is_begun), bool(is_finished))


@dataclass(frozen=True, slots=True)
class HomePlan:
    """The plan of a company: whether it has been complete, when it was changed, and when it is reviewed."""

    is_completed: bool
    updated_at: dt.datetime
    review_on: dt.date | None


def home_plan(company_id: int) -> HomePlan | None:
    """Return the plan of a company, or None if it has not begun."""
    query = select(Strategy.content, Strategy.completed_at, Strategy.updated_at)
    row = session.execute(query.where(Strategy.company_id == company_id)).one_or_none()
    if row is None:
        return None
    return HomePlan(row.completed_at is not None, row.updated_at, from_json(row.content).review_on)
