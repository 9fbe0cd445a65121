"""Password sign-in, with the same responses and timing for known and unknown addresses."""

from dataclasses import dataclass

from marketplace.accounts import notices, password_hashing, queries
from marketplace.accounts.attempt_limits import ACCOUNT, LOCK_MAIL, NETWORK_ADDRESS, PASSWORD, BackoffPolicy
from marketplace.accounts.models import User
from marketplace.accounts.password_hashing import HashCost
from marketplace.accounts.use_cases.attempt_counters import (
    is_allowed,
    record_attempt,
    reset_attempts,
    undo_attempt,
)
from marketplace.accounts.use_cases.one_time_links import RESET, create_link
from marketplace.accounts.use_cases.origins import (
    UNKNOWN_ORIGIN,
    AttemptSource,
    Origin,
    attempt_source,
    remember_network,
)
from marketplace.accounts.use_cases.sessions import open_session
from marketplace.audit.use_cases import record
from marketplace.core.database import transaction
from marketplace.core.email_address import normalize_email
from marketplace.outbox.use_cases import send_mail


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """The submitted credentials and where they came from."""

    email: str
    password: str
    origin: Origin = UNKNOWN_ORIGIN
    user_agent: str = ""


def sign_in(attempt: SignInAttempt, cost: HashCost) -> str | None:
    """Open a session and return its token, or None if the credentials are wrong.

    Each attempt is counted before the password is verified, and undone if it was right, so that concurrent attempts
    cannot exceed the limit. Strangers use up their own attempts only: see `_counters`. Raises TooMany.
    """
    email, network = normalize_email(attempt.email), attempt.origin.network
    with transaction():
        user = queries.find_user_by_email(email)
        source = attempt_source(attempt.origin, user)
        attempts = record_attempt(PASSWORD, password_subject(email, source))
        for policy, subject in _counters(email, network, source):
            record_attempt(policy, subject)
        stored_hash, dummy_hash = user.password_hash if user else None, queries.dummy_password_hash(email)
        if attempts == PASSWORD.max_attempts and user is not None and user.is_active:
            _notify_account_locked(user)
    # Argon2 is slow on purpose, so it runs outside any transaction; the user is loaded again afterwards.
    matches = password_hashing.verify(stored_hash, attempt.password, cost, dummy_hash)
    renewed = None
    if matches and stored_hash is not None and password_hashing.needs_rehash(stored_hash, cost):
        renewed = password_hashing.hash_password(attempt.password, cost)
    with transaction():
        user = queries.find_user_by_email(email)
        if user is None or not matches or not user.is_active or user.password_hash != stored_hash:
            record(None, "account.refuse_sign_in", "user", user.id if user else "unknown")
            return None
        user.password_hash = renewed or user.password_hash
        reset_attempts(PASSWORD, password_subject(email, source))
        for policy, subject in _counters(email, network, source):
            undo_attempt(policy, subject)
        remember_network(user.id, attempt.origin)
        return open_session(user.id, attempt.user_agent)


def password_subject(email: str, source: AttemptSource) -> str:
    """Return the subject that counts wrong passwords for an account from one source."""
    return f"{email} {source.subject}"


def _counters(email: str, network: str, source: AttemptSource) -> tuple[tuple[BackoffPolicy, str], ...]:
    """Return the limits shared with others that apply to a source: none if the account knows the device."""
    if source.is_known_device:
        return ()
    if source.is_known_network:
        return ((NETWORK_ADDRESS, network),)
    return ((NETWORK_ADDRESS, network), (ACCOUNT, email))


def _notify_account_locked(user: User) -> None:
    record(None, "account.lock", "user", user.id)
    if is_allowed(LOCK_MAIL, user.email):
        path = f"/reset/{create_link(user, RESET)}"
        send_mail(notices.account_locked(user.name, path), user.email, user.locale)
