"""Changes to the user's own account: name, password and e-mail address."""

from dataclasses import dataclass

from marketplace.accounts import notices, password_hashing, queries
from marketplace.accounts.attempt_limits import ACCOUNT, PASSWORD
from marketplace.accounts.password_hashing import HashCost
from marketplace.accounts.password_strength import check_strength
from marketplace.accounts.use_cases.attempt_counters import (
    consume_mail_quota,
    record_attempt,
    require_mail_quota,
    reset_attempts,
)
from marketplace.accounts.use_cases.one_time_links import (
    EMAIL,
    LIFETIMES,
    RESET,
    consume_link,
    create_link,
    find_link,
    revoke_links,
)
from marketplace.accounts.use_cases.origins import UNKNOWN_ORIGIN, Origin, attempt_source, remember_network
from marketplace.accounts.use_cases.registration import mask_email
from marketplace.accounts.use_cases.sessions import end_sessions_of
from marketplace.accounts.use_cases.sign_in import password_subject
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import transaction
from marketplace.core.email_address import normalize_email
from marketplace.core.errors import RuleBroken, or_404
from marketplace.core.i18n import LOCALES, gettext as _
from marketplace.core.viewer import Viewer
from marketplace.outbox.use_cases import send_mail


def change_profile(viewer: Viewer, *, name: str, locale: str) -> None:
    """Change the viewer's name and language."""
    with transaction():
        user = queries.get_user(viewer.user_id or 0)
        user.name = name
        user.locale = locale if locale in LOCALES else user.locale
        record(viewer, "account.change_profile", "user", user.id)


def require_password(viewer: Viewer, password: str, cost: HashCost, field: str) -> None:
    """Require the current password before a sensitive change.

    Wrong passwords are limited as at sign-in, with a counter that only signed-in users can use up. Raises RuleBroken
    or TooMany.
    """
    subject = f"user {viewer.user_id}"
    with transaction():
        record_attempt(PASSWORD, subject)
        password_hash = queries.get_user(viewer.user_id or 0).password_hash
    if not password_hashing.verify(password_hash, password, cost):
        raise RuleBroken(_("This is not your current password."), field)
    with transaction():
        reset_attempts(PASSWORD, subject)


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """The current and the new password. The new one must not be based on `personal_words`."""

    old: str
    new: str
    personal_words: tuple[str, ...] = ()


def change_password(viewer: Viewer, change: PasswordChange, cost: HashCost, token: str | None) -> None:
    """Change the viewer's password and end all other sessions. Raises RuleBroken or TooMany."""
    require_password(viewer, change.old, cost, "old")
    user = queries.get_user(viewer.user_id or 0)
    check_strength(change.new, user.name, user.email, *change.personal_words)
    hashed = password_hashing.hash_password(change.new, cost)
    with transaction():
        user = queries.get_user(viewer.user_id or 0)
        user.password_hash = hashed
        revoke_links(user.id)
        end_sessions_of(user.id, token)
        record(viewer, "account.change_password", "user", user.id)
        send_mail(notices.password_changed(user.name), user.email, user.locale)


def request_password_reset(email: str, origin: Origin = UNKNOWN_ORIGIN) -> None:
    """E-mail a reset link if the address has an account. Reveals nothing to the caller."""
    email = normalize_email(email)
    with transaction():
        user = queries.find_user_by_email(email)
        source = attempt_source(origin, user)
        allowed = consume_mail_quota(email, source.subject, is_owner=source.is_known)
        if user is None or not user.is_active:
            record(None, "account.ask_for_reset", "user", "unknown")
            return
        record(None, "account.ask_for_reset", "user", user.id)
        if allowed:
            path = f"/reset/{create_link(user, RESET)}"
            notice = notices.reset_password(user.name, path, clock.now() + LIFETIMES[RESET])
            send_mail(notice, user.email, user.locale)


def find_reset_user_id(token: str) -> int | None:
    """Return the id of the user whose password a valid reset link would set, or None."""
    link = find_link(token, RESET)
    return link.user_id if link else None


def reset_password(
    token: str,
    password: str,
    cost: HashCost,
    personal_words: tuple[str, ...] = (),
    origin: Origin = UNKNOWN_ORIGIN,
) -> None:
    """Set a new password through an e-mailed link, end all sessions, and lift the limits on sign-in from here.

    Raises RuleBroken or NotFound.
    """
    link = or_404(find_link(token, RESET))
    check_strength(password, link.user.name, link.user.email, *personal_words)
    hashed = password_hashing.hash_password(password, cost)
    with transaction():
        user = consume_link(token, RESET).user
        user.password_hash = hashed
        revoke_links(user.id)
        end_sessions_of(user.id)
        reset_attempts(PASSWORD, password_subject(user.email, attempt_source(origin, user)))
        reset_attempts(ACCOUNT, user.email)
        remember_network(user.id, origin)
        record(Viewer(user_id=user.id), "account.reset_password", "user", user.id)
        send_mail(notices.password_changed(user.name), user.email, user.locale)


def request_email_change(viewer: Viewer, *, email: str, password: str, cost: HashCost) -> None:
    """E-mail a link to the new address and a notice to the old one. Raises RuleBroken or TooMany.

    An address that already has an account gets no link; the page does not reveal that.
    """
    require_password(viewer, password, cost, "present")
    email = normalize_email(email)
    with transaction():
        user = queries.get_user(viewer.user_id or 0)
        if email == user.email:
            raise RuleBroken(_("This is already your address."), "email")
        require_mail_quota(email, f"user {viewer.user_id}")
        record(viewer, "account.ask_for_address", "user", user.id)
        send_mail(notices.address_asked(user.name, mask_email(email)), user.email, user.locale)
        owner = queries.find_user_by_email(email)
        if owner is not None:
            send_mail(notices.already_registered(owner.name), email, owner.locale)
            return
        path = f"/confirm/{create_link(user, EMAIL, email=email)}"
        send_mail(notices.new_address(user.name, path, clock.now() + LIFETIMES[EMAIL]), email, user.locale)
