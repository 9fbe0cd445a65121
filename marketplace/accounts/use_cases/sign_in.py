"""Password sign-in, with the same responses and timing for known and unknown addresses."""

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
    """The submitted credentials and where they came from."""

    email: str
    password: str
    network_address: str = ""
    user_agent: str = ""


def sign_in(attempt: SignInAttempt, cost: HashCost) -> str | None:
    """Open a session and return its token, or None if the credentials are wrong.

    Each attempt is counted before the password is verified, and undone if it was right, so that concurrent attempts
    cannot exceed the limit. Raises TooMany.
    """
    email, network = queries.normalize_email(attempt.email), network_prefix(attempt.network_address)
    with transaction():
        attempts = record_attempt(PASSWORD, email)
        record_attempt(NETWORK_ADDRESS, network)
        user = queries.find_user_by_email(email)
        stored_hash = user.password_hash if user else None
        if attempts == PASSWORD.max_attempts and user is not None and user.is_active:
            _notify_account_locked(user)
    # Argon2 is slow on purpose, so it runs outside any transaction; the user is loaded again afterwards.
    matches = passwords.verify(stored_hash, attempt.password, cost)
    renewed = None
    if matches and stored_hash is not None and passwords.needs_rehash(stored_hash, cost):
        # Verifying a hash with another cost takes another time than the dummy hash of unknown addresses.
        renewed = passwords.hash_password(attempt.password, cost)
    with transaction():
        user = queries.find_user_by_email(email)
        if user is None or not matches or not user.is_active or user.password_hash != stored_hash:
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
