"""Notices about submitting and withdrawing offers, and about their opening at the deadline."""

import datetime as dt

from marketplace.core.i18n import format_datetime, gettext as _, ngettext
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic


@as_message("offer_sent", topic=Topic.RECEIPTS)
def offer_sent(title: str, reference: str, deadline: dt.datetime, *, again: bool) -> Content:
    """Notify the bidder's members that the offer is submitted."""
    subject = (
        _("The changed offer has been sent: %(title)s", title=title)
        if again
        else _("Your offer has been sent: %(title)s", title=title)
    )
    return Content(
        subject,
        [
            _(
                "Nobody can read it before the deadline, %(deadline)s.",
                deadline=format_datetime(deadline),
            ),
            _("Until then you can change or withdraw it. The last version you send counts."),
        ],
        f"/briefs/{reference}/proposal",
        _("See the offer"),
    )


@as_message("offer_withdrawn", topic=Topic.RECEIPTS)
def offer_withdrawn(title: str, reference: str, *, is_final: bool) -> Content:
    """Notify the bidder's members that the offer is withdrawn."""
    then = (
        _("The deadline has passed, so it cannot be restored.")
        if is_final
        else _("Until the deadline, you can restore it as a draft and send it again.")
    )
    return Content(
        _("The offer has been withdrawn: %(title)s", title=title),
        [_("Your offer is no longer being considered."), then],
        f"/briefs/{reference}/proposal",
        _("See the offer"),
    )


@as_message("supplier_withdrew")
def supplier_withdrew(supplier: str, title: str, reference: str, reason: str) -> Content:
    """Notify the company that an opened offer was withdrawn."""
    lines = [_("%(supplier)s has withdrawn the offer for “%(title)s”.", supplier=supplier, title=title)]
    return Content(
        _("%(supplier)s has withdrawn its offer", supplier=supplier),
        [*lines, *([_("They write: %(reason)s", reason=reason)] if reason else [])],
        f"/briefs/{reference}/proposals",
        _("See the offers"),
    )


@as_message("offers_opened")
def offers_opened(title: str, reference: str, count: int) -> Content:
    """Notify the company that the deadline has passed, with the number of offers."""
    if not count:
        return Content(
            _("No offers on “%(title)s”", title=title),
            [
                _(
                    "The deadline has passed and nobody answered. You can give suppliers more time, make a copy of the brief, or end it."
                )
            ],
            f"/briefs/{reference}/proposals",
            _("See what you can do"),
        )
    return Content(
        ngettext("%(num)s offer for “%(title)s”", "%(num)s offers for “%(title)s”", count, title=title),
        [
            ngettext(
                "The offer has been opened. Read and score it, then decide. The supplier gets a reply from you.",
                "The offers have been opened. Read and score them, then choose. Everyone gets a reply from you.",
                count,
            )
        ],
        f"/briefs/{reference}/proposals",
        _("Read the offers"),
    )
