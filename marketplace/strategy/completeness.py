"""Completeness of a strategy: missing fields and phase."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.core.i18n import gettext as _, lazy_gettext as _l, ngettext
from marketplace.strategy.content import StrategyContent

if TYPE_CHECKING:
    from marketplace.strategy.models.actions import Action
    from marketplace.strategy.models.objectives import Objective

MIN_STARTED = 3
"""Required fields that a strategy must have to count as started."""
MIN_OBJECTIVES, MIN_CHANNELS, MIN_ACTIONS = 2, 2, 3
MAX_REVIEW_MONTHS = 12
VISIBILITY = "visibility"
DROPPED = "dropped"


class StrategyPhase(StrEnum):
    """Phase of a strategy, by its filled-in fields. It falls back when a required field is emptied."""

    NOT_STARTED = "not_started"
    STARTED = "started"
    COMPLETE = "complete"


PHASE_LABELS = {
    StrategyPhase.NOT_STARTED: _l("Not started"),
    StrategyPhase.STARTED: _l("Started"),
    StrategyPhase.COMPLETE: _l("Complete"),
}


@dataclass(frozen=True, slots=True)
class MissingField:
    """A required field that is not filled in: its section, its code, and what to do."""

    section: str
    field: str
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


def missing_fields(
    content: StrategyContent, objectives: Sequence["Objective"], actions: Sequence["Action"]
) -> list[MissingField]:
    """Return the required fields that are not filled in, in order."""
    texts = {
        "one_line": "" if content.one_line else _("Write what you make a living from."),
        "vision": "" if content.vision else _("Write where you want to be in two to three years."),
        "offers": "" if content.offers else _("Name at least one thing that you sell."),
        "strengths": "" if content.strengths else _("Give at least one reason why customers choose you."),
        "audiences": "" if content.audiences else _("Describe at least one audience."),
        "objectives": _missing_objectives(objectives),
        "channels": _missing_channels(content),
        "actions": _missing_actions(actions),
        "budget": _missing_budget(content),
        "responsible": "" if content.responsible else _("Write who is responsible."),
        "review_on": "" if content.review_on else _("Choose when to review the plan."),
    }
    return [MissingField(section, field, texts[field]) for section, field in REQUIRED if texts[field]]


def phase(
    content: StrategyContent, objectives: Sequence["Objective"], actions: Sequence["Action"]
) -> StrategyPhase:
    """Return the phase of a strategy."""
    lacking = len(missing_fields(content, objectives, actions))
    if lacking == 0:
        return StrategyPhase.COMPLETE
    return StrategyPhase.STARTED if len(REQUIRED) - lacking >= MIN_STARTED else StrategyPhase.NOT_STARTED


def _missing_objectives(objectives: Sequence["Objective"]) -> str:
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
    return ngettext("Decide on %(num)s more channel.", "Decide on %(num)s more channels.", lacking)


def _missing_actions(actions: Sequence["Action"]) -> str:
    lacking = MIN_ACTIONS - len(current(actions))
    return ngettext("Add %(num)s action.", "Add %(num)s actions.", lacking) if lacking > 0 else ""


def _missing_budget(content: StrategyContent) -> str:
    budget = content.budget
    if None in {budget.once_nok, budget.month_nok, budget.ads_nok, budget.own_hours}:
        return _("Fill in the whole budget. Write 0 where you will not spend anything.")
    return ""


def current(actions: Sequence["Action"]) -> list["Action"]:
    """Return the actions that are not dropped."""
    return [action for action in actions if action.state != DROPPED]
