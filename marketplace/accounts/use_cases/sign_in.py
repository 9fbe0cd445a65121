"""Signing in with a password: the same for every address, slowed down and stopped when it goes wrong too often."""

from dataclasses import dataclass

from marketplace.accounts import notices, passwords, queries
from marketplace.accounts.backoff import NETWORK_ADDRESS, PASSWORD
from marketplace.accounts.models import User
from marketplace.accounts.passwords import HashCost
from marketplace.accounts.use_cases.one_time_links import RESET, create_link
from marketplace.accounts.use_cases.sessions import open_session
from marketplace.accounts.use_cases.throttling import (
    consume_mail_quota,
    network_prefix,
    record_attempt,
    reset_attempts,
    undo_attempt,
)
from marketplace.audit.use_cases import record
from marketplace.core.database import transaction
from marketplace.outbox.use_cases import send_mail


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """A try to sign in: what was typed, and where it came from."""

    email: str
    password: str
    network_address: str = ""
    user_agent: str = ""


def sign_in(attempt: SignInAttempt, cost: HashCost) -> str | None:
    """Open a session and return its secret, or None when address and password do not belong together.

    Each try is counted before the password is looked at, and given back when it was right: of many at once no more
    are heard than the limit says. An unknown address is counted and takes its time like a known one. Raises TooMany.
    """
    email, network = queries.normalize_email(attempt.email), network_prefix(attempt.network_address)
    with transaction():
        tries = record_attempt(PASSWORD, email)
        record_attempt(NETWORK_ADDRESS, network)
        user = queries.find_user_by_email(email)
        known = user.password_hash if user else None
        if tries == PASSWORD.max_attempts and user is not None and user.is_active:
            _notify_account_locked(user)
    # Argon2 is slow on purpose, so it runs outside of any transaction; the person is read anew after it.
    fits = passwords.verify(known, attempt.password, cost)
    renewed = None
    if fits and known is not None and passwords.needs_rehash(known, cost):
        # Hashes at an earlier price would go on taking another time than an unknown address does.
        renewed = passwords.hash_password(attempt.password, cost)
    with transaction():
        user = queries.find_user_by_email(email)
        if user is None or not fits or not user.is_active or user.password_hash != known:
            record(None, "account.refuse_sign_in", "user", user.id if user else "unknown")
            return None
        user.password_hash = renewed or user.password_hash
        reset_attempts(PASSWORD, email)
        undo_attempt(NETWORK_ADDRESS, network)
        return open_session(user.id, attempt.user_agent)


def _notify_account_locked(user: User) -> None:
    record(None, "account.lock", "user", user.id)
    if consume_mail_quota(user.email):
        path = f"/reset/{create_link(user, RESET)}"
        send_mail(notices.account_locked(user.name, path), user.email, user.locale)
