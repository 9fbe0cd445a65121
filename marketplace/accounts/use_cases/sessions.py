"""Opening, renewing and ending sessions."""

from sqlalchemy import delete

from marketplace.accounts import queries
from marketplace.accounts.models import SignInSession
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import NotFound, or_404
from marketplace.core.identifiers import new_token, token_hash
from marketplace.core.viewer import Viewer


def open_session(
    user_id: int, user_agent: str = "", membership_id: int | None = None, *, code_verified: bool = False
) -> str:
    """Open a session for a user and return its new token."""
    token = new_token()
    with transaction():
        user = queries.get_user(user_id)
        user.last_signed_in_at = clock.now()
        session.add(
            SignInSession(
                token_hash=token_hash(token),
                user_id=user_id,
                user_agent=user_agent[:200],
                acting_membership_id=membership_id,
                second_factor_at=clock.now() if code_verified else None,
            )
        )
        record(Viewer(user_id=user_id), "account.sign_in", "user", user_id)
    return token


def renew_session(old_token: str) -> str:
    """Mark a session as two-factor verified and return its new token. Raises NotFound.

    Inside the caller's transaction.
    """
    row = or_404(queries.find_session(old_token))
    token = new_token()
    row.token_hash = token_hash(token)
    row.second_factor_at = clock.now()
    return token


def touch_session(token: str) -> None:
    """Update the time of last use; called at most once a minute for each session."""
    with transaction():
        row = queries.find_session(token)
        if row:
            row.last_seen_at = clock.now()


def set_acting_membership(token: str, membership_id: int | None) -> None:
    """Choose the organisation that a session acts for. The caller has checked the membership."""
    with transaction():
        row = or_404(queries.find_session(token))
        row.acting_membership_id, row.acting_mandate_id = membership_id, None


def set_acting_mandate(token: str, mandate_id: int | None) -> None:
    """Let a session write for a company through a mandate, or end that. The caller has checked the mandate."""
    with transaction():
        row = or_404(queries.find_session(token))
        row.acting_mandate_id = mandate_id


def sign_out(token: str) -> None:
    """End one session."""
    with transaction():
        row = queries.find_session(token)
        if row is not None:
            record(Viewer(user_id=row.user_id), "account.sign_out", "user", row.user_id)
            session.delete(row)


def end_session(viewer: Viewer, session_id: int) -> None:
    """End one of the viewer's sessions. Raises NotFound."""
    with transaction():
        row = session.get(SignInSession, session_id)
        if row is None or row.user_id != viewer.user_id:
            raise NotFound
        session.delete(row)
        record(viewer, "account.end_session", "user", viewer.user_id)


def end_sessions_of(user_id: int, except_token: str | None = None) -> None:
    """End all sessions of a user except the one with `except_token`. Inside the caller's transaction.

    Called for every change to a user's credentials or permissions.
    """
    query = delete(SignInSession).where(SignInSession.user_id == user_id)
    if except_token:
        query = query.where(SignInSession.token_hash != token_hash(except_token))
    session.execute(query)


def sign_out_everywhere(viewer: Viewer, except_token: str | None = None) -> None:
    """End all of the viewer's sessions except the one with `except_token`."""
    with transaction():
        end_sessions_of(viewer.user_id or 0, except_token)
        record(viewer, "account.sign_out_everywhere", "user", viewer.user_id)
