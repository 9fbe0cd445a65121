"""Who is asking this request. The session row in the database is the truth; the cookie only points to it."""

from dataclasses import dataclass
from typing import cast

from flask_login import LoginManager, UserMixin, current_user

from marketplace.core.viewer import ANONYMOUS, Viewer

login_manager = LoginManager()
login_manager.session_protection = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a page tells of a sign-in beside who it is. `waiting_for` names what is left to do before being in."""

    unread: int = 0
    memberships: int = 1
    waiting_for: str | None = None
    requires_two_factor: bool = False


class SignedIn(UserMixin):
    """A signed-in person as Flask-Login knows it: its id is the secret of the session row.

    While something is left to do before the person is in (see accounts/standing.py), `viewer` is the anonymous one,
    who may do nothing, and `person` says who it is that has begun.
    """

    def __init__(self, viewer: Viewer, token: str, standing: Standing | None = None) -> None:
        self.standing = standing or Standing()
        self.person = viewer
        self.viewer = ANONYMOUS if self.standing.waiting_for else viewer
        self.token = token
        self.unread = self.standing.unread
        self.memberships = self.standing.memberships

    def get_id(self) -> str:
        """Return what the cookie holds."""
        return self.token


def _current() -> SignedIn | None:
    return cast("SignedIn", current_user) if current_user.is_authenticated else None


def current_viewer() -> Viewer:
    """Return the viewer of this request, or the anonymous one: whoever is not quite signed in may do nothing."""
    current = _current()
    return current.viewer if current else ANONYMOUS


def current_person() -> Viewer:
    """Return who has signed in or begun to, for the few pages that finish a sign-in; else the anonymous one."""
    current = _current()
    return current.person if current else ANONYMOUS


def waiting_for() -> str | None:
    """Return what is left to do before the person is in, or None."""
    current = _current()
    return current.standing.waiting_for if current else None


def requires_two_factor() -> bool:
    """Say whether this installation asks the person for a second step."""
    current = _current()
    return bool(current and current.standing.requires_two_factor)


def current_token() -> str | None:
    """Return the secret of the viewer's session, or None."""
    current = _current()
    return current.token if current else None
