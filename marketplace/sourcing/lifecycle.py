"""States of an invitation and reasons for declining."""

import re
from enum import StrEnum

from marketplace.core.i18n import lazy_gettext as _

_LINK = re.compile(
    r"://|www\.|@|[a-z0-9-]\.(?:no|com|net|org|io|info|biz|ru|top|xyz|app|dev|shop|site|link|me)\b",
    re.IGNORECASE,
)


def contains_link(text: str) -> bool:
    """Return True if a text contains a web or e-mail address, which an e-mail to a stranger must not."""
    return _LINK.search(text) is not None


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
