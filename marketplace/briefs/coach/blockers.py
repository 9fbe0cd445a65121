"""The six hard stops: without these a brief cannot be answered, so it is not published."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from marketplace.briefs.coach.draft import Draft
from marketplace.briefs.coach.messages import Advice, advice
from marketplace.briefs.guide import Guide, deadline_limits


def hard_stops(guide: Guide, answers: Mapping[str, Any], today: dt.date, *, confirmed: bool) -> list[Advice]:
    """Return what stops publication, in the order of the guide.

    No service, no deliverable, a problem too short to understand, no answer on the budget, a deadline out of
    bounds, and a brief that the company has not said it has read.
    """
    draft = Draft(guide, answers)
    found = []
    if not draft.items("services"):
        found.append(advice("stops", "no_services"))
    if not draft.items("deliverables"):
        found.append(advice("stops", "no_deliverable"))
    least = guide.question("problem").limits["min_words"]
    if draft.words("problem") < least:
        found.append(advice("stops", "short_problem", count=draft.words("problem"), min=least))
    if not draft.text("budget_band"):
        found.append(advice("stops", "no_budget"))
    earliest, latest = deadline_limits(guide, today)
    deadline = draft.day("response_deadline")
    if deadline is None or not earliest <= deadline <= latest:
        found.append(advice("stops", "bad_deadline", earliest=earliest, latest=latest))
    if not confirmed:
        found.append(advice("stops", "unconfirmed"))
    return found
