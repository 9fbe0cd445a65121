"""Registering, confirming e-mail addresses, and adding users.

A registration becomes a user and an organisation when its address is confirmed: through the e-mailed link, with the
password chosen at registration or in the browser that sent that password. Neither the owner of the address, who may
click a link that a stranger caused, nor the stranger, who cannot read the e-mail, can do that alone.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import delete, select

from marketplace.accounts import hooks, notices, password_hashing, queries
from marketplace.accounts.attempt_limits import CONFIRMATION
from marketplace.accounts.models import OneTimeLink, PendingRegistration, User
from marketplace.accounts.password_hashing import HashCost
from marketplace.accounts.password_strength import check_strength
from marketplace.accounts.use_cases.attempt_counters import consume_mail_quota, record_attempt
from marketplace.accounts.use_cases.one_time_links import (
    EMAIL,
    REGISTRATION_LIFETIME,
    consume_link,
    record_used_registration,
    revoke_links,
)
from marketplace.accounts.use_cases.origins import UNKNOWN_ORIGIN, Origin, attempt_source, remember_network
from marketplace.accounts.use_cases.sessions import end_sessions_of
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.email_address import normalize_email
from marketplace.core.errors import RuleBroken, or_404
from marketplace.core.i18n import current_locale, gettext as _
from marketplace.core.identifiers import new_token, token_hash
from marketplace.core.viewer import Viewer
from marketplace.outbox.messages import Recipient
from marketplace.outbox.use_cases import send_mail


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Registration data. `target` is the page to open once the address is confirmed."""

    name: str
    email: str
    password: str
    target: str = ""
    origin: Origin = UNKNOWN_ORIGIN


@dataclass(frozen=True, slots=True)
class PreparedAccount:
    """A new account with a hashed password. Hashing is slow and belongs outside a transaction."""

    name: str
    email: str
    password_hash: str
    target: str = ""
    origin: Origin = UNKNOWN_ORIGIN


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """The organisation that a registration adds; `details` are JSON values for the callback of its kind in hooks.py."""

    kind: str
    name: str
    details: dict[str, Any]


def as_recipient(user: User) -> Recipient:
    """Return a user as a recipient of notices."""
    return Recipient(user.id, user.email, user.locale)


def prepare_account(person: NewPerson, cost: HashCost, *personal_words: str) -> PreparedAccount:
    """Check and hash a new user's password. Raises RuleBroken, for known and unknown addresses alike."""
    email = normalize_email(person.email)
    check_strength(person.password, person.name, email, *personal_words)
    hashed = password_hashing.hash_password(person.password, cost)
    return PreparedAccount(person.name, email, hashed, person.target, person.origin)


def register(person: PreparedAccount, organisation: NewOrganisation) -> str:
    """Store a registration and e-mail a confirmation link, inside the caller's transaction.

    Returns the key with which this browser may request the e-mail again. If the address has an account, nothing is
    stored and its owner is notified by e-mail; the page must not differ.
    """
    browser_key = new_token()
    owner = queries.find_user_by_email(person.email)
    source = attempt_source(person.origin, owner)
    allowed = consume_mail_quota(person.email, source.subject, is_owner=source.is_known)
    if owner is not None:
        record(None, "account.register_known", "user", owner.id)
        if owner.is_active and allowed:
            send_mail(notices.already_registered(owner.name), owner.email, owner.locale)
        return browser_key
    pending = PendingRegistration(
        token_hash=token_hash(new_token()),
        browser_key_hash=token_hash(browser_key),
        email=person.email,
        name=person.name,
        password_hash=person.password_hash,
        locale=current_locale(),
        kind=organisation.kind,
        organisation_name=organisation.name,
        details=organisation.details,
        expires_at=clock.now() + REGISTRATION_LIFETIME,
    )
    session.add(pending)
    session.flush()
    record(None, "account.register", "registration", pending.id)
    if allowed:
        _mail_confirmation(pending, person.target)
    return browser_key


def _mail_confirmation(pending: PendingRegistration, target: str) -> None:
    token = new_token()
    pending.token_hash = token_hash(token)
    # The target may contain the token of an invitation, so it travels in the link and is stored nowhere else.
    query = f"?{urlencode({'next': target})}" if target else ""
    message = notices.confirm_registration(
        pending.name, pending.organisation_name, f"/confirm/{token}{query}", pending.expires_at
    )
    send_mail(message, pending.email, pending.locale)


def resend_confirmation(browser_key: str, email: str, target: str, origin: Origin) -> bool:
    """E-mail a new confirmation link to the browser that registered; return False if the quota is used up.

    Reveals nothing else: an address that has an account is counted in the same way, and gets no e-mail.
    """
    with transaction():
        sender = attempt_source(origin, None).subject
        allowed = consume_mail_quota(normalize_email(email), sender)
        query = select(PendingRegistration).where(
            PendingRegistration.browser_key_hash == token_hash(browser_key),
            PendingRegistration.expires_at > clock.now(),
        )
        pending = session.scalar(query.with_for_update())
        if allowed and pending is not None:
            _mail_confirmation(pending, target)
            record(None, "account.verify_again", "registration", pending.id)
        return allowed


