"""Missing fields and phase of a strategy, and warnings that do not prevent it from being complete.

The functions read objectives and actions by attribute, so that they work on rows and on plain values.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from marketplace.core.dates import add_months
from marketplace.core.i18n import format_date, format_money, ngettext
from marketplace.core.i18n import gettext as _
from marketplace.core.i18n import lazy_gettext as _l
from marketplace.strategy.document import StrategyContent
from marketplace.strategy.measuring import Goal, GoalWarning, common_warnings, goal_warnings
from marketplace.strategy.prioritizing import find_budget_overrun

MIN_STARTED = 3
"""Required fields that a strategy must have to count as started."""
MIN_OBJECTIVES, MIN_CHANNELS, MIN_ACTIONS = 2, 2, 3
MAX_YEARS = 3
"""Years after which the date of an objective is too far ahead."""
MAX_REVIEW_MONTHS = 12
VISIBILITY, SELLING_KINDS = "visibility", frozenset({"sales", "service"})
DROPPED = "dropped"


class ObjectiveFacts(Protocol):
    """The part of an objective that the rules read."""

    @property
    def text(self) -> str: ...  # noqa: D102 because a protocol lists attributes
    @property
    def kind(self) -> str: ...  # noqa: D102 because a protocol lists attributes
    @property
    def direction(self) -> str: ...  # noqa: D102 because a protocol lists attributes
    @property
    def baseline_milli(self) -> int | None: ...  # noqa: D102 because a protocol lists attributes
    @property
    def target_milli(self) -> int: ...  # noqa: D102 because a protocol lists attributes
    @property
    def target_on(self) -> dt.date: ...  # noqa: D102 because a protocol lists attributes
    @property
    def source(self) -> str: ...  # noqa: D102 because a protocol lists attributes
    @property
    def baseline_on(self) -> dt.date | None: ...  # noqa: D102 because a protocol lists attributes
    @property
    def indicator(self) -> str: ...  # noqa: D102 because a protocol lists attributes
    @property
    def audience(self) -> str: ...  # noqa: D102 because a protocol lists attributes


class ActionFacts(Protocol):
    """The part of an action that the rules read."""

    @property
    def what(self) -> str: ...  # noqa: D102 because a protocol lists attributes
    @property
    def state(self) -> str: ...  # noqa: D102 because a protocol lists attributes
    @property
    def own_hours(self) -> int | None: ...  # noqa: D102 because a protocol lists attributes
    @property
    def cost_low_nok(self) -> int | None: ...  # noqa: D102 because a protocol lists attributes
    @property
    def cost_high_nok(self) -> int | None: ...  # noqa: D102 because a protocol lists attributes
    @property
    def due_on(self) -> dt.date | None: ...  # noqa: D102 because a protocol lists attributes


class StrategyPhase(StrEnum):
    """How far a strategy has come. It falls back when a required field is emptied."""

    NOT_STARTED = "not_started"
    STARTED = "started"
    COMPLETE = "complete"


PHASE_LABELS = {
    StrategyPhase.NOT_STARTED: _l("Not started"),
    StrategyPhase.STARTED: _l("Started"),
    StrategyPhase.COMPLETE: _l("Complete"),
}

GOAL_WARNING_TEXTS = {
    GoalWarning.NO_BASELINE: _l("The value today is not known. Measure it within 30 days."),
    GoalWarning.TARGET_EQUALS_BASELINE: _l("The target is the same as the value today."),
    GoalWarning.TARGET_WORSE: _l("The target is worse than the value today."),
    GoalWarning.TARGET_BEFORE_BASELINE: _l("The target date is before the date of the value today."),
    GoalWarning.TARGET_IN_PAST: _l("The target date has passed."),
    GoalWarning.NO_SOURCE: _l("Write where the number comes from."),
    GoalWarning.TOO_MANY: _l("You have more than five objectives. Few of them will be reached."),
    GoalWarning.ONLY_VISITS: _l("All objectives count visits. Add one for sales or service."),
}


@dataclass(frozen=True, slots=True)
class Missing:
    """A required field that is not filled in: its section, its code, and what to do."""

    section: str
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """Something to think through again. It does not prevent the strategy from being complete."""

    section: str
    text: str


REQUIRED = (
    ("company", "one_line"),
    ("company", "vision"),
    ("company", "offers"),
    ("company", "strengths"),
    ("customers", "audiences"),
    ("objectives", "objectives"),
    ("channels", "channels"),
    ("actions", "actions"),
    ("budget", "budget"),
    ("budget", "responsible"),
    ("budget", "review_on"),
)
"""Section and code of the required fields, in the order in which they are filled in."""


def missing(
    content: StrategyContent, objectives: Sequence[ObjectiveFacts], actions: Sequence[ActionFacts]
) -> list[Missing]:
    """Return the required fields that are not filled in, in order."""
    texts = {
        "one_line": "" if content.one_line else _("Write what you live from."),
        "vision": "" if content.vision else _("Write how it should be in two to three years."),
        "offers": "" if content.offers else _("Name at least one thing that you sell."),
        "strengths": "" if content.strengths else _("Give at least one reason why customers choose you."),
        "audiences": "" if content.audiences else _("Describe at least one audience."),
        "objectives": _missing_objectives(objectives),
        "channels": _missing_channels(content),
        "actions": _missing_actions(actions),
        "budget": _missing_budget(content),
        "responsible": "" if content.responsible else _("Write who is responsible."),
        "review_on": "" if content.review_on else _("Choose when you look at the plan again."),
    }
    return [Missing(section, field, texts[field]) for section, field in REQUIRED if texts[field]]


def phase(
    content: StrategyContent, objectives: Sequence[ObjectiveFacts], actions: Sequence[ActionFacts]
) -> StrategyPhase:
    """Return the phase of a strategy."""
    lacking = len(missing(content, objectives, actions))
    if lacking == 0:
        return StrategyPhase.COMPLETE
    return StrategyPhase.STARTED if len(REQUIRED) - lacking >= MIN_STARTED else StrategyPhase.NOT_STARTED


def warnings(
    content: StrategyContent,
    objectives: Sequence[ObjectiveFacts],
    actions: Sequence[ActionFacts],
    today: dt.date,
) -> list[PlanWarning]:
    """Return the warnings about a strategy, in the order of the sections."""
    return [
        *_audience_warnings(content),
        *_objective_warnings(content, objectives, today),
        *_channel_warnings(content),
        *_action_warnings(content, actions, today),
        *_review_warnings(content, today),
    ]


def _missing_objectives(objectives: Sequence[ObjectiveFacts]) -> str:
    lacking = MIN_OBJECTIVES - len(objectives)
    if lacking > 0:
        return ngettext("Add %(num)s objective.", "Add %(num)s objectives.", lacking)
    if not any(objective.kind == VISIBILITY for objective in objectives):
        return _("Add an objective for visibility online.")
    return ""


def _missing_channels(content: StrategyContent) -> str:
    lacking = MIN_CHANNELS - len(content.channels)
    if lacking <= 0:
        return ""
    return ngettext("Decide about %(num)s more channel.", "Decide about %(num)s more channels.", lacking)


def _missing_actions(actions: Sequence[ActionFacts]) -> str:
    lacking = MIN_ACTIONS - len(current(actions))
    return ngettext("Add %(num)s action.", "Add %(num)s actions.", lacking) if lacking > 0 else ""


def _missing_budget(content: StrategyContent) -> str:
    budget = content.budget
    if None in {budget.once_nok, budget.month_nok, budget.ads_nok, budget.own_hours}:
        return _("Fill in the whole budget. Write 0 where you will not spend anything.")
    return ""


def current(actions: Sequence[ActionFacts]) -> list[ActionFacts]:
    """Return the actions that are not dropped."""
    return [action for action in actions if action.state != DROPPED]


def _audience_warnings(content: StrategyContent) -> Iterator[PlanWarning]:
    for audience in content.audiences:
        if not audience.asks:
            yield PlanWarning(
                "customers", _("Write what “%(name)s” ask about before they buy.", name=audience.name)
            )


def _objective_warnings(
    content: StrategyContent, objectives: Sequence[ObjectiveFacts], today: dt.date
) -> Iterator[PlanWarning]:
    names = {audience.name for audience in content.audiences}
    for objective in objectives:
        for warning in goal_warnings(_goal(objective), today):
            yield PlanWarning("objectives", f"{objective.text}: {GOAL_WARNING_TEXTS[warning]}")
        if objective.target_on > add_months(today, 12 * MAX_YEARS):
            yield PlanWarning(
                "objectives", f"{objective.text}: {_('The date is more than three years ahead.')}"
            )
        if objective.audience and objective.audience not in names:
            yield PlanWarning(
                "objectives", f"{objective.text}: {_('Its audience is no longer in the plan.')}"
            )
    common = common_warnings([_goal(objective) for objective in objectives])
    for warning in common:
        yield PlanWarning("objectives", str(GOAL_WARNING_TEXTS[warning]))
    is_selling = any(objective.kind in SELLING_KINDS for objective in objectives)
    if objectives and not is_selling and GoalWarning.ONLY_VISITS not in common:
        yield PlanWarning("objectives", _("No objective is about sales or service."))


def _goal(objective: ObjectiveFacts) -> Goal:
    return Goal(
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
        yield PlanWarning("channels", _("You stop with all channels. How will customers find you?"))
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
    content: StrategyContent, actions: Sequence[ActionFacts], today: dt.date
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


def _budget_warnings(content: StrategyContent, kept: Sequence[ActionFacts]) -> Iterator[PlanWarning]:
    costs = [(action.cost_low_nok, action.cost_high_nok) for action in kept]
    over = find_budget_overrun(costs, content.budget.year_nok)
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


def _review_warnings(content: StrategyContent, today: dt.date) -> Iterator[PlanWarning]:
    day = content.review_on
    if day is not None and day < today:
        yield PlanWarning(
            "budget",
            _(
                "The review was due on %(date)s. Go through the plan and set a new date.",
                date=format_date(day),
            ),
        )
