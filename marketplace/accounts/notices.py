"""E-mails about accounts."""

import datetime as dt

from marketplace.accounts.attempt_limits import PASSWORD
from marketplace.core.i18n import gettext as _, ngettext
from marketplace.outbox.messages import Content, as_message


@as_message("reset_password")
def reset_password(name: str, path: str, expires_at: dt.datetime) -> Content:
    """Send the link to set a new password."""
    return Content(
        _("Choose a new password"),
        [
            _("Hi %(name)s.", name=name),
            _(
                "Someone has requested a new password for your account. The link works once and expires after one hour."
            ),
            _("If this was not you, you do not need to do anything. Your old password still works."),
        ],
        path,
        _("Choose a new password"),
        expires_at=expires_at,
    )


@as_message("verify_address")
def confirm_registration(name: str, organisation: str, path: str, expires_at: dt.datetime) -> Content:
    """Send the link that confirms the address of a registration."""
    return Content(
        _("Confirm your e-mail address"),
        [
            _("Hi %(name)s.", name=name),
            _(
                "%(organisation)s was registered with this address. Open the link to get started. In another browser than the one you registered in, you also enter the password you chose.",
                organisation=organisation,
            ),
            _(
                "The link works once and expires after two days. If this was not you, ignore this e-mail: without the password nothing is created."
            ),
        ],
        path,
        _("Confirm the address"),
        expires_at=expires_at,
    )


@as_message("account_created")
def account_created(name: str, organisation: str) -> Content:
    """Tell the owner of an address that an account was made with it, without a confirmation by e-mail."""
    return Content(
        _("You have an account"),
        [
            _("Hi %(name)s.", name=name),
            _(
                "%(organisation)s was registered with this address, from the link that we e-mailed to you earlier.",
                organisation=organisation,
            ),
            _("If this was not you, choose a new password. The link for it is sent to this address only."),
        ],
        "/forgotten",
        _("Choose a new password"),
    )


@as_message("already_registered")
def already_registered(name: str) -> Content:
    """Tell the owner of an account that somebody tried to register its address."""
    return Content(
        _("You already have an account"),
        [
            _("Hi %(name)s.", name=name),
            _(
                "Someone tried to create a new account with this address. You already have one, and nothing has been changed."
            ),
            _("If this was you, sign in, or reset your password if you have forgotten it."),
        ],
        "/sign-in",
        _("Sign in"),
    )


def _locked_text() -> str:
    """Return how many wrong passwords were entered, and how long sign-in is blocked."""
    attempts, minutes = PASSWORD.max_attempts, PASSWORD.delays[-1].seconds // 60
    return " ".join(
        (
            ngettext(
                "Someone has entered a wrong password for your account %(num)s time.",
                "Someone has entered a wrong password for your account %(num)s times.",
                attempts,
            ),
            ngettext(
                "Sign-in from there is blocked for %(num)s minute.",
                "Sign-in from there is blocked for %(num)s minutes.",
                minutes,
            ),
            _("Devices and networks you have used before are not affected."),
        )
    )


@as_message("account_locked")
def account_locked(name: str, path: str) -> Content:
    """Warn a user about repeated wrong passwords, with a link to set a new one."""
    return Content(
        _("Repeated wrong passwords for your account"),
        [
            _("Hi %(name)s.", name=name),
            _locked_text(),
            _(
                "Was it you, or can you not sign in? Use the link to choose a new password. It works once and expires after one hour."
            ),
        ],
        path,
        _("Choose a new password"),
    )


@as_message("password_changed")
def password_changed(name: str) -> Content:
    """Tell a user that the password was changed."""
    return Content(
        _("Your password has been changed"),
        [
            _("Hi %(name)s.", name=name),
            _(
                "The password for your account was just changed. If this was not you, reset your password now."
            ),
        ],
        "/forgotten",
        _("Choose a new password"),
    )


@as_message("new_address")
def new_address(name: str, path: str, expires_at: dt.datetime) -> Content:
    """Send a new e-mail address the link that confirms it."""
    return Content(
        _("Confirm your new e-mail address"),
        [
            _("Hi %(name)s.", name=name),
            _("You have asked to sign in with this address from now on. Confirm that it is yours."),
            _("The link works once and expires after one hour. If this was not you, ignore this e-mail."),
        ],
        path,
        _("Confirm the address"),
        expires_at=expires_at,
    )


@as_message("address_asked")
def address_asked(name: str, hidden: str) -> Content:
    """Tell the old e-mail address that a change to another was requested."""
    return Content(
        _("Someone wants to change your e-mail address"),
        [
            _("Hi %(name)s.", name=name),
            _(
                "The address for your account will change to %(email)s once that address has been confirmed.",
                email=hidden,
            ),
            _("If this was not you, choose a new password straight away. That stops the change."),
        ],
        "/forgotten",
        _("Choose a new password"),
    )


@as_message("address_changed")
def address_changed(name: str, hidden: str) -> Content:
    """Tell the old e-mail address that the account has another one now."""
    return Content(
        _("Your e-mail address has been changed"),
        [
            _("Hi %(name)s.", name=name),
            _(
                "You now sign in with %(email)s. If this was not you, ask an adviser or an administrator for help.",
                email=hidden,
            ),
        ],
        "/gardens",
        _("Ask an adviser"),
    )


@as_message("second_factor_on")
def two_factor_enabled(name: str) -> Content:
    """Tell a user that two-factor sign-in was enabled."""
    return Content(
        _("Two-step sign-in has been turned on"),
        [
            _("Hi %(name)s.", name=name),
            _(
                "From now on you need a verification code from your phone when you sign in. If this was not you, request a new password."
            ),
        ],
        "/forgotten",
        _("Choose a new password"),
    )


@as_message("second_factor_off")
def two_factor_disabled(name: str, *, by_administrator: bool) -> Content:
    """Tell a user that two-factor sign-in was disabled."""
    who = (
        _("An administrator has turned off two-step sign-in for your account.")
        if by_administrator
        else _("Two-step sign-in has been removed from your account.")
    )
    return Content(
        _("Two-step sign-in has been turned off"),
        [
            _("Hi %(name)s.", name=name),
            who,
            _(
                "You can set it up again on your account page. If you did not want this, contact an administrator."
            ),
        ],
        "/account/second-step",
        _("Set up two-step sign-in"),
    )
