"""Notices about a supplier's transfer from one garden to another."""

from marketplace.core.i18n import format_list, gettext as _, ngettext
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic


@as_message("move_asked", topic=Topic.APPLICATIONS, throttled=True)
def transfer_requested(supplier: str, garden: str, reason: str) -> Content:
    """To the receiving garden: another garden asks it to take over a supplier."""
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


@as_message("move_answered", topic=Topic.APPLICATIONS)
def transfer_answered(supplier: str, garden: str, *, agree: bool) -> Content:
    """To the requesting garden: the answer to its request."""
    if agree:
        subject = _("%(garden)s has taken over %(supplier)s", garden=garden, supplier=supplier)
        line = _("Applications and renewals from the supplier go to %(garden)s from now on.", garden=garden)
    else:
        subject = _("%(garden)s will not take over %(supplier)s", garden=garden, supplier=supplier)
        line = _("You are still responsible for the supplier.")
    return Content(subject, [line], "/garden/moves", _("See the transfers"))


@as_message("suppliers_returned", topic=Topic.APPLICATIONS)
def suppliers_returned(garden: str, suppliers: list[str]) -> Content:
    """To a garden that was responsible for the suppliers of a closed one, which has opened again."""
    return Content(
        ngettext(
            "%(garden)s has opened again and takes back %(num)s supplier",
            "%(garden)s has opened again and takes back %(num)s suppliers",
            len(suppliers),
            garden=garden,
        ),
        [
            format_list(suppliers),
            _("Applications and renewals from them go to %(garden)s from now on.", garden=garden),
        ],
        "/garden/suppliers",
        _("See your suppliers"),
    )


@as_message("moved")
def transferred(supplier: str, garden: str) -> Content:
    """To the supplier: another garden is responsible for it."""
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
