"""States of an invitation."""

from enum import StrEnum

from marketplace.core.i18n import lazy_gettext as _


class InvitationState(StrEnum):
    """Stored state of an invitation. Expiry is not stored: it follows from the brief's deadline."""

    INVITED = "invited"
    SEEN = "seen"
    DECLINED = "declined"


INVITATION_LABELS = {
    InvitationState.INVITED: _("Invited"),
    InvitationState.SEEN: _("Has read the brief"),
    InvitationState.DECLINED: _("Declined"),
}
