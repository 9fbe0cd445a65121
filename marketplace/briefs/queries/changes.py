"""What differs between the versions of a brief, as a reader may see it, and the change that is not sent yet."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from marketplace.briefs import amendment, coach, guide
from marketplace.briefs.amendment import Change
from marketplace.briefs.lifecycle import latest_extension
from marketplace.briefs.models import BriefVersion
from marketplace.briefs.queries.briefs import BriefView, written_answers
from marketplace.core import clock
from marketplace.core.i18n import format_date
from marketplace.core.i18n import gettext as _


@dataclass(frozen=True)
class Amendment:
    """A change that was sent: the version it made, when, and what differs from the one before."""

    number: int
    at: dt.datetime
    changes: list[Change]


def amendments(brief_view: BriefView) -> list[Amendment]:
    """Return the changes of a brief that the reader may see, the newest first."""
    versions = brief_view.brief.versions
    pairs = pairwise(versions)
    found = [
        Amendment(new.number, new.published_at, _difference(brief_view, old.answers, new))
        for old, new in pairs
    ]
    return [one for one in reversed(found) if one.changes]


def _difference(brief_view: BriefView, before: Mapping[str, Any], after: BriefVersion) -> list[Change]:
    return amendment.difference(brief_view.worded_of(before).rows, brief_view.worded_of(after.answers).rows)


@dataclass(frozen=True)
class Pending:
    """A change of a published brief that is not sent yet.

    `stops` say what must be mended first. `earliest` and `latest` bound the new deadline when one is needed.
    """

    codes: list[str]
    changes: list[Change]
    stops: list[str]
    needs_deadline: bool
    earliest: dt.date
    latest: dt.date


def pending_change(brief_view: BriefView) -> Pending:
    """Return what the company has changed in a published brief since it was last sent, and what stops it."""
    brief, version = brief_view.brief, brief_view.brief.versions[-1]
    before, after = version.answers, written_answers(brief)
    questions, today = guide.load(version.guide_version), clock.today()
    codes = amendment.changed(questions, before, after)
    last = clock.to_local(brief.deadline or clock.now()).date()
    earliest = max(amendment.earliest_deadline(today), last)
    latest = latest_extension(brief.published_at or clock.now())
    needs = amendment.needs_more_time(codes, today, last)
    stops = [*_faults(questions, before, after, today)] if codes else []
    if needs and earliest > latest:
        stops.append(
            _(
                "Suppliers need five working days after a change like this, and the deadline cannot be later than %(date)s. Make a copy of the brief instead.",
                date=format_date(latest),
            )
        )
    changes = amendment.difference(brief_view.worded_of(before).rows, brief_view.worded_of(after).rows)
    return Pending(codes, changes, stops, needs, earliest, latest)


def _faults(
    questions: guide.Guide, before: Mapping[str, Any], after: Mapping[str, Any], today: dt.date
) -> list[str]:
    advices = coach.find_blockers(questions, after, today, confirmed=True)
    told = {advice.question for advice in advices} | amendment.STANDS
    found = [f"{one.title}. {one.reason}" for one in advices if one.question not in amendment.STANDS]
    found += [
        f"{gap.question.short}: {gap.text}"
        for gap in guide.find_gaps(questions, after, today)
        if gap.question.code not in told and after.get(gap.question.code) != before.get(gap.question.code)
    ]
    if not amendment.keeps_trade(before, after):
        found.append(
            _("The services must be of the same kinds as before. Make a copy to request something else.")
        )
    return found
