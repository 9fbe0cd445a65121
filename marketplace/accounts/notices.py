"""Mails about accounts."""

from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, Message


def reset_password(name: str, path: str) -> Message:
    """The link that sets a new password."""

    def compose() -> Content:
        return Content(
            _("Choose a new password"),
            [
                _("Hi %(name)s.", name=name),
                _("Someone asked for a new password for your account. The link works once, for one hour."),
                _("Was it not you? Then do nothing. Your old password still works."),
            ],
            path,
            _("Choose a new password"),
        )

    return Message("reset_password", compose)
