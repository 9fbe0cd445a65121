"""Lifecycle of a participation: states, transitions with their actors, computed phases and reason codes.

The time limits are in `seat_deadlines.py`.
"""

from dataclasses import dataclass
from enum import StrEnum

from marketplace.core.i18n import lazy_gettext as _


class ParticipationState(StrEnum):
    """Stored state of a participation."""

    LEAD = "lead"
    INVITED = "invited"
    INTERESTED = "interested"
    SIGNED_UP = "signed_up"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"


class ParticipationPhase(StrEnum):
    """State of a participation as users see it: the stored state, with SIGNED_UP divided by confirmation and attendance."""

    LEAD = "lead"
    INVITED = "invited"
    INTERESTED = "interested"
    UNCONFIRMED = "unconfirmed"
    SEAT = "seat"
    ACTIVE = "active"
    COMPLETED = "completed"
    DROPPED = "dropped"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"


PHASE_LABELS = {
    ParticipationPhase.LEAD: _("Lead"),
    ParticipationPhase.INVITED: _("Invited"),
    ParticipationPhase.INTERESTED: _("Interested"),
    ParticipationPhase.UNCONFIRMED: _("Not confirmed"),
    ParticipationPhase.SEAT: _("Has a seat"),
    ParticipationPhase.ACTIVE: _("Active"),
    ParticipationPhase.COMPLETED: _("Completed"),
    ParticipationPhase.DROPPED: _("Did not complete"),
    ParticipationPhase.WAITING: _("On the waiting list"),
    ParticipationPhase.WITHDRAWN: _("Left the course"),
    ParticipationPhase.DECLINED: _("Declined the course"),
}


class ParticipationActor(StrEnum):
    """Role in which a transition is made."""

    COMPANY = "company"
    GARDEN = "garden"
    SCHEDULER = "clock"


_GARDEN = frozenset({ParticipationActor.GARDEN})
_COMPANY_OR_GARDEN = _GARDEN | {ParticipationActor.COMPANY}
_SCHEDULER = frozenset({ParticipationActor.SCHEDULER})
_WITHOUT_SEAT = frozenset(
    {
        ParticipationState.LEAD,
        ParticipationState.INVITED,
        ParticipationState.INTERESTED,
        ParticipationState.WITHDRAWN,
        ParticipationState.DECLINED,
    }
)

ENROLLED_STATES = frozenset({ParticipationState.SIGNED_UP, ParticipationState.WAITING})
"""States of a company with a seat or a position on the waiting list."""


@dataclass(frozen=True, slots=True)
class ParticipationTransition:
    """Transition of a participation: source states, target state and actors."""

    name: str
    sources: frozenset[ParticipationState]
    target: ParticipationState
    actors: frozenset[ParticipationActor]


TRANSITIONS = {
    transition.name: transition
    for transition in (
        ParticipationTransition(
            "invite",
            frozenset({ParticipationState.LEAD, ParticipationState.INVITED}),
            ParticipationState.INVITED,
            _GARDEN,
        ),
        ParticipationTransition(
            "invite_interested",
            frozenset({ParticipationState.INTERESTED}),
            ParticipationState.INTERESTED,
            _GARDEN,
        ),
        ParticipationTransition(
            "undo_invite", frozenset({ParticipationState.INVITED}), ParticipationState.LEAD, _GARDEN
        ),
        ParticipationTransition(
            "show_interest",
            frozenset({ParticipationState.LEAD, ParticipationState.INVITED, ParticipationState.DECLINED}),
            ParticipationState.INTERESTED,
            _COMPANY_OR_GARDEN,
        ),
        ParticipationTransition(
            "decline",
            frozenset({ParticipationState.LEAD, ParticipationState.INVITED, ParticipationState.INTERESTED}),
            ParticipationState.DECLINED,
            _COMPANY_OR_GARDEN,
        ),
        ParticipationTransition(
            "take_seat",
            _WITHOUT_SEAT | {ParticipationState.WAITING},
            ParticipationState.SIGNED_UP,
            _COMPANY_OR_GARDEN,
        ),
        ParticipationTransition("wait", _WITHOUT_SEAT, ParticipationState.WAITING, _COMPANY_OR_GARDEN),
        ParticipationTransition(
            "change_cohort",
            frozenset({ParticipationState.SIGNED_UP}),
            ParticipationState.SIGNED_UP,
            _COMPANY_OR_GARDEN,
        ),
        ParticipationTransition(
            "lose_seat", frozenset({ParticipationState.SIGNED_UP}), ParticipationState.WAITING, _GARDEN
        ),
        ParticipationTransition(
            "withdraw",
            frozenset(ParticipationState) - {ParticipationState.WITHDRAWN},
            ParticipationState.WITHDRAWN,
            _COMPANY_OR_GARDEN,
        ),
        ParticipationTransition(
            "release",
            ENROLLED_STATES,
            ParticipationState.LEAD,
            _SCHEDULER,
        ),
    )
}
"""Transitions by name. Adding a participation is not one. A withdrawn company that signs up again keeps its row."""

CALL = "call"
"""Event of a call that changes nothing, for example about a cancelled session."""

EVENT_LABELS = {
    "add": _("Added"),
    "invite": _("Invited"),
    "invite_interested": _("Invited"),
    "undo_invite": _("The invitation was stopped before it was sent"),
    "show_interest": _("Is interested"),
    "decline": _("Declined"),
    "take_seat": _("Was given a seat"),
    "wait": _("Was put on the waiting list"),
    "change_cohort": _("Moved to another cohort"),
    "lose_seat": _("Lost the seat"),
    "withdraw": _("Left the course"),
    "release": _("Did not confirm in time"),
    CALL: _("Was called"),
}
"""Labels of the events in the history of a participation."""

LAPSED_OFFER = "offer"
"""Reason of a release after an offered seat was not accepted in time. Other releases have none."""

SOURCES = {
    "contact": _("Contacted by the business garden"),
    "recommended": _("Recommended by another company"),
    "event": _("Met at an event"),
    "newspaper": _("Read about it in the newspaper"),
    "social": _("Saw it on social media"),
    "web": _("Found the course page"),
    "import": _("Imported list"),
    "other": _("Other"),
}
"""How a company was recruited."""

WITHDRAWAL_REASONS = {
    "time": _("We do not have the time"),
    "money": _("It costs too much"),
    "closed": _("The company is closing down"),
    "ill": _("Illness"),
    "not_useful": _("It is not useful to us"),
    "other": _("Other"),
}
"""Reasons for leaving a project."""


def participation_phase(
    state: ParticipationState,
    *,
    is_confirmed: bool,
    attended: int,
    sessions_needed: int,
    is_course_over: bool,
) -> ParticipationPhase:
    """Return the phase of a participation. `attended` counts the sessions of the course that the company attended."""
    if state is not ParticipationState.SIGNED_UP:
        return ParticipationPhase(state)
    if attended >= sessions_needed:
        return ParticipationPhase.COMPLETED
    if is_course_over:
        return ParticipationPhase.DROPPED
    if attended:
        return ParticipationPhase.ACTIVE
    return ParticipationPhase.SEAT if is_confirmed else ParticipationPhase.UNCONFIRMED
