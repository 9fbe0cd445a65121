"""Queries for users and their sessions."""

from collections.abc import Iterable

from sqlalchemy import func, select

from marketplace.accounts.models import OneTimeLink, PendingRegistration, RecoveryCode, SignInSession, User
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.email_address import normalize_email
from marketplace.core.errors import or_404
from marketplace.core.identifiers import token_hash
from marketplace.core.viewer import Viewer
from marketplace.text_search.list_search import ListMatches, ListSearch


def find_user_by_email(email: str) -> User | None:
    """Return the user with the given address, or None."""
    return session.scalar(select(User).where(User.email == normalize_email(email)))


def dummy_password_hash(email: str) -> str | None:
    """Return the stored hash to verify an unknown address's password against, so that it takes as long as an account's.

    Hashes have different costs once the setting has changed. Each address always gets the same account's hash, so that
    unknown addresses have the same distribution of costs as accounts. Returns None if there are no accounts.
    """
    largest = session.scalar(select(func.max(User.id))) or 0
    first = int(token_hash(f"dummy {email}")[:12], 16) % max(largest, 1) + 1
    hashes = select(User.password_hash).where(User.password_hash.startswith("$argon2")).order_by(User.id)
    return session.scalar(hashes.where(User.id >= first).limit(1)) or session.scalar(hashes.limit(1))


def get_user(user_id: int) -> User:
    """Return a user by id. Raises NotFound."""
    return or_404(session.get(User, user_id))


def find_session(token: str) -> SignInSession | None:
    """Return the session with the given token, or None."""
    return session.scalar(select(SignInSession).where(SignInSession.token_hash == token_hash(token)))


def sessions_of(viewer: Viewer) -> list[SignInSession]:
    """Return the viewer's sessions, the most recently used first."""
    query = select(SignInSession).where(SignInSession.user_id == viewer.user_id)
    return list(session.scalars(query.order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())))


def has_two_factor(viewer: Viewer) -> bool:
    """Return True if the viewer has enabled two-factor sign-in."""
    return get_user(viewer.user_id or 0).second_factor_at is not None


def find_confirmation(token: str) -> OneTimeLink | None:
    """Return an unused, unexpired link that confirms a new address of a user, or None."""
    query = select(OneTimeLink).where(
        OneTimeLink.token_hash == token_hash(token),
        OneTimeLink.purpose == "email",
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > clock.now(),
    )
    return session.scalar(query)


def find_used_link(token: str, *purposes: str) -> OneTimeLink | None:
    """Return a link that an active user has used, or None."""
    query = select(OneTimeLink).where(
        OneTimeLink.token_hash == token_hash(token),
        OneTimeLink.purpose.in_(purposes),
        OneTimeLink.used_at.is_not(None),
    )
    link = session.scalar(query)
    return link if link is not None and link.user.is_active else None


def find_registration(token: str, *, lock: bool = False) -> PendingRegistration | None:
    """Return an unexpired registration by the token of its link, or None. With `lock`, its row is locked."""
    query = select(PendingRegistration).where(
        PendingRegistration.token_hash == token_hash(token), PendingRegistration.expires_at > clock.now()
    )
    return session.scalar(query.with_for_update() if lock else query)


def recovery_codes_left(viewer: Viewer) -> int:
    """Return the number of the viewer's unused recovery codes."""
    query = select(func.count()).where(RecoveryCode.user_id == viewer.user_id)
    return session.scalar(query) or 0


def find_user_ids(text: str) -> ListMatches[int]:
    """Return the ids of users with a text in the name or address, and of those with a similar one."""
    search = ListSearch(text, (User.id, User.name, User.email))
    return search.matches(select(User).order_by(User.id))


def names_of(user_ids: Iterable[int | None]) -> dict[int | None, str]:
    """Return users' names by id."""
    ids = {user_id for user_id in user_ids if user_id is not None}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(ids))).all() if ids else []
    return {row.id: row.name for row in rows}
