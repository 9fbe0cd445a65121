"""Viewer of the current request. The session row in the database is authoritative; the cookie only refers to it."""

from dataclasses import dataclass

from flask import g
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user
from sqlalchemy.exc import DBAPIError

from marketplace.core.viewer import ANONYMOUS, GardenContact, MandateInfo, Viewer

login_manager = LoginManager()
login_manager.session_protection = None

STEP_ENDPOINTS = {
    "code": "accounts.enter_code",
    "enrol": "accounts.two_factor",
}
"""Endpoint that completes each pending sign-in step."""


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """State of a sign-in. `pending_step` is the step that must still be completed, or None when signed in.

    `unread_here` counts the unread messages that link to the page.
    `mandate` is the mandate that the session writes through, or wrote through until it ended; None for others.
    """

    unread: int = 0
    unread_here: int = 0
    memberships: int = 1
    pending_step: str | None = None
    requires_two_factor: bool = False
    garden: GardenContact | None = None
    mandate: MandateInfo | None = None


class SignedIn(UserMixin):
    """Flask-Login's user object; its id is the token of the session row.

    While the sign-in is incomplete (see accounts/session_policy.py), `viewer` is anonymous, without any permission,
    and `person` is the user who is signing in.
    """

    def __init__(self, viewer: Viewer, token: str, info: SessionInfo | None = None) -> None:
        self.info = info or SessionInfo()
        self.person = viewer
        self.viewer = ANONYMOUS if self.info.pending_step else viewer
        self.token = token
        self.unread = self.info.unread
        self.memberships = self.info.memberships
        self.garden = self.info.garden

    def get_id(self) -> str:
        """Return the session token, which the cookie stores."""
        return self.token


def _current() -> SignedIn | None:
    # Behind the proxy, because each attribute read through it looks the user up again.
    user = current_user._get_current_object()  # noqa: SLF001 because Werkzeug documents it
    return user if isinstance(user, SignedIn) else None


def current_viewer() -> Viewer:
    """Return the viewer of the current request; anonymous until the sign-in is complete."""
    current = _current()
    return current.viewer if current else ANONYMOUS


def current_person() -> Viewer:
    """Return the user who has signed in or is signing in, for the pages that complete a sign-in; else anonymous."""
    current = _current()
    return current.person if current else ANONYMOUS


def pending_step() -> str | None:
    """Return the step that completes the sign-in ("code" or "enrol"), or None."""
    current = _current()
    return current.info.pending_step if current else None


def requires_two_factor() -> bool:
    """Return True if the user must use two-factor authentication."""
    current = _current()
    return bool(current and current.info.requires_two_factor)


def forget_loaded_user() -> None:
    """Load the user again at the next access, after a sign-in within this request. Also renews the CSRF token."""
    g.pop("_login_user", None)
    g.pop("csrf_token", None)


def reduce_unread(count: int) -> None:
    """Lower the number of unread messages that the page shows, after some were read by opening it."""
    current = _current()
    if current is not None:
        current.unread = max(current.unread - count, 0)


def unread_here() -> int:
    """Return the number of the viewer's unread messages that link to the current page."""
    current = _current()
    return current.info.unread_here if current and not current.info.pending_step else 0


def load_user_or_assume_anonymous() -> None:
    """Continue as an anonymous visitor if the user cannot be loaded, so that an error page can be rendered."""
    try:
        current_person()
    except DBAPIError:
        g._login_user = AnonymousUserMixin()  # noqa: SLF001 because Flask-Login documents it
        g.user_is_unknown = True


def current_garden() -> GardenContact | None:
    """Return the business garden that advises the viewer's organisation, or None."""
    current = _current()
    return current.garden if current and not current.info.pending_step else None


def current_mandate() -> MandateInfo | None:
    """Return the mandate of the session, which may have ended, or None."""
    current = _current()
    return current.info.mandate if current and not current.info.pending_step else None


def acting_organisation_id() -> int:
    """Return the id of the organisation that the session acts for, also through a mandate that has ended; 0 for none."""
    mandate = current_mandate()
    return (mandate.company_id if mandate else current_viewer().organisation_id) or 0


def current_token() -> str | None:
    """Return the token of the current session, or None."""
    current = _current()
    return current.token if current else None
