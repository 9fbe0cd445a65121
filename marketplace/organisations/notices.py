"""Mails about organisations and their people."""

from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, Message


def colleague_invited(inviter: str, organisation: str, path: str) -> Message:
    """A colleague is asked to join."""

    def compose() -> Content:
        return Content(
            _("%(inviter)s has invited you to %(organisation)s", inviter=inviter, organisation=organisation),
            [
                _(
                    "%(inviter)s wants you to act for %(organisation)s.",
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

    return Message("colleague_invited", compose)


def colleague_joined(name: str, organisation: str) -> Message:
    """A colleague has joined."""

    def compose() -> Content:
        return Content(
            _("%(name)s can now act for %(organisation)s", name=name, organisation=organisation),
            [_("%(name)s has taken the invitation.", name=name)],
            "/organisation/colleagues",
            _("See who can act for you"),
        )

    return Message("colleague_joined", compose)


def company_registered(company: str, place: str) -> Message:
    """A garden has a new company."""

    def compose() -> Content:
        return Content(
            _("New company: %(company)s in %(place)s", company=company, place=place),
            [_("%(company)s has registered and is in your area. Say hello.", company=company)],
            "/companies",
            _("See your companies"),
        )

    return Message("company_registered", compose, bundled=True)
