"""What people do with their accounts."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import delete, select

from marketplace.accounts import notices, passwords, queries
from marketplace.accounts.models import OneTimeLink, SignInSession, User
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.i18n import LOCALES, current_locale
from marketplace.core.i18n import gettext as _
from marketplace.core.identifiers import new_token, token_hash
from marketplace.core.viewer import Viewer
from marketplace.outbox.messages import Receiver
from marketplace.outbox.use_cases import send_mail

RESET_MINUTES = 60


@dataclass(frozen=True, slots=True)
class HashCost:
    """The price of a password check: argon2id passes and memory."""

    passes: int = 3
    memory_kib: int = 65_536


def receiver(user: User) -> Receiver:
    """Return a person as a receiver of notices."""
    return Receiver(user.id, user.email, user.locale)


def add_user(*, name: str, email: str, password: str, cost: HashCost, locale: str | None = None) -> User:
    """Add a person, inside the caller's transaction. Raises RuleBroken for a weak password or a known address."""
    passwords.check_quality(password, name, email)
    if queries.find_user_by_email(email):
        raise RuleBroken(
            _("There is already an account with this address. Log in, or ask for a new password."), "email"
        )
    user = User(
        name=name,
        email=email.lower(),
        password_hash=passwords.hasher(cost.passes, cost.memory_kib).hash(password),
        locale=locale or current_locale(),
    )
    session.add(user)
    session.flush()
    return user


def sign_in(email: str, password: str, cost: HashCost, user_agent: str = "") -> str | None:
    """Open a session and return its secret, or None when address and password do not belong together.

    An unknown address costs the same time as a known one.
    """
    user = queries.find_user_by_email(email)
    known = user.password_hash if user else passwords.dummy_hash(cost.passes, cost.memory_kib)
    fits = passwords.matches(known, password)
    if user is None or not fits or not user.is_active:
        return None
    return open_session(user.id, user_agent)


def open_session(user_id: int, user_agent: str = "", membership_id: int | None = None) -> str:
    """Open a session for a person and return its secret."""
    token = new_token()
    with transaction():
        user = queries.get_user(user_id)
        user.last_signed_in_at = clock.now()
        session.add(
            SignInSession(
                token_hash=token_hash(token),
                user_id=user_id,
                user_agent=user_agent[:200],
                acting_membership_id=membership_id,
            )
        )
        record(Viewer(user_id=user_id), "account.sign_in", "user", user_id)
    return token


def touch_session(token: str) -> None:
    """Note that a session was used now; called at most once a minute for each."""
    with transaction():
        found = queries.find_session(token)
        if found:
            found.last_seen_at = clock.now()


def act_for(token: str, membership_id: int | None) -> None:
    """Choose for whom a session acts; the caller has checked that the membership is the person's own."""
    with transaction():
        found = queries.find_session(token)
        if found is None:
            raise NotFound
        found.acting_membership_id = membership_id


def sign_out(token: str) -> None:
    """End one session."""
    with transaction():
        session.execute(delete(SignInSession).where(SignInSession.token_hash == token_hash(token)))


def sign_out_everywhere(viewer: Viewer, except_token: str | None = None) -> None:
    """End all of the viewer's sessions, but for the present one when its secret is given."""
    with transaction():
        query = delete(SignInSession).where(SignInSession.user_id == viewer.user_id)
        if except_token:
            query = query.where(SignInSession.token_hash != token_hash(except_token))
        session.execute(query)
        record(viewer, "account.sign_out_everywhere", "user", viewer.user_id)


def change_profile(viewer: Viewer, *, name: str, locale: str) -> None:
    """Change the viewer's name and language."""
    with transaction():
        user = queries.get_user(viewer.user_id or 0)
        user.name = name
        user.locale = locale if locale in LOCALES else user.locale
        record(viewer, "account.change_profile", "user", user.id)


def change_password(viewer: Viewer, *, old: str, new: str, cost: HashCost, token: str | None) -> None:
    """Change the viewer's password and end all other sessions. Raises RuleBroken."""
    user = queries.get_user(viewer.user_id or 0)
    if not passwords.matches(user.password_hash, old):
        raise RuleBroken(_("This is not your present password."), "old")
    passwords.check_quality(new, user.name, user.email)
    with transaction():
        queries.get_user(viewer.user_id or 0).password_hash = passwords.hasher(
            cost.passes, cost.memory_kib
        ).hash(new)
        record(viewer, "account.change_password", "user", viewer.user_id)
        sign_out_everywhere(viewer, token)


def ask_for_reset(email: str) -> None:
    """Mail a link that sets a new password, if the address belongs to an account; say nothing either way."""
    with transaction():
        user = queries.find_user_by_email(email)
        if user is None or not user.is_active:
            return
        session.execute(
            delete(OneTimeLink).where(OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None))
        )
        token = new_token()
        session.add(
            OneTimeLink(
                token_hash=token_hash(token),
                user_id=user.id,
                purpose="reset",
                expires_at=clock.now() + dt.timedelta(minutes=RESET_MINUTES),
            )
        )
        send_mail(notices.reset_password(user.name, f"/reset/{token}"), user.email, user.locale)
        record(None, "account.ask_for_reset", "user", user.id)


def find_reset(token: str) -> OneTimeLink | None:
    """Return a reset link that still works, or None."""
    query = select(OneTimeLink).where(
        OneTimeLink.token_hash == token_hash(token), OneTimeLink.purpose == "reset"
    )
    link = session.scalar(query.with_for_update())
    return link if link and link.used_at is None and link.expires_at > clock.now() else None


def reset_password(token: str, password: str, cost: HashCost) -> None:
    """Set a new password by a mailed link and end all sessions. Raises RuleBroken or NotFound."""
    with transaction():
        link = find_reset(token)
        if link is None:
            raise NotFound
        passwords.check_quality(password, link.user.name, link.user.email)
        link.used_at = clock.now()
        link.user.password_hash = passwords.hasher(cost.passes, cost.memory_kib).hash(password)
        person = Viewer(user_id=link.user_id)
        record(person, "account.reset_password", "user", link.user_id)
        sign_out_everywhere(person)


def set_active(viewer: Viewer, user_id: int, *, active: bool) -> None:
    """Let an administrator close or open an account. Raises RuleBroken for the administrator's own."""
    if user_id == viewer.user_id:
        raise RuleBroken(_("You cannot close your own account here."))
    with transaction():
        user = queries.get_user(user_id)
        user.is_active = active
        if not active:
            session.execute(delete(SignInSession).where(SignInSession.user_id == user_id))
        record(viewer, "account.open" if active else "account.close", "user", user_id)


def create_administrator(*, name: str, email: str, password: str, cost: HashCost) -> None:
    """Make a person an administrator, with a new account when the address has none.

    Only reached from the command line, never from a page. Raises RuleBroken.
    """
    with transaction():
        user = queries.find_user_by_email(email)
        if user is None:
            user = add_user(name=name, email=email, password=password, cost=cost)
        user.is_admin = True
        record(None, "account.make_administrator", "user", user.id)
