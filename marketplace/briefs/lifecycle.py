"""State machines of a brief and of a clarification question.

A published brief is stored as published. Whether it is open or being evaluated is derived from its deadline.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

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
        BriefTransition("pause", frozenset({Phase.OPEN}), BriefState.WAITING, _GARDEN),
        BriefTransition("stop", frozenset({Phase.WAITING}), BriefState.WITHDRAWN, _GARDEN),
        BriefTransition("amend", frozenset({Phase.OPEN}), BriefState.PUBLISHED, _OWNER),
        BriefTransition("extend", _OUT, BriefState.PUBLISHED, _OWNER),
        BriefTransition("close_early", frozenset({Phase.OPEN}), BriefState.PUBLISHED, _OWNER),
        BriefTransition("withdraw", _OUT | {Phase.WAITING}, BriefState.WITHDRAWN, _OWNER),
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

UNDO_DELETE_DAYS = 30


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


class QuestionState(StrEnum):
    """State of a supplier's question."""

    ASKED = "asked"
    PUBLISHED = "published"
    REJECTED = "rejected"
