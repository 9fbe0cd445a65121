"""The life of a brief and of a question about it: states, moves, who may make them, and what the clock decides.

Only published is stored of a brief that is out; open or evaluating follows from the deadline and the clock.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from marketplace.core import clock
from marketplace.core.i18n import lazy_gettext as _


class State(StrEnum):
    """What is stored of a brief."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    AWARDED = "awarded"
    DELIVERED = "delivered"
    NO_AWARD = "no_award"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    TERMINATED = "terminated"
    DELETED = "deleted"


class Phase(StrEnum):
    """What a brief is right now, by its state and the clock."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    OPEN = "open"
    EVALUATING = "evaluating"
    AWARDED = "awarded"
    DELIVERED = "delivered"
    NO_AWARD = "no_award"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    TERMINATED = "terminated"
    DELETED = "deleted"


class Actor(StrEnum):
    """In which role somebody acts on a brief."""

    OWNER = "company owner"
    MEMBER = "company member"
    GARDEN = "the company's business garden"
    CLOCK = "clock"


PHASE_LABELS = {
    Phase.DRAFT: _("Draft"),
    Phase.IN_REVIEW: _("With the business garden"),
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

_COMPANY = frozenset({Actor.OWNER, Actor.MEMBER})
_OWNER = frozenset({Actor.OWNER})
_GARDEN = frozenset({Actor.GARDEN})
_CLOCK = frozenset({Actor.CLOCK})


@dataclass(frozen=True, slots=True)
class Move:
    """A thing that can be done to a brief: from which phases, to which state, and by whom."""

    name: str
    sources: frozenset[Phase]
    target: State
    actors: frozenset[Actor]


_OUT = frozenset({Phase.OPEN, Phase.EVALUATING})
MOVES = {
    move.name: move
    for move in (
        Move("save", frozenset({Phase.DRAFT}), State.DRAFT, _COMPANY),
        Move("delete", frozenset({Phase.DRAFT}), State.DELETED, _COMPANY),
        Move("restore", frozenset({Phase.DELETED}), State.DRAFT, _COMPANY),
        Move("ask_review", frozenset({Phase.DRAFT}), State.IN_REVIEW, _COMPANY),
        Move("answer_review", frozenset({Phase.IN_REVIEW}), State.DRAFT, _GARDEN),
        Move("pull_back", frozenset({Phase.IN_REVIEW}), State.DRAFT, _COMPANY),
        Move("publish", frozenset({Phase.DRAFT}), State.PUBLISHED, _OWNER),
        Move("amend", frozenset({Phase.OPEN}), State.PUBLISHED, _OWNER),
        Move("extend", _OUT, State.PUBLISHED, _OWNER),
        Move("close_early", frozenset({Phase.OPEN}), State.PUBLISHED, _OWNER),
        Move("withdraw", _OUT, State.WITHDRAWN, _OWNER),
        Move("award", frozenset({Phase.EVALUATING, Phase.LAPSED}), State.AWARDED, _OWNER),
        Move("reopen", frozenset({Phase.AWARDED}), State.PUBLISHED, _OWNER),
        Move("choose_nobody", frozenset({Phase.EVALUATING, Phase.LAPSED}), State.NO_AWARD, _OWNER),
        Move("lapse", frozenset({Phase.EVALUATING}), State.LAPSED, _CLOCK),
        Move("deliver", frozenset({Phase.AWARDED}), State.DELIVERED, _OWNER),
        Move("terminate", frozenset({Phase.AWARDED}), State.TERMINATED, _OWNER),
    )
}

MAX_EXTENSIONS = 2
MAX_OPEN_DAYS = 60
LAPSE_AFTER_DAYS = 45
UNDO_DELETE_DAYS = 30
SHORT_WINDOW_WORKING_DAYS = 10


def phase(
    state: str, deadline: dt.datetime | None, opened_early_at: dt.datetime | None, now: dt.datetime
) -> Phase:
    """Return what a brief is at a moment. A published one is open up to and including its last second."""
    if state != State.PUBLISHED:
        return Phase(state)
    if opened_early_at is not None and now >= opened_early_at:
        return Phase.EVALUATING
    return Phase.EVALUATING if deadline is None or now > deadline else Phase.OPEN


def may(move: str, current: Phase, actor: Actor) -> bool:
    """Say whether somebody in a role may do a thing to a brief in a phase."""
    rule = MOVES[move]
    return current in rule.sources and actor in rule.actors


def moves_for(current: Phase, actor: Actor) -> frozenset[str]:
    """Return all that somebody in a role may do to a brief in a phase."""
    return frozenset(name for name in MOVES if may(name, current, actor))


def question_deadline(published: dt.datetime, deadline: dt.datetime) -> dt.datetime:
    """Return the last second for questions: three working days before the deadline, one in a short window."""
    first, last = clock.to_local(published).date(), clock.to_local(deadline).date()
    short = clock.working_days_between(first, last) < SHORT_WINDOW_WORKING_DAYS
    return clock.end_of_day(clock.add_working_days(last, -1 if short else -3))


def latest_extension(published: dt.datetime) -> dt.date:
    """Return the last day that a deadline can be moved to: 60 days after publication."""
    return clock.to_local(published).date() + dt.timedelta(days=MAX_OPEN_DAYS)


QUESTION_REMINDERS = {"company": 2, "garden": 4}
"""Who is reminded of a question without an answer, and after how many working days."""


def question_reminders_due(asked: dt.datetime, now: dt.datetime) -> frozenset[str]:
    """Return who is to have been reminded by now of a question that waits: the company, then its garden."""
    first, today = clock.to_local(asked).date(), clock.to_local(now).date()
    waited = clock.working_days_between(first, today)
    return frozenset(who for who, days in QUESTION_REMINDERS.items() if waited >= days)


class QuestionState(StrEnum):
    """What has become of a supplier's question."""

    ASKED = "asked"
    PUBLISHED = "published"
    REJECTED = "rejected"


REJECT_REASONS = {
    "confidential": _("It asks for something confidential."),
    "personal": _("It names a person."),
    "answered": _("It has already been answered."),
    "unclear": _("We could not understand the question."),
}
