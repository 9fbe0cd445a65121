"""Notices to suppliers and companies about invitations."""

import datetime as dt

from marketplace.briefs.models import Brief
from marketplace.core.i18n import format_datetime
from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, as_message


@as_message("invited", throttled=True)
def invited(company: str | None, place: str, brief: Brief, deadline: dt.datetime) -> Content:
    """Notify a supplier of an invitation. A company that hides its name is None and described by its place."""
    title, reference = brief.title, brief.reference
    name = company or _("A company in %(place)s", place=place)
    unknown = [] if brief.company.is_known else [_("The company is not yet known to its business garden.")]
    return Content(
        _("%(company)s asks you for an offer: %(title)s", company=name, title=title),
        [
            _("%(company)s has read why you fit and would like an offer from you.", company=name),
            _(
                "Reply by %(deadline)s. Your offer is sealed until then.",
                deadline=format_datetime(deadline),
            ),
            *unknown,
            _("Not able to take it on? Decline with one click so that they can ask someone else."),
        ],
        f"/briefs/{reference}",
        _("Read the brief"),
    )


@as_message("invitation_declined", throttled=True)
def declined(supplier: str, title: str, reference: str, reason: str) -> Content:
    """Notify a company that an invited supplier declines."""
    return Content(
        _("%(supplier)s cannot take on %(title)s", supplier=supplier, title=title),
        [_("Reason: %(reason)s.", reason=reason), _("You can invite another supplier from the list.")],
        f"/briefs/{reference}/ranking",
        _("See the list"),
    )


@as_message("invitation_reconsidered", throttled=True)
def reconsidered(supplier: str, title: str, reference: str) -> Content:
    """Notify a company that a supplier has undone its decline."""
    return Content(
        _("%(supplier)s is considering %(title)s after all", supplier=supplier, title=title),
        [_("They declined earlier, and have since undone that.")],
        f"/briefs/{reference}/ranking",
        _("See the list"),
    )
