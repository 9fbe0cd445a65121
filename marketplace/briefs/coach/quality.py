"""The quality score: 0 to 100, the sum of ten parts with fixed weights, so that the table explains the number."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.briefs.coach.draft import Draft
from marketplace.briefs.coach.messages import raw_words
from marketplace.briefs.coach.suggestions import remarks
from marketplace.briefs.guide import Guide
from marketplace.core.i18n import pick

# What a part needs to be full: words of a text, lines of a list, points of the weights.
GOAL_WORDS, USER_WORDS, STATE_WORDS = 4, 4, 10
PROBLEM_WORDS, BEGUN_PROBLEM_WORDS = 25, 10
SEVERAL_LINES, SOME_LINES, FEW_MUST_HAVES = 3, 2, 3
ALL_POINTS = 100


@dataclass(frozen=True)
class Part:
    """One part of the score: what it has got, of its weight."""

    code: str
    value: int
    maximum: int

    @property
    def label(self) -> str:
        """Return the part's name in the reader's language."""
        return pick(raw_words()["quality"][self.code]["label"])


@dataclass(frozen=True)
class Quality:
    """The score and its parts. Levels: not_ready under 50, can_be_sent under 75, good from 75."""

    score: int
    level: str
    parts: tuple[Part, ...]

    @property
    def label(self) -> str:
        """Return the level in the reader's language."""
        return pick(raw_words()["levels"][self.level]["label"])


def quality(guide: Guide, answers: Mapping[str, Any]) -> Quality:
    """Return a brief's quality: ten parts, whose weights and thresholds stand in `data/guide/coach.yaml`."""
    draft = Draft(guide, answers)
    said = {remark.code for remark in remarks(guide, answers)}
    weights = {code: entry["weight"] for code, entry in raw_words()["quality"].items()}
    parts = tuple(
        Part(code, min(_PARTS[code](draft, said), weight), weight) for code, weight in weights.items()
    )
    score = sum(part.value for part in parts)
    levels = sorted(raw_words()["levels"].items(), key=lambda entry: -entry[1]["from"])
    level = next(code for code, entry in levels if score >= entry["from"])
    return Quality(score, level, parts)


def _goal(draft: Draft, said: set[str]) -> int:
    numbered = bool(draft.text("target")) and "no_target" not in said
    return (
        8 * (draft.words("goal") >= GOAL_WORDS)
        + 4 * bool(draft.text("success_metric"))
        + 4 * numbered
        + 2 * bool(draft.text("baseline"))
        + 2 * bool(draft.text("target_date"))
    )


def _problem(draft: Draft, said: set[str]) -> int:
    words = draft.words("problem")
    told = 8 if words >= PROBLEM_WORDS else 4 if words >= BEGUN_PROBLEM_WORDS else 0
    why = 3 * (words >= BEGUN_PROBLEM_WORDS and "no_why" not in said)
    return told + why + 3 * (draft.words("current_state") >= STATE_WORDS) + bool(draft.items("links"))


def _scope(draft: Draft, _said: set[str]) -> int:
    lines, musts = len(draft.items("deliverables")), len(draft.items("must_have"))
    delivered = 8 if lines >= SEVERAL_LINES else 6 if lines == SOME_LINES else 4 if lines else 0
    return (
        delivered
        + 4 * bool(draft.text("out_of_scope"))
        + (3 if 1 <= musts <= FEW_MUST_HAVES else 1 if musts else 0)
    )


def _audience(draft: Draft, _said: set[str]) -> int:
    return 5 * bool(draft.items("audience")) + 5 * (draft.words("audience_text") >= USER_WORDS)


def _budget(draft: Draft, said: set[str]) -> int:
    band = 6 if draft.band() else 2 if draft.text("budget_band") else 0
    fits = 1 * (draft.band() is not None and "budget_low" not in said)
    monthly = draft.text("monthly_band") not in {"", "unknown"}
    return band + fits + bool(draft.text("budget_rule")) + 2 * monthly


def _timeline(draft: Draft, said: set[str]) -> int:
    finish = draft.day("finish_by")
    clashes = {
        "finish_before_start",
        "decision_before_deadline",
        "short_time",
        "season_launch",
        "holiday_deadline",
    }
    ordered = 3 * (finish is not None and not clashes & said)
    return (
        3 * (finish is not None)
        + ordered
        + bool(draft.text("date_reason"))
        + (draft.day("decision_date") is not None)
    )


def _content(draft: Draft, said: set[str]) -> int:
    rows = draft.guide.question("content").rows
    answered = sum(row in draft.table("content") for row in rows)
    return 5 * answered // len(rows) + 2 * (answered == len(rows) and "content_open" not in said)


def _ownership(draft: Draft, said: set[str]) -> int:
    options = draft.guide.question("ownership").options
    owned = 5 * len(draft.items("ownership")) // len(options)
    return owned + 2 * ("aftercare" in draft.answers and "no_aftercare" not in said)


def _choosing(draft: Draft, said: set[str]) -> int:
    weights = draft.table("weights")
    shared = bool(weights) and sum(weights.values()) == ALL_POINTS
    return 2 * shared + (shared and "price_weight" not in said) + 2 * bool(draft.text("decision_by"))


def _privacy(draft: Draft, _said: set[str]) -> int:
    data = draft.text("personal_data")
    return (2 if data in {"yes", "no"} else 1 if data else 0) + (draft.answers.get("accessibility") is True)


_PARTS: Mapping[str, Callable[[Draft, set[str]], int]] = {
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