def confirm_registration(token: str, password: str, cost: HashCost, origin: Origin = UNKNOWN_ORIGIN) -> int:
    """Add the user and organisation of a registration; return the user's id.

    Requires the password chosen at registration. Raises NotFound if the link is no longer valid, TooMany after ten wrong
    passwords, and RuleBroken.
    """
    with transaction():
        pending = or_404(queries.find_registration(token, lock=True))
        record_attempt(CONFIRMATION, f"registration:{pending.id}")
        password_hash = pending.password_hash
    if not password_hashing.verify(password_hash, password, cost):
        raise RuleBroken(wrong_password_message(), "password")
    with transaction():
        return _add_registered(or_404(queries.find_registration(token, lock=True)), origin)


def confirm_in_own_browser(token: str, browser_key: str, origin: Origin = UNKNOWN_ORIGIN) -> int | None:
    """Add the user and organisation of a registration without asking for its password; return the user's id.

    Returns None unless `browser_key` identifies the browser that registered, which has already sent the password. Raises
    NotFound if the link is no longer valid, and RuleBroken.
    """
    with transaction():
        pending = or_404(queries.find_registration(token, lock=True))
        if pending.browser_key_hash != token_hash(browser_key):
            return None
        return _add_registered(pending, origin)


def _add_registered(pending: PendingRegistration, origin: Origin) -> int:
    """Add the user and organisation of a locked registration; return the user's id. Raises RuleBroken."""
    kind, details = pending.kind, pending.details
    link_hash, expires_at = pending.token_hash, pending.expires_at
    user = add_verified(PreparedAccount(pending.name, pending.email, pending.password_hash), pending.locale)
    hooks.registration[kind](user.id, details)
    record_used_registration(user, link_hash, expires_at)
    remember_network(user.id, origin)
    record(Viewer(user_id=user.id), "account.verify", "user", user.id)
    return user.id


def wrong_password_message() -> str:
    """Return the message for a confirmation whose password is not the password of the account or registration."""
    return _(
        "Wrong password. Enter the one that was chosen at registration. If you did not choose one, someone else has used your address: close this page."
    )


def add_verified(person: PreparedAccount, locale: str = "") -> User:
    """Add a user whose address is verified, and drop all registrations that wait for it. In the caller's transaction.

    Raises RuleBroken if the address has an account; only its owner can see that message.
    """
    if queries.find_user_by_email(person.email):
        raise RuleBroken(
            _("An account with this address already exists. Sign in, or reset your password."), "email"
        )
    user = User(
        name=person.name,
        email=person.email,
        password_hash=person.password_hash,
        locale=locale or current_locale(),
        email_verified_at=clock.now(),
    )
    session.add(user)
    session.flush()
    _drop_registrations(user.email)
    record(Viewer(user_id=user.id), "account.register", "user", user.id)
    return user


def add_proven(person: PreparedAccount, organisation: str) -> User:
    """Add a user who has opened a link e-mailed to the address before, and tell the address. In the caller's transaction.

    Raises RuleBroken if the address has an account.
    """
    user = add_verified(person)
    remember_network(user.id, person.origin)
    # The earlier e-mail may have been forwarded.
    send_mail(notices.account_created(user.name, organisation), user.email, user.locale)
    return user


def _drop_registrations(email: str) -> None:
    session.execute(delete(PendingRegistration).where(PendingRegistration.email == email))


def confirm_address(token: str, password: str, cost: HashCost) -> OneTimeLink:
    """Change a user's address to that of an e-mailed link. All sessions end.

    Requires the password of the account: whoever clicks the link may be the owner of an address that a stranger has
    entered. Raises NotFound, RuleBroken, or TooMany after ten wrong passwords.
    """
    with transaction():
        link = or_404(queries.find_confirmation(token))
        record_attempt(CONFIRMATION, f"link:{link.id}")
        password_hash = link.user.password_hash
    if not password_hashing.verify(password_hash, password, cost):
        raise RuleBroken(wrong_password_message(), "password")
    with transaction():
        link = consume_link(token, EMAIL)
        user, old = link.user, link.user.email
        other = queries.find_user_by_email(link.email)
        if other is not None and other.id != user.id:
            raise RuleBroken(_("This address belongs to another account."))
        user.email = link.email
        user.email_verified_at = clock.now()
        revoke_links(user.id)
        end_sessions_of(user.id)
        _drop_registrations(user.email)
        record(Viewer(user_id=user.id), "account.change_address", "user", user.id)
        send_mail(notices.address_changed(user.name, mask_email(link.email)), old, user.locale)
        return link


def mask_email(email: str) -> str:
    """Return an address with all but the first letter of its local part masked."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"
