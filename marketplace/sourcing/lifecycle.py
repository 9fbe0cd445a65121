"""States of an invitation and reasons for declining."""

from enum import StrEnum

from marketplace.core.i18n import lazy_gettext as _

MAX_INVITED = 7


class InvitationState(StrEnum):
    """Stored state of an invitation. Expiry is not stored: it follows from the brief's deadline."""

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
