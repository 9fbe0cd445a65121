"""Creating accounts and confirming e-mail addresses."""

from dataclasses import dataclass
from urllib.parse import urlencode

from marketplace.accounts import notices, passwords, queries
from marketplace.accounts.models import OneTimeLink, User
from marketplace.accounts.passwords import HashCost
from marketplace.accounts.use_cases.one_time_links import (
    EMAIL,
    VERIFY,
    consume_link,
    create_link,
    revoke_links,
)
from marketplace.accounts.use_cases.sessions import end_sessions_of
from marketplace.accounts.use_cases.throttling import consume_mail_quota
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.i18n import current_locale
from marketplace.core.i18n import gettext as _
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


@dataclass(frozen=True, slots=True)
class PreparedAccount:
    """A new account with a hashed password. Hashing is slow and belongs outside a transaction."""

    name: str
    email: str
    password_hash: str
    target: str = ""


def as_recipient(user: User) -> Recipient:
    """Return a user as a recipient of notices."""
    return Recipient(user.id, user.email, user.locale)


def prepare_account(person: NewPerson, cost: HashCost, *personal_words: str) -> PreparedAccount:
    """Check and hash a new user's password. Raises RuleBroken, for known and unknown addresses alike."""
    email = queries.normalize_email(person.email)
    passwords.check_strength(person.password, person.name, email, *personal_words)
    return PreparedAccount(person.name, email, passwords.hash_password(person.password, cost), person.target)


def register(person: PreparedAccount) -> User | None:
    """Add a user and e-mail a confirmation link, inside the caller's transaction.

    Returns None if the address already has an account: its owner is notified by e-mail, and the page must not differ.
    """
    owner = queries.find_user_by_email(person.email)
    if owner is not None:
        record(None, "account.register_known", "user", owner.id)
        if owner.is_active and consume_mail_quota(owner.email):
            _notify_existing_account(owner)
        return None
    user = _add(person)
    record(Viewer(user_id=user.id), "account.register", "user", user.id)
    if consume_mail_quota(user.email):
        _mail_verification(user, person.target)
    return user


def _notify_existing_account(user: User) -> None:
    if user.email_verified_at is None:
        _mail_verification(user, "")
    else:
        send_mail(notices.already_registered(user.name), user.email, user.locale)


def add_verified(person: PreparedAccount) -> User:
    """Add a user whose address is already verified, for instance by an invitation. Inside the caller's transaction.

    Raises RuleBroken if the address has an account; only its owner can see that message.
    """
    if queries.find_user_by_email(person.email):
        raise RuleBroken(
            _("An account with this address already exists. Sign in, or reset your password."), "email"
        )
    user = _add(person)
    user.email_verified_at = clock.now()
    record(Viewer(user_id=user.id), "account.register", "user", user.id)
    return user


def _add(person: PreparedAccount) -> User:
    user = User(
        name=person.name, email=person.email, password_hash=person.password_hash, locale=current_locale()
    )
    session.add(user)
    session.flush()
    return user


def _mail_verification(user: User, target: str) -> None:
    # The target may contain the token of an invitation, so it travels in the link and is stored nowhere else.
    query = f"?{urlencode({'next': target})}" if target else ""
    path = f"/confirm/{create_link(user, VERIFY)}{query}"
    send_mail(notices.verify_address(user.name, path), user.email, user.locale)


def resend_verification(user_id: int) -> bool:
    """E-mail a new confirmation link. Returns False if confirmed already or the quota is used up."""
    with transaction():
        user = queries.get_user(user_id)
        if user.email_verified_at is not None or not consume_mail_quota(user.email):
            return False
        _mail_verification(user, "")
        record(Viewer(user_id=user.id), "account.verify_again", "user", user.id)
        return True


def confirm_address(token: str, session_token: str | None = None) -> OneTimeLink:
    """Consume a confirmation link: mark the address as verified, or change to it. Raises NotFound or RuleBroken.

    All sessions end. When a new account's address is confirmed, the session with `session_token` is kept: whoever
    registered with somebody else's address is signed out.
    """
    with transaction():
        link = consume_link(token, VERIFY, EMAIL)
        user, old = link.user, link.user.email
        person = Viewer(user_id=user.id)
        if link.purpose == EMAIL:
            other = queries.find_user_by_email(link.email)
            if other is not None and other.id != user.id:
                raise RuleBroken(_("This address belongs to another account."))
            user.email = link.email
            revoke_links(user.id)
            end_sessions_of(user.id)
            record(person, "account.change_address", "user", user.id)
            send_mail(notices.address_changed(user.name, mask_email(link.email)), old, user.locale)
        elif link.email != user.email:
            raise NotFound
        else:
            end_sessions_of(user.id, session_token)
            record(person, "account.verify", "user", user.id)
        user.email_verified_at = clock.now()
        return link


def mask_email(email: str) -> str:
    """Return an address with all but the first letter of its local part masked."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"
