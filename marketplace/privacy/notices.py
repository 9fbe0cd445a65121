"""Notices about unused accounts."""

import datetime as dt
from collections.abc import Sequence

from marketplace.core.i18n import format_date, format_list, gettext as _
from marketplace.outbox.messages import Content, as_message


@as_message("account_unused")
def account_unused(day: dt.date, led: Sequence[str]) -> Content:
    """Warn the user that an unused account will be erased. `led` are the organisations that only this user leads."""
    alone = led and [
        _(
            "Nobody else has full rights to act for %(names)s. When your account is erased, a colleague gets them; without colleagues, the organisation is closed.",
            names=format_list(list(led)),
        )
    ]
    return Content(
        _("Do you still want your account?"),
        [
            _(
                "You have not signed in for 22 months. After %(date)s we will erase your account.",
                date=format_date(day),
            ),
            _("Sign in once before then to keep your account."),
            *alone,
        ],
        "/sign-in",
        _("Sign in"),
    )
