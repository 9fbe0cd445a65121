"""State machines of a brief and of a clarification question.

A published brief is stored as published. Whether it is open or being evaluated is derived from its deadline.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from marketplace.core import clock
from marketplace.core.dates import local_date_after
from marketplace.core.i18n import lazy_gettext as _


class BriefState(StrEnum):
    """Stored state of a brief."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    WAITING = "waiting"
    PUBLISHED = "published"
    AWARDED = "awarded"
    DELIVERED = "delivered"
    NO_AWARD = "no_award"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    TERMINATED = "terminated"
    DELETED = "deleted"


class Phase(StrEnum):
    """Current phase of a brief, derived from its state, its deadline and the time."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    WAITING = "waiting"
    OPEN = "open"
    EVALUATING = "evaluating"
    AWARDED = "awarded"
    DELIVERED = "delivered"
    NO_AWARD = "no_award"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    TERMINATED = "terminated"
    DELETED = "deleted"


class BriefActor(StrEnum):
    """Role in which somebody acts on a brief."""

    OWNER = "company owner"
    MEMBER = "company member"
    GARDEN = "the company's business garden"
    SCHEDULER = "scheduler"


PHASE_LABELS = {
    Phase.DRAFT: _("Draft"),
    Phase.IN_REVIEW: _("With the business garden"),
    Phase.WAITING: _("Waiting to open"),
    Phase.OPEN: _("Open for offers"),
    Phase.EVALUATING: _("Being evaluated"),
    Phase.AWARDED: _("Awarded"),
    Phase.DELIVERED: _("Delivered"),
    Phase.NO_AWARD: _("No supplier chosen"),
    Phase.WITHDRAWN: _("Withdrawn"),
    Phase.LAPSED: _("Lapsed"),
    Phase.TERMINATED: _("Ended early"),
    Phase.DELETED: _("Deleted"),
}

_COMPANY = frozenset({BriefActor.OWNER, BriefActor.MEMBER})
_OWNER = frozenset({BriefActor.OWNER})
_GARDEN = frozenset({BriefActor.GARDEN})
_SCHEDULER = frozenset({BriefActor.SCHEDULER})


@dataclass(frozen=True, slots=True)
class BriefTransition:
    """Transition of a brief: the phases it starts from, the state it leads to, and the actors allowed to make it."""

    name: str
    sources: frozenset[Phase]
    target: BriefState
    actors: frozenset[BriefActor]


_OUT = frozenset({Phase.OPEN, Phase.EVALUATING})
TRANSITIONS = {
    transition.name: transition
    for transition in (
        BriefTransition("save", frozenset({Phase.DRAFT}), BriefState.DRAFT, _COMPANY),
        BriefTransition("delete", frozenset({Phase.DRAFT}), BriefState.DELETED, _COMPANY),
        BriefTransition("restore", frozenset({Phase.DELETED}), BriefState.DRAFT, _COMPANY),
        BriefTransition("ask_review", frozenset({Phase.DRAFT}), BriefState.IN_REVIEW, _COMPANY),
        BriefTransition("answer_review", frozenset({Phase.IN_REVIEW}), BriefState.DRAFT, _GARDEN),
        BriefTransition("cancel_review", frozenset({Phase.IN_REVIEW}), BriefState.DRAFT, _COMPANY),
        BriefTransition("publish", frozenset({Phase.DRAFT}), BriefState.PUBLISHED, _OWNER),
        BriefTransition("submit", frozenset({Phase.DRAFT}), BriefState.WAITING, _OWNER),
        BriefTransition("cancel_submission", frozenset({Phase.WAITING}), BriefState.DRAFT, _OWNER),
        BriefTransition("open", frozenset({Phase.WAITING}), BriefState.PUBLISHED, _GARDEN | _SCHEDULER),
        BriefTransition("return", frozenset({Phase.WAITING}), BriefState.DRAFT, _GARDEN),
        BriefTransition("amend", frozenset({Phase.OPEN}), BriefState.PUBLISHED, _OWNER),
        BriefTransition("extend", _OUT, BriefState.PUBLISHED, _OWNER),
        BriefTransition("close_early", frozenset({Phase.OPEN}), BriefState.PUBLISHED, _OWNER),
        BriefTransition("withdraw", _OUT, BriefState.WITHDRAWN, _OWNER),
        BriefTransition("award", frozenset({Phase.EVALUATING, Phase.LAPSED}), BriefState.AWARDED, _OWNER),
        BriefTransition("reopen", frozenset({Phase.AWARDED}), BriefState.PUBLISHED, _OWNER),
        BriefTransition(
            "choose_nobody", frozenset({Phase.EVALUATING, Phase.LAPSED}), BriefState.NO_AWARD, _OWNER
        ),
        BriefTransition("lapse", frozenset({Phase.EVALUATING}), BriefState.LAPSED, _SCHEDULER),
        BriefTransition("deliver", frozenset({Phase.AWARDED}), BriefState.DELIVERED, _OWNER),
        BriefTransition("terminate", frozenset({Phase.AWARDED}), BriefState.TERMINATED, _OWNER),
    )
}

MAX_EXTENSIONS = 2
MAX_OPEN_DAYS = 60
LAPSE_AFTER_DAYS = 45
UNDO_DELETE_DAYS = 30
SHORT_WINDOW_WORKING_DAYS = 10
OFFICE_OPENS, OFFICE_CLOSES = dt.time(8), dt.time(16)
"""Local office hours, within which a working day's wait for the business garden is counted."""


