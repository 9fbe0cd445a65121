"""Quality score of a brief: 0 to 100, the sum of ten weighted parts, so that users can see how it is made up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.briefs.coach.advice import load_texts
from marketplace.briefs.coach.draft_answers import Draft
from marketplace.briefs.coach.suggestions import find_suggestions
from marketplace.briefs.guide import Guide
from marketplace.core.dates import UNKNOWN_MONTH
from marketplace.core.i18n import localized

# Thresholds: words of a text, lines of a list, sum of the weights.
MIN_GOAL_WORDS, MIN_AUDIENCE_WORDS, MIN_CURRENT_STATE_WORDS = 4, 4, 10
FULL_PROBLEM_WORDS, PARTIAL_PROBLEM_WORDS = 25, 10
FULL_DELIVERABLES, PARTIAL_DELIVERABLES, MAX_MUST_HAVES = 3, 2, 3
WEIGHTS_SUM = 100


@dataclass(frozen=True)
class QualityPart:
    """One part of the score: the points given, out of its weight."""

    code: str
    value: int
    maximum: int

    @property
    def label(self) -> str:
        """Name of the part in the user's language."""
        return localized(load_texts()["quality"][self.code]["label"])


@dataclass(frozen=True)
class Quality:
    """The score and its parts. Levels: weak under 50, fair under 75, good from 75.

    A level never says that a brief can be sent: blockers and missing answers decide that.
    """

    score: int
    level: str
    parts: tuple[QualityPart, ...]

    @property
    def label(self) -> str:
        """Name of the level in the user's language."""
        return localized(load_texts()["levels"][self.level]["label"])


def quality(guide: Guide, answers: Mapping[str, Any]) -> Quality:
    """Compute the quality of a brief. Weights and levels are defined in `data/guide/coach.yaml`."""
    draft = Draft(guide, answers)
    suggested = {suggestion.code for suggestion in find_suggestions(guide, answers)}
    weights = {code: entry["weight"] for code, entry in load_texts()["quality"].items()}
    parts = tuple(
        QualityPart(code, min(_SCORERS[code](draft, suggested), weight), weight)
        for code, weight in weights.items()
    )
    score = sum(part.value for part in parts)
    levels = sorted(load_texts()["levels"].items(), key=lambda entry: -entry[1]["from"])
    level = next(code for code, entry in levels if score >= entry["from"])
    return Quality(score, level, parts)


def _goal(draft: Draft, suggested: set[str]) -> int:
    numbered = bool(draft.text("target")) and "no_target" not in suggested
    return (
        8 * (draft.word_count("goal") >= MIN_GOAL_WORDS)
        + 4 * bool(draft.text("success_metric"))
        + 4 * numbered
        + 2 * bool(draft.text("baseline"))
        + 2 * (draft.text("target_date") not in {"", UNKNOWN_MONTH})
    )


def _problem(draft: Draft, suggested: set[str]) -> int:
    words = draft.word_count("problem")
    described = 8 if words >= FULL_PROBLEM_WORDS else 4 if words >= PARTIAL_PROBLEM_WORDS else 0
    why = 3 * (words >= PARTIAL_PROBLEM_WORDS and "no_why" not in suggested)
    return (
        described
        + why
        + 3 * (draft.word_count("current_state") >= MIN_CURRENT_STATE_WORDS)
        + bool(draft.items("links"))
    )


def _scope(draft: Draft, _suggested: set[str]) -> int:
    lines, musts = len(draft.items("deliverables")), len(draft.items("must_have"))
    delivered = 8 if lines >= FULL_DELIVERABLES else 6 if lines == PARTIAL_DELIVERABLES else 4 if lines else 0
    return (
        delivered
        + 4 * bool(draft.text("out_of_scope"))
        + (3 if 1 <= musts <= MAX_MUST_HAVES else 1 if musts else 0)
    )


def _audience(draft: Draft, _suggested: set[str]) -> int:
    return 5 * bool(draft.items("audience")) + 5 * (draft.word_count("audience_text") >= MIN_AUDIENCE_WORDS)


def _budget(draft: Draft, suggested: set[str]) -> int:
    band = 6 if draft.band() else 2 if draft.text("budget_band") else 0
    fits = 1 * (draft.band() is not None and "budget_low" not in suggested)
    monthly = draft.text("monthly_band") not in {"", "unknown"}
    return band + fits + bool(draft.text("budget_rule")) + 2 * monthly


def _timeline(draft: Draft, suggested: set[str]) -> int:
    finish = draft.date("finish_by")
    clashes = {
        "finish_before_start",
        "start_before_decision",
        "decision_before_deadline",
        "short_time",
        "season_launch",
        "holiday_deadline",
    }
    ordered = 3 * (finish is not None and not clashes & suggested)
    return (
        3 * (finish is not None)
        + ordered
        + bool(draft.text("date_reason"))
        + (draft.date("decision_date") is not None)
    )


def _content(draft: Draft, suggested: set[str]) -> int:
    rows = draft.guide.question("content").rows
    answered = sum(row in draft.table("content") for row in rows)
    return 5 * answered // len(rows) + 2 * (answered == len(rows) and "content_open" not in suggested)


def _ownership(draft: Draft, suggested: set[str]) -> int:
    options = draft.guide.question("ownership").options
    owned = 5 * len(draft.items("ownership")) // len(options)
    return owned + 2 * ("aftercare" in draft.answers and "no_aftercare" not in suggested)


def _choosing(draft: Draft, suggested: set[str]) -> int:
    weights = draft.table("weights")
    shared = bool(weights) and sum(weights.values()) == WEIGHTS_SUM
    return 2 * shared + (shared and "price_weight" not in suggested) + 2 * bool(draft.text("decision_by"))


def _privacy(draft: Draft, _suggested: set[str]) -> int:
    data = draft.text("personal_data")
    return (2 if data in {"yes", "no"} else 1 if data else 0) + (draft.answers.get("accessibility") is True)


_SCORERS: Mapping[str, Callable[[Draft, set[str]], int]] = {
    "goal": _goal,
    "problem": _problem,
    "scope": _scope,
    "audience": _audience,
    "budget": _budget,
    "timeline": _timeline,
    "content": _content,
    "ownership": _ownership,
    "choosing": _choosing,
    "privacy": _privacy,
}
