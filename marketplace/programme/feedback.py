"""Rules of session feedback: its scales, when companies are asked, and how long they can answer."""

import datetime as dt

from marketplace.core import clock
from marketplace.core.dates import end_of_day_after
from marketplace.core.i18n import lazy_gettext as _

ASK_AT = dt.time(18)
"""Local time on the day of a session at which the companies that attended are asked."""
ASK_WITHIN_DAYS = 3
"""Days after a session during which companies are still asked if their attendance is recorded late."""
ANSWER_DAYS = 14
MIN_ANSWERS_FOR_LECTURER = 3
"""Answers that are needed before the lecturer sees any. With fewer, an answer without a name could be traced to a company."""

USEFUL = {number: str(number) for number in range(1, 6)}
PACE = {1: _("Too slow"), 2: _("About right"), 3: _("Too fast")}
USED_BEFORE = {0: _("Nothing"), 1: _("A little"), 2: _("Some"), 3: _("Most of it"), 4: _("All of it")}


def ask_from(starts_at: dt.datetime, ends_at: dt.datetime) -> dt.datetime:
    """Return when companies are asked: the evening of a session, but never before it has ended."""
    return max(clock.from_local(clock.to_local(starts_at).date(), ASK_AT), ends_at)


def answer_deadline(asked_at: dt.datetime) -> dt.datetime:
    """Return the time until which a company can answer and change its answers."""
    return end_of_day_after(asked_at, ANSWER_DAYS)
