"""E-mailed links that work once."""

import datetime as dt

from sqlalchemy import delete, select

from marketplace.accounts.models import OneTimeLink, User
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import or_404
from marketplace.core.identifiers import new_token, token_hash

RESET, EMAIL, REGISTRATION = "reset", "email", "registration"
LIFETIMES = {
    RESET: dt.timedelta(hours=1),
    EMAIL: dt.timedelta(hours=1),
}
REGISTRATION_LIFETIME = dt.timedelta(hours=48)


def create_link(user: User, purpose: str, *, email: str = "") -> str:
    """Create a link and return its token, inside the caller's transaction. A new link for a changed address revokes the older one.

    Several reset links can be valid until one is used: a stranger who requests another must not revoke the one that
    the owner has requested.
    """
    if purpose == EMAIL:
        revoke_links(user.id, EMAIL)
    token = new_token()
    session.add(
        OneTimeLink(
            token_hash=token_hash(token),
            user_id=user.id,
            purpose=purpose,
            email=email or user.email,
            expires_at=clock.now() + LIFETIMES[purpose],
        )
    )
    return token


def revoke_links(user_id: int, *purposes: str) -> None:
    """Delete a user's unused links with the given purposes, or all of them. Inside the caller's transaction."""
    session.execute(
        delete(OneTimeLink).where(
            OneTimeLink.user_id == user_id,
            OneTimeLink.purpose.in_(purposes or tuple(LIFETIMES)),
            OneTimeLink.used_at.is_(None),
        )
    )


def find_link(token: str, *purposes: str) -> OneTimeLink | None:
    """Return a valid link, or None. Locks the row, so that concurrent transactions cannot use it."""
    query = select(OneTimeLink).where(
        OneTimeLink.token_hash == token_hash(token), OneTimeLink.purpose.in_(purposes)
    )
    link = session.scalar(query.with_for_update())
    if link is None or link.used_at is not None or link.expires_at <= clock.now() or not link.user.is_active:
        return None
    return link


def record_used_registration(user: User, link_hash: str, expires_at: dt.datetime) -> None:
    """Store the link of a confirmed registration as used, so that a second click finds it. In the caller's transaction."""
    session.add(
        OneTimeLink(
            token_hash=link_hash,
            user_id=user.id,
            purpose=REGISTRATION,
            email=user.email,
            expires_at=expires_at,
            used_at=clock.now(),
        )
    )


def consume_link(token: str, *purposes: str) -> OneTimeLink:
    """Mark a link as used and return it, inside the caller's transaction. Raises NotFound."""
    link = or_404(find_link(token, *purposes))
    link.used_at = clock.now()
    return link
