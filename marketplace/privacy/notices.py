"""Notices about unused accounts."""

import datetime as dt

from marketplace.core.i18n import format_date
from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, as_message


@as_message("account_unused")
def account_unused(day: dt.date) -> Content:
    """Warn the user that an unused account will be erased."""
    return Content(
        _("Do you still want your account?"),
        [
            _(
                "You have not signed in for 22 months. After %(date)s we will erase your account.",
                date=format_date(day),
            ),
            _("Sign in once before then to keep your account."),
        ],
        "/sign-in",
        _("Sign in"),
    )
