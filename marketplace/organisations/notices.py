"""Notices about organisations and their members."""

from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic


@as_message("colleague_invited")
def colleague_invited(inviter: str, organisation: str, path: str) -> Content:
    """A colleague is invited to join."""
    return Content(
        _("%(inviter)s has invited you to %(organisation)s", inviter=inviter, organisation=organisation),
        [
            _(
                "%(inviter)s would like you to act for %(organisation)s.",
                inviter=inviter,
                organisation=organisation,
            ),
            _(
                "The link works once and expires after two days. If you do not know the sender, ignore this e-mail."
            ),
        ],
        path,
        _("Accept the invitation"),
    )


@as_message("colleague_joined")
def colleague_joined(name: str, organisation: str) -> Content:
    """A colleague has joined."""
    return Content(
        _("%(name)s can now act for %(organisation)s", name=name, organisation=organisation),
        [_("%(name)s has accepted the invitation.", name=name)],
        "/organisation/colleagues",
        _("See who can act for you"),
    )


@as_message("company_registered", topic=Topic.AREA, throttled=True)
def company_registered(company: str, municipality: str) -> Content:
    """A company has registered in the garden's area."""
    return Content(
        _("New company: %(company)s in %(place)s", company=company, place=municipality),
        [_("%(company)s has registered and is in your area. Get in touch.", company=company)],
        "/companies",
        _("See your companies"),
    )
