"""Warnings about a strategy that do not prevent it from being complete."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.dates import add_months
from marketplace.core.i18n import format_date, format_money, gettext as _, ngettext
from marketplace.strategy.completeness import current
from marketplace.strategy.content import StrategyContent
from marketplace.strategy.objective_state import ObjectiveTerms
from marketplace.strategy.objective_texts import WARNING_TEXTS
from marketplace.strategy.objective_warnings import (
    ObjectiveWarning,
    Period,
    common_warnings,
    objective_warnings,
)
from marketplace.strategy.prioritizing import find_budget_overrun

if TYPE_CHECKING:
    from marketplace.strategy.models.actions import Action
    from marketplace.strategy.models.objectives import Objective

MAX_YEARS = 3
"""Years ahead from which the target date of an objective is too late."""
MIN_REVIEW_MONTHS = 3
"""Months after the plan was written before which a review comes too soon."""
SELLING_KINDS = frozenset({"sales", "service"})


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """A warning about a section of the strategy."""

    section: str
    text: str


def plan_warnings(  # noqa: PLR0913 because each is a part of the plan or a date that it is compared with
    content: StrategyContent,
    objectives: Sequence["Objective"],
    actions: Sequence["Action"],
    today: dt.date,
    *,
    completed_on: dt.date | None = None,
    periods: Sequence[Period] = (),
) -> list[PlanWarning]:
    """Return the warnings about a strategy, in the order of the sections.

    `completed_on` is when it was first complete, `periods` those of the company's projects.
    """
    return [
        *_audience_warnings(content),
        *_objective_warnings(content, objectives, today, periods),
        *_channel_warnings(content),
        *_action_warnings(content, actions, today),
        *_review_warnings(content, today, completed_on or today),
    ]


def _audience_warnings(content: StrategyContent) -> Iterator[PlanWarning]:
    for audience in content.audiences:
        if not audience.asks:
            yield PlanWarning(
                "customers", _("Write what “%(name)s” ask about before they buy.", name=audience.name)
            )


def _objective_warnings(
    content: StrategyContent,
    objectives: Sequence["Objective"],
    today: dt.date,
    periods: Sequence[Period],
) -> Iterator[PlanWarning]:
    names = {audience.name for audience in content.audiences}
    for objective in objectives:
        for warning in objective_warnings(_terms(objective), today, periods):
            yield PlanWarning("objectives", f"{objective.text}: {WARNING_TEXTS[warning]}")
        if objective.target_on > add_months(today, 12 * MAX_YEARS):
            text = _("The date is more than %(num)s years ahead.", num=MAX_YEARS)
            yield PlanWarning("objectives", f"{objective.text}: {text}")
        if objective.audience and objective.audience not in names:
            yield PlanWarning(
                "objectives", f"{objective.text}: {_('Its audience is no longer in the plan.')}"
            )
    common = common_warnings([_terms(objective) for objective in objectives])
    for warning in common:
        yield PlanWarning("objectives", str(WARNING_TEXTS[warning]))
    is_selling = any(objective.kind in SELLING_KINDS for objective in objectives)
    if objectives and not is_selling and ObjectiveWarning.ONLY_VISITS not in common:
        yield PlanWarning("objectives", _("No objective is about sales or service."))


def _terms(objective: "Objective") -> ObjectiveTerms:
    return ObjectiveTerms(
        objective.direction,
        objective.baseline_milli,
        objective.target_milli,
        objective.target_on,
        baseline_on=objective.baseline_on,
        source=objective.source,
        indicator=objective.indicator,
    )


def _channel_warnings(content: StrategyContent) -> Iterator[PlanWarning]:
    if content.channels and all(channel.decision == "stop" for channel in content.channels):
        yield PlanWarning("channels", _("You stop using all channels. How will customers find you?"))
    unowned = [
        channel
        for channel in content.channels
        if channel.decision in {"start", "improve"} and not channel.owner
    ]
    if unowned:
        yield PlanWarning(
            "channels",
            ngettext(
                "%(num)s channel that you start or improve has nobody responsible.",
                "%(num)s channels that you start or improve have nobody responsible.",
                len(unowned),
            ),
        )


def _action_warnings(
    content: StrategyContent, actions: Sequence["Action"], today: dt.date
) -> Iterator[PlanWarning]:
    kept = current(actions)
    undated = [action for action in kept if action.due_on is None]
    if undated:
        yield PlanWarning(
            "actions",
            ngettext("%(num)s action has no date.", "%(num)s actions have no date.", len(undated)),
        )
    late = [action for action in kept if action.due_on and action.due_on < today and action.state != "done"]
    if late:
        yield PlanWarning(
            "actions", ngettext("%(num)s action is late.", "%(num)s actions are late.", len(late))
        )
    yield from _budget_warnings(content, kept)


def _budget_warnings(content: StrategyContent, kept: Sequence["Action"]) -> Iterator[PlanWarning]:
    costs = [(action.cost_low_nok, action.cost_high_nok) for action in kept]
    over = find_budget_overrun(costs, content.budget.yearly_nok)
    if over:
        yield PlanWarning(
            "budget",
            _("The actions cost %(amount)s more than the budget of the year.", amount=format_money(over)),
        )
    hours = sum(action.own_hours or 0 for action in kept)
    if content.budget.own_hours is not None and hours > 12 * content.budget.own_hours:
        yield PlanWarning(
            "budget",
            _(
                "The actions take %(hours)s hours of your own. You have set aside %(total)s in a year.",
                hours=hours,
                total=12 * content.budget.own_hours,
            ),
        )


def _review_warnings(content: StrategyContent, today: dt.date, written_on: dt.date) -> Iterator[PlanWarning]:
    """Warn of a review that is overdue, or so soon after the plan was written that little can have happened."""
    day = content.review_on
    if day is not None and today <= day < add_months(written_on, MIN_REVIEW_MONTHS):
        yield PlanWarning(
            "budget",
            ngettext(
                "The review is less than %(num)s month after the plan was written. Give the actions time to work.",
                "The review is less than %(num)s months after the plan was written. Give the actions time to work.",
                MIN_REVIEW_MONTHS,
            ),
        )
    if day is not None and day < today:
        yield PlanWarning(
            "budget",
            _(
                "The review was due on %(date)s. Go through the plan and set a new date.",
                date=format_date(day),
            ),
        )
