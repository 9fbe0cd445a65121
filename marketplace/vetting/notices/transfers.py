"""Mails about a supplier's move from one garden to another."""

from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, Message


def move_asked(supplier: str, garden: str, reason: str) -> Message:
    """Ask the receiving garden to take a supplier."""

    def compose() -> Content:
        return Content(
            _("%(garden)s asks if you will take over %(supplier)s", garden=garden, supplier=supplier),
            [
                reason,
                _(
                    "The supplier moves to you when you accept. Until then %(garden)s is responsible for it.",
                    garden=garden,
                ),
            ],
            "/garden/moves",
            _("Answer"),
        )

    return Message("move_asked", compose, throttled=True)


def move_answered(supplier: str, garden: str, *, agree: bool) -> Message:
    """Tell the giving garden what the other one said."""

    def compose() -> Content:
        said = (
            _("%(garden)s has taken over %(supplier)s", garden=garden, supplier=supplier)
            if agree
            else _("%(garden)s will not take over %(supplier)s", garden=garden, supplier=supplier)
        )
        return Content(said, [], "/garden/moves", _("See the moves"))

    return Message("move_answered", compose)


def moved(supplier: str, garden: str) -> Message:
    """Tell the supplier which garden looks after it now."""

    def compose() -> Content:
        return Content(
            _("%(garden)s is now responsible for %(supplier)s", garden=garden, supplier=supplier),
            [
                _(
                    "Your approvals are still valid. Applications and renewals go to %(garden)s from now on.",
                    garden=garden,
                )
            ],
            "/profile",
            _("See your profile"),
        )

    return Message("moved", compose)
