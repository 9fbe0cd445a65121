"""Briefs and the plan of their company: the parts of an action that can be copied, and the briefs made from actions."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from marketplace.briefs.from_action import (
    ActionTexts,
    ObjectiveTexts,
    Part,
    PlanFacts,
    find_parts,
    season_clash,
)
from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.models import Brief, BriefVersion
from marketplace.briefs.queries.briefs import BriefSummary, phase_of
from marketplace.core import clock, taxonomy
from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound
from marketplace.core.grouping import group
from marketplace.core.i18n import language_in_sentence, use_locale
from marketplace.core.viewer import Viewer
from marketplace.strategy.content import Offer
from marketplace.strategy.indicators import indicators
from marketplace.strategy.models.actions import Action
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.objective_state import Status
from marketplace.strategy.prioritizing import OPEN_STATES, Performer, find_budget_overrun
from marketplace.strategy.queries.objectives import view_objective
from marketplace.strategy.queries.plan import Plan, own_plan
from marketplace.strategy.queries.tools import tools_in_use
from marketplace.strategy.strategy_template import code_label, strategy_template
from marketplace.strategy.units import format_value


@dataclass(frozen=True, slots=True)
class ActionSource:
    """An action from which a brief can be made: its parts, and what the company should think of first.

    `overrun_nok` is the amount by which the open actions exceed the budget of the year; `clash` is an offer that is in
    season when the job should be done.
    """

    action: Action
    objective: Objective | None
    parts: Sequence[Part]
    overrun_nok: int
    budget_nok: int | None
    clash: Offer | None

    @property
    def is_ready(self) -> bool:
        """True if a supplier is to do the action and its service is chosen."""
        return self.action.performer == Performer.SUPPLIER and self.action.service_code in taxonomy.services()


def action_source(viewer: Viewer, action_id: int) -> ActionSource:
    """Return an action of the viewer's company, with texts in the language of its plan. Raises NotFound."""
    plan = own_plan(viewer)
    action = next((one for one in plan.actions if one.id == action_id), None)
    if action is None or plan.strategy is None:
        raise NotFound
    objective = next((one for one in plan.objectives if one.id == action.objective_id), None)
    budget = plan.content.budget.yearly_nok
    costs = [(one.cost_low_nok, one.cost_high_nok) for one in plan.actions if one.state in OPEN_STATES]
    with use_locale(plan.strategy.language):
        parts = find_parts(
            _plan_facts(plan), _action_facts(action), _objective_facts(objective), clock.today()
        )
    return ActionSource(
        action,
        objective,
        parts,
        find_budget_overrun(costs, budget),
        budget,
        season_clash(action.due_on, plan.content.offers),
    )


def _plan_facts(plan: Plan) -> PlanFacts:
    template = strategy_template()
    return PlanFacts(
        plan.content,
        channel_names={code: code_label(template.channels, code) for code in template.channels},
        state_names={code: code_label(template.states, code) for code in template.states},
        language_names={code: _language_name(code) for code in template.languages},
        tools=tools_in_use(plan.strategy.company_id if plan.strategy else None),
    )


def _language_name(code: str) -> str:
    return language_in_sentence(code_label(strategy_template().languages, code))


def _action_facts(action: Action) -> ActionTexts:
    service = taxonomy.services().get(action.service_code)
    return ActionTexts(
        what=action.what,
        service_code=action.service_code,
        related_services=service.related if service else (),
        channel=action.channel,
        cost_low_nok=action.cost_low_nok,
        cost_high_nok=action.cost_high_nok,
        start_on=action.start_on,
        due_on=action.due_on,
    )


def _objective_facts(objective: Objective | None) -> ObjectiveTexts | None:
    if objective is None:
        return None
    ready_made = indicators().get(objective.indicator)
    state = view_objective(objective).state
    today_milli = state.latest.value_milli if state.latest else objective.baseline_milli
    is_reached = state.status is Status.REACHED
    return ObjectiveTexts(
        text=objective.text,
        kind=objective.kind,
        indicator=objective.indicator,
        indicator_name=ready_made.name if ready_made else objective.indicator_name,
        today="" if today_milli is None else format_value(today_milli, objective.unit),
        target="" if is_reached else format_value(objective.target_milli, objective.unit),
        target_on=None if is_reached else objective.target_on,
        source=objective.source,
        audience=objective.audience,
    )


def briefs_of_actions(viewer: Viewer, action_ids: Sequence[int]) -> dict[int, list[BriefSummary]]:
    """Return the briefs of the viewer's company made from actions, by the id of the action, oldest first."""
    query = (
        select(
            Brief.reference, Brief.title, Brief.state, Brief.deadline, Brief.opened_early_at, Brief.action_id
        )
        .where(
            Brief.company_id == viewer.organisation_id,
            Brief.action_id.in_(action_ids),
            Brief.state != BriefState.DELETED,
        )
        .order_by(Brief.id)
    )
    rows: Iterable[Any] = session.execute(query) if viewer.is_company else ()
    return group((brief.action_id, BriefSummary(brief, "company", phase_of(brief))) for brief in rows)


def draft_of_action(viewer: Viewer, action_id: int) -> Brief | None:
    """Return the newest unpublished brief that the viewer's company has made from an action, or None."""
    query = select(Brief).where(
        Brief.company_id == viewer.organisation_id,
        Brief.action_id == action_id,
        Brief.state.in_([BriefState.DRAFT, BriefState.IN_REVIEW, BriefState.WAITING]),
    )
    return session.scalar(query.order_by(Brief.id.desc()).limit(1))


def objective_of(viewer: Viewer, brief: Brief) -> Objective | None:
    """Return the objective that a brief of the viewer's company serves, or None."""
    if brief.objective_id is None or viewer.organisation_id != brief.company_id:
        return None
    objective = session.get(Objective, brief.objective_id)
    return objective if objective is not None and objective.removed_at is None else None


@dataclass(frozen=True, slots=True)
class PublishedQuality:
    """Quality of a brief at its first publication, 0 to 100."""

    reference: str
    title: str
    quality: int
    published_at: dt.datetime


_QUALITY = prepared(
    select(Brief.reference, BriefVersion.title, BriefVersion.quality, BriefVersion.published_at)
    .join(BriefVersion.brief)
    .where(
        Brief.company_id == bindparam("company_id"),
        BriefVersion.number == 1,
        BriefVersion.quality.is_not(None),
    )
    .order_by(BriefVersion.published_at, BriefVersion.id)
)


def quality_history(viewer: Viewer) -> list[PublishedQuality]:
    """Return the quality of the briefs of the viewer's company in the order of publication, where it is known."""
    if not viewer.is_company:
        return []
    rows = session.execute(_QUALITY, {"company_id": viewer.organisation_id})
    return [PublishedQuality(row.reference, row.title, row.quality or 0, row.published_at) for row in rows]
