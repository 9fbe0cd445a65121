"""Attempt counters in the database, shared by all processes and updated atomically."""

import datetime as dt

from sqlalchemy import case, delete, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from marketplace.accounts.attempt_limits import MAIL, MAIL_SENDER, MAILBOX, POLICIES, SIGN_UP, BackoffPolicy
from marketplace.accounts.models import Throttle
from marketplace.core import clock
from marketplace.core.database import UtcDateTime, session, transaction
from marketplace.core.errors import TooMany
from marketplace.core.i18n import gettext as _, ngettext
from marketplace.core.identifiers import token_hash

_MINUTE = 60


def _key(policy: BackoffPolicy, subject: str) -> str:
    return f"{policy.name}:{token_hash(subject)}"


def record_attempt(policy: BackoffPolicy, subject: str) -> int:
    """Count an attempt and return its number in the series, inside the caller's transaction.

    A single statement counts and decides, so concurrent attempts cannot exceed the policy. Raises TooMany with the
    remaining delay.
    """
    now, key = clock.now(), _key(policy, subject)
    attempts = case((Throttle.last_at <= now - policy.reset_after, 1), else_=Throttle.hits + 1)
    last = policy.max_attempts
    # One condition for each run of equal delays; the last delay applies to all later attempts.
    ends = [n for n in range(1, last) if policy.delay_after(n) != policy.delay_after(n + 1)]
    delays = [(attempts <= n, _until(now, policy.delay_after(n))) for n in ends]
    final = _until(now, policy.delay_after(last))
    first = {"subject": key, "hits": 1, "last_at": now, "blocked_until": now + policy.delay_after(1)}
    postgres = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert(Throttle) if postgres else sqlite.insert(Throttle)
    statement = (
        insert.values(first)
        .on_conflict_do_update(
            index_elements=[Throttle.subject],
            set_={
                "hits": attempts,
                "last_at": now,
                "blocked_until": case(*delays, else_=final) if delays else final,
            },
            where=or_(Throttle.blocked_until.is_(None), Throttle.blocked_until <= now),
        )
        .returning(Throttle.hits)
    )
    count: int | None = session.scalar(statement)
    if count is None:
        until = session.scalar(select(Throttle.blocked_until).where(Throttle.subject == key)) or now
        raise TooMany(_wait_message(until - now), int((until - now).total_seconds()) + 1)
    return count


def _until(now: dt.datetime, wait: dt.timedelta) -> object:
    return literal(now + wait, UtcDateTime())


def _wait_message(delay: dt.timedelta) -> str:
    seconds = max(1, int(delay.total_seconds()) + 1)
    if seconds <= _MINUTE:
        return ngettext(
            "Too many attempts. Wait %(num)s second and try again.",
            "Too many attempts. Wait %(num)s seconds and try again.",
            seconds,
        )
    return ngettext(
        "Too many attempts. Wait %(num)s minute and try again.",
        "Too many attempts. Wait %(num)s minutes and try again.",
        -(-seconds // _MINUTE),
    )


def undo_attempt(policy: BackoffPolicy, subject: str) -> None:
    """Subtract an attempt that turned out to be legitimate, inside the caller's transaction."""
    query = update(Throttle).where(Throttle.subject == _key(policy, subject), Throttle.hits > 0)
    session.execute(query.values(hits=Throttle.hits - 1, blocked_until=None))


def reset_attempts(policy: BackoffPolicy, subject: str) -> None:
    """Start counting from zero, inside the caller's transaction."""
    session.execute(delete(Throttle).where(Throttle.subject == _key(policy, subject)))


def consume_mail_quota(email: str, sender: str, *, is_owner: bool = False) -> bool:
    """Count an e-mail that a visitor triggered; return False if it must not be sent.

    Limited by sender and mailbox, by sender, and for all strangers together; `is_owner` means that the account of the
    address has used the sender's device or network before. Inside the caller's transaction. Called for known and unknown
    addresses alike.
    """
    mailbox = _canonical_mailbox(email)
    if not is_allowed(MAIL, f"{mailbox} {sender}"):
        return False
    return is_owner or (is_allowed(MAIL_SENDER, sender) and is_allowed(MAILBOX, mailbox))


def is_allowed(policy: BackoffPolicy, subject: str) -> bool:
    """Count an attempt and return False if it exceeds the policy, inside the caller's transaction."""
    try:
        record_attempt(policy, subject)
    except TooMany:
        return False
    return True


def require_mail_quota(email: str, sender: str) -> None:
    """Count an e-mail as `consume_mail_quota` does. Raises TooMany if it must not be sent."""
    mailbox = _canonical_mailbox(email)
    try:
        record_attempt(MAIL, f"{mailbox} {sender}")
        record_attempt(MAILBOX, mailbox)
    except TooMany as error:
        raise TooMany(
            _(
                "Several e-mails have been sent to this address in the last few hours. Wait before you send another."
            ),
            error.seconds,
        ) from error


def require_sign_up_quota(network: str) -> None:
    """Count a sign-up for a course from a network, inside the caller's transaction. Raises TooMany."""
    try:
        record_attempt(SIGN_UP, network)
    except TooMany as error:
        raise TooMany(
            _(
                "Many companies have been signed up from this network in the last hour. Wait an hour, or call the business garden: an adviser can sign you up."
            ),
            error.seconds,
        ) from error


def _canonical_mailbox(email: str) -> str:
    """Return the address without a plus suffix, which leads to the same mailbox."""
    name, _at, domain = email.rpartition("@")
    return f"{name.partition('+')[0] or name}@{domain}"


def purge_attempts() -> int:
    """Delete expired counters and return their number. A scheduled job."""
    oldest = clock.now() - 2 * max(policy.reset_after for policy in POLICIES)
    with transaction():
        purged = session.scalars(
            delete(Throttle).where(Throttle.last_at < oldest).returning(Throttle.subject)
        ).all()
        return len(purged)
