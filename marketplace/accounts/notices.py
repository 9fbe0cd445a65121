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


def verify_address(name: str, path: str) -> Message:
    """The link that shows that an address is the person's own."""

    def compose() -> Content:
        return Content(
            _("Confirm your e-mail address"),
            [
                _("Hi %(name)s.", name=name),
                _("An account was made with this address. Confirm that it is yours, and you can begin."),
                _("The link works once, for two days. Was it not you? Then do nothing."),
            ],
            path,
            _("Confirm the address"),
        )

    return Message("verify_address", compose)


def already_registered(name: str) -> Message:
    """Somebody filled in the form for a new account with an address that has one."""

    def compose() -> Content:
        return Content(
            _("You already have an account"),
            [
                _("Hi %(name)s.", name=name),
                _(
                    "Someone tried to make a new account with this address. You have one, and nothing was changed."
                ),
                _("Was it you? Log in, or ask for a new password if you have forgotten it."),
            ],
            "/sign-in",
            _("Log in"),
        )

    return Message("already_registered", compose)


def account_locked(name: str, path: str) -> Message:
    """Somebody has tried many wrong passwords."""

    def compose() -> Content:
        return Content(
            _("Many wrong passwords for your account"),
            [
                _("Hi %(name)s.", name=name),
                _(
                    "Someone has written a wrong password for your account ten times. It is closed for fifteen minutes."
                ),
                _(
                    "With the link you choose a new password and get in at once. It works once, for one hour. "
                    "Your old password works again when the time is over."
                ),
            ],
            path,
            _("Choose a new password"),
        )

    return Message("account_locked", compose)


def password_changed(name: str) -> Message:
    """The password was changed."""

    def compose() -> Content:
        return Content(
            _("Your password is changed"),
            [
                _("Hi %(name)s.", name=name),
                _(
                    "The password of your account was changed just now. Was it not you? Ask for a new one at once."
                ),
            ],
            "/forgotten",
            _("Choose a new password"),
        )

    return Message("password_changed", compose)


def new_address(name: str, path: str) -> Message:
    """Ask at the new address whether it is the person's own."""

    def compose() -> Content:
        return Content(
            _("Confirm your new e-mail address"),
            [
                _("Hi %(name)s.", name=name),
                _("You want to log in with this address from now on. Confirm that it is yours."),
                _("The link works once, for one hour. Was it not you? Then do nothing."),
            ],
            path,
            _("Confirm the address"),
        )

    return Message("new_address", compose)


def address_asked(name: str, hidden: str) -> Message:
    """Tell the old address that somebody who is logged in wants another one."""

    def compose() -> Content:
        return Content(
            _("Someone wants to change your e-mail address"),
            [
                _("Hi %(name)s.", name=name),
                _(
                    "Your account shall have the address %(email)s. It changes when that address is confirmed.",
                    email=hidden,
                ),
                _("Was it not you? Choose a new password at once. That stops the change."),
            ],
            "/forgotten",
            _("Choose a new password"),
        )

    return Message("address_asked", compose)


def address_changed(name: str, hidden: str) -> Message:
    """Tell the old address that another one counts now."""

    def compose() -> Content:
        return Content(
            _("Your e-mail address is changed"),
            [
                _("Hi %(name)s.", name=name),
                _(
                    "You now log in with %(email)s. Was it not you? Ask an adviser or an administrator for help.",
                    email=hidden,
                ),
            ],
            "/gardens",
            _("Ask an adviser"),
        )

    return Message("address_changed", compose)


def second_factor_on(name: str) -> Message:
    """A second step was set up."""

    def compose() -> Content:
        return Content(
            _("Logging in now takes two steps"),
            [
                _("Hi %(name)s.", name=name),
                _(
                    "From now on you need a code from your phone when you log in. Was it not you? Ask for a new password."
                ),
            ],
            "/forgotten",
            _("Choose a new password"),
        )

    return Message("second_factor_on", compose)


def second_factor_off(name: str, *, by_administrator: bool) -> Message:
    """The second step was taken away."""

    def compose() -> Content:
        who = (
            _("An administrator has taken away the second step of your account.")
            if by_administrator
            else _("The second step of your account is taken away.")
        )
        return Content(
            _("Logging in no longer takes two steps"),
            [
                _("Hi %(name)s.", name=name),
                who,
                _(
                    "You can set it up again on the page of your account. Was this not as you wished? Tell an administrator."
                ),
            ],
            "/account/second-step",
            _("Set up the second step"),
        )

    return Message("second_factor_off", compose)
