"""Rules for deadlines of a brief: extensions, questions, opening, lapse and reminders. Pure functions.

The first reply deadline is limited by the guide file (`min_working_days` and `max_days` of `response_deadline`). The
supplier's and the company's time after an award is in `proposals/award_deadlines.py`.
"""

import datetime as dt

from marketplace.core import clock
from marketplace.core.dates import end_of_day_after, local_date_after

# Extension of the reply deadline.
MAX_EXTENSIONS = 2
"""How many times the reply deadline of a brief can be extended."""
MAX_OPEN_DAYS = 60
"""Days after publication within which an extended deadline must lie."""
MAX_EXTRA_DAYS_WITHOUT_OFFERS = 14
"""Maximum number of days by which a deadline that passed without offers can be extended."""
MIN_EXTRA_WORKING_DAYS_WITHOUT_OFFERS = 2
MIN_WORKING_DAYS_AFTER_AMENDMENT = 5
"""Working days that suppliers get to respond to a material change of a published brief."""

# Questions.
SHORT_WINDOW_WORKING_DAYS = 10
"""A brief that is open for fewer working days than this has a later deadline for questions."""

# Review of a draft that a company asks for.
REVIEW_WORKING_DAYS = 2
"""Working days within which a business garden promises to answer a company that asks it to read a draft."""

# First publication of a company that no business garden knows.
OFFICE_OPENS, OFFICE_CLOSES = dt.time(8), dt.time(16)
"""Local office hours. The business garden has one working day of them to check a first publication."""

# Decision.
LAPSE_AFTER_DAYS = 45
"""Days after the opening of the offers when an undecided brief lapses."""

# Reminders.
QUESTION_REMINDERS = {"company": 2, "garden": 4}
"""Working days after which each recipient is reminded of an unanswered question."""
DECISION_REMINDER_DAYS = (7, 21, 35)
"""Days after the opening when an undecided company is reminded, beside the day on which it wanted to decide."""
GARDEN_REMINDER_DAYS = 21
"""Days after the opening when the garden of an undecided company is notified."""
UNSENT_REMINDER_TIME = dt.time(8)
"""Local time, on the day before the deadline, from which suppliers are reminded of changes that are not sent."""


def can_extend_again(extensions: int) -> bool:
    """Return True if a deadline that has been extended this many times can be extended again."""
    return extensions < MAX_EXTENSIONS


def latest_extension(published: dt.datetime) -> dt.date:
    """Return the latest day to which the deadline of a brief published at this time can be moved."""
    return local_date_after(published, days=MAX_OPEN_DAYS)


def extension_range_without_offers(today: dt.date, published: dt.datetime) -> tuple[dt.date, dt.date]:
    """Return the first and last day that a deadline which passed without offers can be extended to."""
    latest = today + dt.timedelta(days=MAX_EXTRA_DAYS_WITHOUT_OFFERS)
    earliest = clock.add_working_days(today, MIN_EXTRA_WORKING_DAYS_WITHOUT_OFFERS)
    return earliest, min(latest, latest_extension(published))


def is_short_after_amendment(today: dt.date, deadline_day: dt.date) -> bool:
    """Return True if the deadline leaves suppliers too little time after a material change made today."""
    return clock.working_days_between(today, deadline_day) < MIN_WORKING_DAYS_AFTER_AMENDMENT


def earliest_amended_deadline(today: dt.date) -> dt.date:
    """Return the earliest deadline that leaves suppliers enough time after a material change made today."""
    return clock.add_working_days(today, MIN_WORKING_DAYS_AFTER_AMENDMENT)


def question_deadline(published: dt.datetime, deadline: dt.datetime) -> dt.datetime:
    """Return the deadline for questions: three working days before the reply deadline, or one if time is short."""
    first, last = clock.to_local(published).date(), clock.to_local(deadline).date()
    short = clock.working_days_between(first, last) < SHORT_WINDOW_WORKING_DAYS
    return clock.end_of_day(clock.add_working_days(last, -1 if short else -3))


def first_publication_opens_at(submitted: dt.datetime) -> dt.datetime:
    """Return when a first publication opens if the garden does not answer: one working day of office hours later."""
    local = clock.to_local(submitted)
    day, time = local.date(), max(local.time(), OFFICE_OPENS)
    if not clock.is_working_day(day) or time >= OFFICE_CLOSES:
        day, time = clock.add_working_days(day, 1), OFFICE_OPENS
    opens = dt.datetime.combine(clock.add_working_days(day, 1), time, tzinfo=clock.LOCAL_ZONE)
    return opens.astimezone(dt.UTC)


def opened_at(deadline: dt.datetime, opened_early_at: dt.datetime | None) -> dt.datetime:
    """Return when the offers of a brief are opened: at the deadline, or earlier if the company opened them."""
    return min(deadline, opened_early_at) if opened_early_at else deadline


def lapses_at(since: dt.datetime) -> dt.datetime:
    """Return when an undecided brief lapses: at the end of the last day for its decision."""
    return end_of_day_after(since, LAPSE_AFTER_DAYS)


def question_reminders_due(asked: dt.datetime, now: dt.datetime) -> frozenset[str]:
    """Return the recipients whose reminder of a question is due: first the company, later its garden too."""
    first, today = clock.to_local(asked).date(), clock.to_local(now).date()
    waited = clock.working_days_between(first, today)
    return frozenset(recipient for recipient, days in QUESTION_REMINDERS.items() if waited >= days)


def is_review_reminder_due(asked: dt.datetime, now: dt.datetime) -> bool:
    """Return True from the day on which a company expects the answer to its draft."""
    first, today = clock.to_local(asked).date(), clock.to_local(now).date()
    return clock.working_days_between(first, today) >= REVIEW_WORKING_DAYS


def decision_reminder_due(
    since: dt.datetime, now: dt.datetime, decides_on: dt.date | None = None
) -> int | None:
    """Return the days after the opening of the last reminder that is due, or None. Each is due when its day is over.

    On the morning of the day that the company has told suppliers, `decides_on`, it is reminded too, unless one of the
    other reminders is due then or a day later.
    """
    due = set(DECISION_REMINDER_DAYS)
    if decides_on is not None:
        day_before = (decides_on - clock.to_local(since).date()).days - 1
        if day_before >= 0 and day_before + 1 not in due:
            due.add(day_before)
    return max((days for days in due if now > end_of_day_after(since, days)), default=None)


def unsent_reminder_at(deadline: dt.datetime) -> dt.datetime:
    """Return when suppliers are reminded of changes that are not sent: on the morning before the deadline's day."""
    return clock.from_local(local_date_after(deadline, days=-1), UNSENT_REMINDER_TIME)


def is_unsent_reminder_due(reminded_at: dt.datetime | None, deadline: dt.datetime, now: dt.datetime) -> bool:
    """Return True if a supplier should be reminded of changes that are not sent before this deadline."""
    begins = unsent_reminder_at(deadline)
    return begins <= now and (reminded_at is None or reminded_at < begins)
