"""Notices to the companies and suppliers whose sealed content an administrator can read."""

import datetime as dt

from marketplace.core.i18n import format_datetime, gettext as _
from marketplace.outbox.messages import Content, as_message


@as_message("seal_broken")
def emergency_access_granted(title: str, reference: str, reason: str, until: dt.datetime) -> Content:
    """Notify the company that an administrator has emergency access to its brief.

    The text is the same with and without offers, so that it reveals none.
    """
    return Content(
        _("An administrator has opened sealed content: %(title)s", title=title or reference),
        [
            _("The administrator can read it until %(time)s.", time=format_datetime(until)),
            _("The administrator writes: %(reason)s", reason=reason),
            _("This is recorded in the audit log. Ask your business garden if you want to know why."),
        ],
        f"/briefs/{reference}",
        _("See the brief"),
    )


@as_message("offer_unsealed")
def offer_read_by_admin(title: str, reference: str, reason: str, until: dt.datetime) -> Content:
    """Notify the supplier that an administrator can read its offer."""
    return Content(
        _("An administrator has opened your offer: %(title)s", title=title),
        [
            _("The administrator can read it until %(time)s.", time=format_datetime(until)),
            _("The administrator writes: %(reason)s", reason=reason),
            _("This does not let the company or other suppliers read your offer."),
        ],
        f"/briefs/{reference}/proposal",
        _("See the offer"),
    )
