"""The questions of the outcome questionnaire and their answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.core.i18n import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the labels of its answers by code."""

    label: Any
    answers: Mapping[str, Any]


STORY_LABELS = {
    "": _("No, do not show a story"),
    "unnamed": _("Yes, without our name"),
    "named": _("Yes, with our name"),
}
"""Answers to whether others may read the story, by code."""

QUESTIONS = {
    "on_time": Question(
        _("Was it finished on time?"),
        {"yes": _("Yes"), "late": _("Up to a month late"), "no": _("Later, or not at all")},
    ),
    "within_price": Question(
        _("Did the price stay as agreed?"),
        {"yes": _("Yes"), "over": _("Up to 10 per cent more"), "no": _("More than that")},
    ),
    "goal_met": Question(
        _("Did you reach the goal?"),
        {"yes": _("Yes"), "partly": _("Partly"), "no": _("No"), "too_early": _("Too early to say")},
    ),
    "order_again": Question(
        _("Would you order from them again?"), {"yes": _("Yes"), "maybe": _("Maybe"), "no": _("No")}
    ),
}
