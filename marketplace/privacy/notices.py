"""The mail to those who have not been here for long."""

import datetime as dt

from marketplace.core.i18n import format_date
from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, Message


def account_unused(day: dt.date) -> Message:
    """To a person: log in, or the account is erased."""

    def compose() -> Content:
        return Content(
            _("Do you still want your account?"),
            [
                _(
                    "You have not logged in for 22 months. After %(date)s we erase your account.",
                    date=format_date(day),
                ),
                _("Log in once before that, and it stays."),
            ],
            "/sign-in",
            _("Log in"),
        )

    return Message("account_unused", compose)