def phase(
    state: str, deadline: dt.datetime | None, opened_early_at: dt.datetime | None, now: dt.datetime
) -> Phase:
    """Return the phase of a brief at a moment. A published brief is open up to and including its deadline."""
    if state != BriefState.PUBLISHED:
        return Phase(state)
    if opened_early_at is not None and now >= opened_early_at:
        return Phase.EVALUATING
    return Phase.EVALUATING if deadline is None or now > deadline else Phase.OPEN


def can(name: str, current: Phase, actor: BriefActor) -> bool:
    """Return True if an actor may make a transition from a phase."""
    transition = TRANSITIONS[name]
    return current in transition.sources and actor in transition.actors


def allowed_transitions(current: Phase, actor: BriefActor) -> frozenset[str]:
    """Return the names of the transitions that an actor may make from a phase."""
    return frozenset(name for name in TRANSITIONS if can(name, current, actor))


def question_deadline(published: dt.datetime, deadline: dt.datetime) -> dt.datetime:
    """Return the deadline for questions: three working days before the reply deadline, or one if time is short."""
    first, last = clock.to_local(published).date(), clock.to_local(deadline).date()
    short = clock.working_days_between(first, last) < SHORT_WINDOW_WORKING_DAYS
    return clock.end_of_day(clock.add_working_days(last, -1 if short else -3))


def opening_time(submitted: dt.datetime) -> dt.datetime:
    """Return the time when an unreviewed first publication opens: one working day of office hours later."""
    local = clock.to_local(submitted)
    day, time = local.date(), max(local.time(), OFFICE_OPENS)
    if not clock.is_working_day(day) or time >= OFFICE_CLOSES:
        day, time = clock.add_working_days(day, 1), OFFICE_OPENS
    opens = dt.datetime.combine(clock.add_working_days(day, 1), time, tzinfo=clock.LOCAL_ZONE)
    return opens.astimezone(dt.UTC)


def latest_extension(published: dt.datetime) -> dt.date:
    """Return the latest day that a deadline can be moved to: 60 days after publication."""
    return local_date_after(published, days=MAX_OPEN_DAYS)


QUESTION_REMINDERS = {"company": 2, "garden": 4}
"""Working days after which each recipient is reminded of an unanswered question."""


def question_reminders_due(asked: dt.datetime, now: dt.datetime) -> frozenset[str]:
    """Return the recipients whose reminder of an unanswered question is due: the company, then its garden."""
    first, today = clock.to_local(asked).date(), clock.to_local(now).date()
    waited = clock.working_days_between(first, today)
    return frozenset(recipient for recipient, days in QUESTION_REMINDERS.items() if waited >= days)


class QuestionState(StrEnum):
    """State of a supplier's question."""

    ASKED = "asked"
    PUBLISHED = "published"
    REJECTED = "rejected"


REJECT_REASONS = {
    "confidential": _("It asks for something confidential."),
    "personal": _("It names a person."),
    "answered": _("It has already been answered."),
    "unclear": _("We could not understand the question."),
}
