"""Lifecycle of an offer: states, transitions with their actors and phases."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from marketplace.briefs.lifecycle import Phase
from marketplace.core.i18n import lazy_gettext as _


class ProposalState(StrEnum):
    """Stored state of an offer."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    AWARDED = "awarded"
    NOT_SELECTED = "not_selected"
    INELIGIBLE = "ineligible"
    AWARD_DECLINED = "award_declined"
    CLOSED_UNJUDGED = "closed_unjudged"


NOT_SENT = "not_sent"
"""State of a draft whose brief is no longer open: computed, never stored."""


class ProposalActor(StrEnum):
    """Role in which a transition is made."""

    SUPPLIER_OWNER = "supplier owner"
    SUPPLIER_MEMBER = "supplier member"
    COMPANY_OWNER = "company owner"
    CLOCK = "clock"


STATE_LABELS = {
    ProposalState.DRAFT: _("Draft"),
    ProposalState.SUBMITTED: _("Sent"),
    ProposalState.WITHDRAWN: _("Withdrawn"),
    ProposalState.AWARDED: _("Chosen"),
    ProposalState.NOT_SELECTED: _("Not chosen"),
    ProposalState.INELIGIBLE: _("Ruled out"),
    ProposalState.AWARD_DECLINED: _("You declined the job"),
    ProposalState.CLOSED_UNJUDGED: _("Closed without a choice"),
    NOT_SENT: _("Not sent"),
}

_SUPPLIER = frozenset({ProposalActor.SUPPLIER_OWNER, ProposalActor.SUPPLIER_MEMBER})
_SENDER = frozenset({ProposalActor.SUPPLIER_OWNER})
_COMPANY = frozenset({ProposalActor.COMPANY_OWNER})
_OPEN = frozenset({Phase.OPEN})
_JUDGED = frozenset({Phase.EVALUATING, Phase.LAPSED})
_WAITING = frozenset({ProposalState.SUBMITTED, ProposalState.CLOSED_UNJUDGED})


@dataclass(frozen=True, slots=True)
class ProposalTransition:
    """Transition of an offer: source states, target state, actors, and phases of the brief in which it is allowed.

    `target` is None if the state does not change.
    """

    name: str
    sources: frozenset[ProposalState]
    target: ProposalState | None
    actors: frozenset[ProposalActor]
    phases: frozenset[Phase]


TRANSITIONS = {
    transition.name: transition
    for transition in (
        ProposalTransition(
            "save", frozenset({ProposalState.DRAFT, ProposalState.SUBMITTED}), None, _SUPPLIER, _OPEN
        ),
        ProposalTransition(
            "submit",
            frozenset({ProposalState.DRAFT, ProposalState.SUBMITTED}),
            ProposalState.SUBMITTED,
            _SENDER,
            _OPEN,
        ),
        ProposalTransition(
            "withdraw",
            frozenset({ProposalState.SUBMITTED}),
            ProposalState.WITHDRAWN,
            _SENDER,
            frozenset({Phase.OPEN, Phase.EVALUATING}),
        ),
        ProposalTransition(
            "resume", frozenset({ProposalState.WITHDRAWN}), ProposalState.DRAFT, _SENDER, _OPEN
        ),
        ProposalTransition(
            "rule_out",
            frozenset({ProposalState.SUBMITTED}),
            ProposalState.INELIGIBLE,
            _COMPANY,
            frozenset({Phase.EVALUATING}),
        ),
        ProposalTransition("award", _WAITING, ProposalState.AWARDED, _COMPANY, _JUDGED),
        ProposalTransition("reject", _WAITING, ProposalState.NOT_SELECTED, _COMPANY, _JUDGED),
        ProposalTransition(
            "decline_award",
            frozenset({ProposalState.AWARDED}),
            ProposalState.AWARD_DECLINED,
            _SENDER,
            frozenset({Phase.AWARDED}),
        ),
        ProposalTransition(
            "reinstate",
            frozenset({ProposalState.AWARDED, ProposalState.NOT_SELECTED}),
            ProposalState.SUBMITTED,
            _COMPANY | _SENDER,
            frozenset({Phase.AWARDED}),
        ),
        ProposalTransition(
            "close",
            frozenset({ProposalState.SUBMITTED}),
            ProposalState.CLOSED_UNJUDGED,
            _COMPANY | {ProposalActor.CLOCK},
            frozenset({Phase.EVALUATING, Phase.WITHDRAWN}),
        ),
    )
}

STATES_WITH_LETTER = frozenset(
    {
        ProposalState.AWARDED,
        ProposalState.NOT_SELECTED,
        ProposalState.INELIGIBLE,
        ProposalState.CLOSED_UNJUDGED,
    }
)
"""States of an offer whose supplier can read a letter with the company's answer."""


HANDOVER_ITEMS = {
    "domain": _("The domain is registered in our name"),
    "accounts": _("We have the passwords to all accounts"),
    "source_files": _("We have the source files"),
    "image_rights": _("We may use photos, film and text as we like"),
    "privacy": _("A data processing agreement is signed or not needed"),
    "accessibility": _("Accessibility has been checked"),
    "measurement": _("Visits or orders are measured"),
    "training": _("We have been shown how to use it"),
}
"""Items that the company should receive at handover, beside the deliverables of the brief."""


def handover_items(deliverables: Sequence[str]) -> dict[str, Any]:
    """Return the labels of the handover checklist by code: the deliverables of the brief, then the fixed items."""
    return {f"deliverable_{index}": text for index, text in enumerate(deliverables)} | HANDOVER_ITEMS


HANDOVER_ANSWERS = {"done": _("Yes"), "not_done": _("Not done"), "not_relevant": _("Not applicable")}
OUTCOME_ROUNDS = {"handover": 0, "d90": 90, "d365": 365}
GOAL_LABELS = {
    "yes": _("The goal was reached."),
    "partly": _("The goal was partly reached."),
    "no": _("The goal was not reached."),
    "too_early": _("It was too early to say whether the goal had been reached."),
}

ROUND_LABELS = {
    "handover": _("At hand-over"),
    "d90": _("After three months"),
    "d365": _("After a year"),
}


def can(name: str, state: str, actor: ProposalActor, phase: Phase) -> bool:
    """Return True if an actor may make a transition of an offer in a state, in a phase of the brief."""
    rule = TRANSITIONS[name]
    return state in rule.sources and actor in rule.actors and phase in rule.phases


def displayed_state(state: str, phase: Phase) -> str:
    """Return the state that an offer's supplier sees: the stored state, but NOT_SENT for a draft of a closed brief."""
    return NOT_SENT if state == ProposalState.DRAFT and phase is not Phase.OPEN else state
