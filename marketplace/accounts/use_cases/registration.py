"""Making an account, and showing that its address is one's own."""

from dataclasses import dataclass

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
    """What a person gives when making an account. `target` is the page to go on to once the address is confirmed."""

    name: str
    email: str
    password: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class PreparedAccount:
    """A new person whose password is good, and already hashed: hashing is slow and belongs outside a transaction."""

    name: str
    email: str
    password_hash: str
    target: str = ""


def as_recipient(user: User) -> Recipient:
    """Return a person as a as_recipient of notices."""
    return Recipient(user.id, user.email, user.locale)


def prepare_account(person: NewPerson, cost: HashCost, *personal_words: str) -> PreparedAccount:
    """Check a new person's password and hash it. Raises RuleBroken, for known and unknown addresses alike."""
    email = queries.normalize_email(person.email)
    passwords.check_strength(person.password, person.name, email, *personal_words)
    return PreparedAccount(person.name, email, passwords.hash_password(person.password, cost), person.target)


def register(person: PreparedAccount) -> User | None:
    """Add a person and mail a link that confirms the address, inside the caller's transaction.

    Returns None when the address has an account: its owner is told by mail, and the page must say the same as always.
    """
    known = queries.find_user_by_email(person.email)
    if known is not None:
        record(None, "account.register_known", "user", known.id)
        if known.is_active and consume_mail_quota(known.email):
            _notify_existing_account(known)
        return None
    user = _add(person)
    record(Viewer(user_id=user.id), "account.register", "user", user.id)
    if consume_mail_quota(user.email):
        _mail_verification(user, person.target)
    return user


def _notify_existing_account(known: User) -> None:
    if known.email_verified_at is None:
        _mail_verification(known, "")
    else:
        send_mail(notices.already_registered(known.name), known.email, known.locale)


def add_verified(person: PreparedAccount) -> User:
    """Add a person whose address is known to be right, as by a mailed invitation. Inside the caller's transaction.

    Raises RuleBroken when the address has an account: only its owner can get here.
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
    path = f"/confirm/{create_link(user, VERIFY, target=target)}"
    send_mail(notices.verify_address(user.name, path), user.email, user.locale)


def resend_verification(user_id: int) -> bool:
    """Mail a new link that confirms a person's address; return whether a mail may go now."""
    with transaction():
        user = queries.get_user(user_id)
        if user.email_verified_at is not None or not consume_mail_quota(user.email):
            return False
        _mail_verification(user, "")
        record(Viewer(user_id=user.id), "account.verify_again", "user", user.id)
        return True


def confirm_address(token: str, session_token: str | None = None) -> OneTimeLink:
    """Take a mailed link: the address is the person's own, or becomes it. Raises NotFound or RuleBroken.

    Sessions end, but for the one whose secret is given when the address is the one the account was made with:
    nobody who merely made an account with it stays in.
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
    """Return an address that its owner knows again and nobody else learns."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"
