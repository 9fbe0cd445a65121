"""An invitation's states, and why a supplier says no."""

from enum import StrEnum

from marketplace.core.i18n import lazy_gettext as _

MOST_INVITED = 7


class InvitationState(StrEnum):
    """What is stored of an invitation; that it has run out follows from the brief's deadline."""

    INVITED = "invited"
    SEEN = "seen"
    DECLINED = "declined"


INVITATION_LABELS = {
    InvitationState.INVITED: _("Asked"),
    InvitationState.SEEN: _("Has read the brief"),
    InvitationState.DECLINED: _("Declined"),
}

DECLINE_REASONS = {
    "no_capacity": _("No capacity"),
    "too_small": _("Too small a job"),
    "too_large": _("Too large a job"),
    "not_our_field": _("Outside our field"),
    "too_far": _("Too far away"),
    "unclear": _("The brief is unclear"),
    "other": _("Other"),
}
