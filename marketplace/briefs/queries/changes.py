"""Changes between the versions of a brief, and the amendment that has not been sent yet."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from marketplace.briefs import amendment, coach, deadlines, guide
from marketplace.briefs.amendment import Change
from marketplace.briefs.deadlines import latest_extension
from marketplace.briefs.models import BriefVersion
from marketplace.briefs.queries.briefs import BriefView, latest_answers
from marketplace.core import clock
from marketplace.core.i18n import format_date, gettext as _


@dataclass(frozen=True)
class Amendment:
    """A sent amendment: the number and time of the version, and its changes from the previous one."""

    number: int
    at: dt.datetime
    changes: list[Change]


def amendments(brief_view: BriefView) -> list[Amendment]:
    """Return the amendments of a brief that the viewer may see, newest first."""
    pairs = pairwise(brief_view.brief.versions)
    sent = [
        Amendment(new.number, new.published_at, _diff(brief_view, old.answers, new)) for old, new in pairs
    ]
    return [amendment for amendment in reversed(sent) if amendment.changes]


def _diff(brief_view: BriefView, before: Mapping[str, Any], after: BriefVersion) -> list[Change]:
    return amendment.diff_rows(
        brief_view.render_answers(before).rows, brief_view.render_answers(after.answers).rows
    )


@dataclass(frozen=True)
class PendingAmendment:
    """An amendment of a published brief that has not been sent yet.

    `blockers` must be resolved first. `earliest` and `latest` bound the new deadline if one is needed.
    """

    codes: list[str]
    changes: list[Change]
    blockers: list[str]
    needs_deadline: bool
    earliest: dt.date
    latest: dt.date


def pending_amendment(brief_view: BriefView) -> PendingAmendment:
    """Return the changes to a published brief since the last version, and the reasons why they cannot be sent."""
    brief, version = brief_view.brief, brief_view.brief.versions[-1]
    before, after = version.answers, latest_answers(brief)
    questions, today = guide.load(version.guide_version), clock.today()
    codes = amendment.changed_codes(questions, before, after)
    last = clock.to_local(brief.deadline or clock.now()).date()
    earliest = max(deadlines.earliest_amended_deadline(today), last)
    latest = latest_extension(brief.published_at or clock.now())
    needs_deadline = amendment.needs_more_time(codes, today, last)
    blockers = [*_find_blockers(questions, before, after, today)] if codes else []
    if needs_deadline and earliest > latest:
        blockers.append(
            _(
                "Suppliers need %(days)s working days after a change like this, and the deadline cannot be later than %(date)s. Make a copy of the brief instead.",
                days=deadlines.MIN_WORKING_DAYS_AFTER_AMENDMENT,
                date=format_date(latest),
            )
        )
    changes = amendment.diff_rows(
        brief_view.render_answers(before).rows, brief_view.render_answers(after).rows
    )
    return PendingAmendment(codes, changes, blockers, needs_deadline, earliest, latest)


def _find_blockers(
    questions: guide.Guide, before: Mapping[str, Any], after: Mapping[str, Any], today: dt.date
) -> list[str]:
    advices = coach.find_blockers(questions, after, today, confirmed=True)
    covered = {advice.question for advice in advices} | amendment.LOCKED_FIELDS
    blockers = [
        f"{advice.title}. {advice.reason}"
        for advice in advices
        if advice.question not in amendment.LOCKED_FIELDS
    ]
    blockers += [
        problem.question.with_message(problem.text)
        for problem in guide.find_answer_problems(questions, after, today)
        if problem.question.code not in covered
        and after.get(problem.question.code) != before.get(problem.question.code)
    ]
    if not amendment.keeps_categories(before, after):
        blockers.append(
            _("The services must be of the same kinds as before. Make a copy to request something else.")
        )
    return blockers
