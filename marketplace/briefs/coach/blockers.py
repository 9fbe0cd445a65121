"""The six blockers: problems that make a brief impossible to answer, so that it is not published."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from marketplace.briefs.coach.advice import Advice, advice
from marketplace.briefs.coach.draft_answers import Draft
from marketplace.briefs.guide import Guide, deadline_limits


def find_blockers(
    guide: Guide, answers: Mapping[str, Any], today: dt.date, *, confirmed: bool
) -> list[Advice]:
    """Return the problems that block publication, in the order of the guide.

    They are: no service, no deliverable, a problem description that is missing or too short, no answer about the budget, a reply
    deadline out of bounds, and no confirmation that the company has read the brief.
    """
    draft = Draft(guide, answers)
    blockers = []
    if not draft.items("services"):
        blockers.append(advice("blockers", "no_services"))
    if not draft.items("deliverables"):
        blockers.append(advice("blockers", "no_deliverable"))
    minimum, words = guide.question("problem").limits["min_words"], draft.word_count("problem")
    if not words:
        blockers.append(advice("blockers", "no_problem", min=minimum))
    elif words < minimum:
        blockers.append(advice("blockers", "short_problem", count=words, min=minimum))
    if not draft.text("budget_band"):
        blockers.append(advice("blockers", "no_budget"))
    earliest, latest = deadline_limits(guide, today)
    deadline = draft.date("response_deadline")
    if deadline is None or not earliest <= deadline <= latest:
        blockers.append(advice("blockers", "bad_deadline", earliest=earliest, latest=latest))
    if not confirmed:
        blockers.append(advice("blockers", "unconfirmed"))
    return blockers
