"""Counting tries in the database, so that all processes count together and nobody slips between two readings."""

import datetime as dt
import ipaddress

from sqlalchemy import case, delete, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from marketplace.accounts.backoff import MAIL, POLICIES, BackoffPolicy
from marketplace.accounts.models import Throttle
from marketplace.core import clock
from marketplace.core.database import UtcDateTime, session, transaction
from marketplace.core.errors import TooMany
from marketplace.core.i18n import gettext as _
from marketplace.core.i18n import ngettext
from marketplace.core.identifiers import token_hash

_MINUTE = 60


def _key(policy: BackoffPolicy, subject: str) -> str:
    return f"{policy.name}:{token_hash(subject)}"


def record_attempt(policy: BackoffPolicy, subject: str) -> int:
    """Count one try and return which in a row it is, inside the caller's transaction.

    One statement counts and decides, so of many tries at once no more are let through than the policy says.
    Raises TooMany with the time to wait.
    """
    now, key = clock.now(), _key(policy, subject)
    attempts = case((Throttle.last_at <= now - policy.reset_after, 1), else_=Throttle.hits + 1)
    delays = [(attempts == n, _until(now, policy.delay_after(n))) for n in range(1, policy.max_attempts)]
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
                "blocked_until": case(*delays, else_=_until(now, policy.delay_after(policy.max_attempts))),
            },
            where=or_(Throttle.blocked_until.is_(None), Throttle.blocked_until <= now),
        )
        .returning(Throttle.hits)
    )
    taken: int | None = session.scalar(statement)
    if taken is None:
        until = session.scalar(select(Throttle.blocked_until).where(Throttle.subject == key)) or now
        raise TooMany(_wait_message(until - now), int((until - now).total_seconds()) + 1)
    return taken


def _until(now: dt.datetime, wait: dt.timedelta) -> object:
    return literal(now + wait, UtcDateTime())


def _wait_message(left: dt.timedelta) -> str:
    seconds = max(1, int(left.total_seconds()) + 1)
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
    """Take back one try that was none after all, inside the caller's transaction."""
    query = update(Throttle).where(Throttle.subject == _key(policy, subject), Throttle.hits > 0)
    session.execute(query.values(hits=Throttle.hits - 1, blocked_until=None))


def reset_attempts(policy: BackoffPolicy, subject: str) -> None:
    """Begin to count anew, inside the caller's transaction."""
    session.execute(delete(Throttle).where(Throttle.subject == _key(policy, subject)))


def consume_mail_quota(email: str) -> bool:
    """Count a mail that a stranger can make us send, and say whether it may go.

    Inside the caller's transaction. Asked for known and unknown addresses alike.
    """
    try:
        record_attempt(MAIL, _canonical_mailbox(email))
    except TooMany:
        return False
    return True


def require_mail_quota(email: str) -> None:
    """Count a mail as `consume_mail_quota` does. Raises TooMany when it may not go."""
    try:
        record_attempt(MAIL, _canonical_mailbox(email))
    except TooMany as error:
        raise TooMany(
            _(
                "Three e-mails have been sent to this address in the last few hours. Wait before you send another."
            ),
            error.seconds,
        ) from error


def _canonical_mailbox(email: str) -> str:
    """Return whose mailbox an address leads to: what stands after a plus is the owner's own sorting."""
    name, _at, domain = email.rpartition("@")
    return f"{name.partition('+')[0] or name}@{domain}"


def network_prefix(address: str) -> str:
    """Return what a person can hardly change of a network address: all of IPv4, the first half of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def purge_attempts() -> int:
    """Delete what is too old to count; return how many rows. A job of the clock."""
    oldest = clock.now() - 2 * max(policy.reset_after for policy in POLICIES)
    with transaction():
        ended = session.scalars(
            delete(Throttle).where(Throttle.last_at < oldest).returning(Throttle.subject)
        ).all()
        return len(ended)
