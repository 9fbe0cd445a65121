"""Who is asking this request. The session row in the database is the truth; the cookie only points to it."""

from typing import cast

from flask_login import LoginManager, UserMixin, current_user

from marketplace.core.viewer import ANONYMOUS, Viewer

login_manager = LoginManager()
login_manager.session_protection = None


class SignedIn(UserMixin):
    """A signed-in person as Flask-Login knows it: its id is the secret of the session row."""

    def __init__(self, viewer: Viewer, token: str, unread: int = 0, memberships: int = 1) -> None:
        self.viewer = viewer
        self.token = token
        self.unread = unread
        self.memberships = memberships

    def get_id(self) -> str:
        """Return what the cookie holds."""
        return self.token


def current_viewer() -> Viewer:
    """Return the viewer of this request, or the anonymous one."""
    return cast("SignedIn", current_user).viewer if current_user.is_authenticated else ANONYMOUS


def current_token() -> str | None:
    """Return the secret of the viewer's session, or None."""
    return cast("SignedIn", current_user).token if current_user.is_authenticated else None
