"""Setting up, using and removing two-factor sign-in."""

from sqlalchemy import delete, or_, update

from marketplace.accounts import notices, queries
from marketplace.accounts.attempt_limits import CODE
from marketplace.accounts.models import RecoveryCode, User
from marketplace.accounts.one_time_codes import (
    SecretCipher,
    generate_recovery_codes,
    generate_secret,
    matching_time_step,
    provisioning_uri,
    recovery_code_hash,
)
from marketplace.accounts.use_cases.attempt_counters import record_attempt, reset_attempts
from marketplace.accounts.use_cases.sessions import end_sessions_of, renew_session
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, or_404
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.outbox.use_cases import send_mail


def begin_two_factor(viewer: Viewer, cipher: SecretCipher) -> None:
    """Generate a secret for the viewer's app. It takes effect once a code confirms it. Raises RuleBroken."""
    with transaction():
        user = queries.get_user(viewer.user_id or 0)
        if user.second_factor_at is not None:
            raise RuleBroken(_("Two-step sign-in is already set up."))
        user.second_factor_secret = cipher.encrypt(generate_secret())
        user.second_factor_step = None
        record(viewer, "account.begin_second_factor", "user", user.id)


def pending_secret(viewer: Viewer, cipher: SecretCipher) -> str | None:
    """Return the secret that the viewer has not yet confirmed; None if there is none that can be decrypted."""
    user = queries.get_user(viewer.user_id or 0)
    secret = user.second_factor_secret
    if secret is None or user.second_factor_at is not None or not cipher.can_decrypt(secret):
        return None
    return cipher.decrypt(secret)


def pending_provisioning_uri(viewer: Viewer, cipher: SecretCipher, site_name: str) -> str:
    """Return the URI for the QR code of an unconfirmed secret. Raises NotFound if there is none."""
    secret = or_404(pending_secret(viewer, cipher))
    return provisioning_uri(secret, viewer.email, site_name)


def confirm_two_factor(viewer: Viewer, code: str, token: str, cipher: SecretCipher) -> tuple[str, list[str]]:
    """Enable two-factor sign-in if the code matches; return the session's new token and the recovery codes.

    All other sessions end. Raises RuleBroken or TooMany.
    """
    _record_code_attempt(viewer)
    with transaction():
        user = queries.get_user(viewer.user_id or 0)
        if user.second_factor_secret is None or user.second_factor_at is not None:
            raise RuleBroken(_("Start again. There is nothing to confirm."))
        if not _consume_code(user, code, cipher):
            raise RuleBroken(_wrong_code_message(), "code")
        user.second_factor_at = clock.now()
        codes = _replace_recovery_codes(user.id)
        reset_attempts(CODE, str(user.id))
        end_sessions_of(user.id, token)
        record(viewer, "account.turn_on_second_factor", "user", user.id)
        send_mail(notices.two_factor_enabled(user.name), user.email, user.locale)
        return renew_session(token), codes


def verify_code(viewer: Viewer, code: str, token: str, cipher: SecretCipher) -> str:
    """Verify a code from the app, or a recovery code, at sign-in; return the session's new token.

    Five attempts in five minutes; each code works once. Raises RuleBroken or TooMany.
    """
    _record_code_attempt(viewer)
    with transaction():
        user = queries.get_user(viewer.user_id or 0)
        if user.second_factor_at is None:
            raise NotFound
        new_token = ""
        on_paper = len(code) > len("123 456") and _consume_recovery_code(user.id, code)
        if not on_paper and not _consume_code(user, code, cipher):
            record(viewer, "account.refuse_code", "user", user.id)
        else:
            reset_attempts(CODE, str(user.id))
            record(viewer, "account.give_code", "user", user.id, on_paper=on_paper)
            new_token = renew_session(token)
    if not new_token:
        raise RuleBroken(_wrong_code_message(), "code")
    return new_token


def _record_code_attempt(viewer: Viewer) -> None:
    with transaction():
        record_attempt(CODE, str(viewer.user_id))


def _wrong_code_message() -> str:
    return _("This code is incorrect or has already been used. Wait for the next one and enter it.")


def _consume_code(user: User, code: str, cipher: SecretCipher) -> bool:
    """Return True if the code matches and is newer than the last one used, and record its time step.

    Raises RuleBroken if the secret cannot be decrypted, because the SECRET_KEY of the installation has changed.
    """
    secret = user.second_factor_secret or ""
    if not cipher.can_decrypt(secret):
        raise RuleBroken(
            _(
                "Codes from your app can no longer be checked. Use a recovery code, or ask an administrator to remove two-step sign-in."
            ),
            "code",
        )
    step = matching_time_step(cipher.decrypt(secret), code, clock.now())
    if step is None:
        return False
    query = (
        update(User)
        .where(User.id == user.id, or_(User.second_factor_step.is_(None), User.second_factor_step < step))
        .values(second_factor_step=step)
        .returning(User.id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(query) is not None


def _consume_recovery_code(user_id: int, code: str) -> bool:
    query = delete(RecoveryCode).where(
        RecoveryCode.user_id == user_id, RecoveryCode.code_hash == recovery_code_hash(code)
    )
    return session.scalar(query.returning(RecoveryCode.id)) is not None


def _replace_recovery_codes(user_id: int) -> list[str]:
    codes = generate_recovery_codes()
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.add_all(RecoveryCode(user_id=user_id, code_hash=recovery_code_hash(code)) for code in codes)
    return codes


def renew_recovery_codes(viewer: Viewer) -> list[str]:
    """Replace the viewer's recovery codes and return the new ones. Raises NotFound without two-factor sign-in."""
    with transaction():
        user = queries.get_user(viewer.user_id or 0)
        if user.second_factor_at is None:
            raise NotFound
        record(viewer, "account.renew_recovery_codes", "user", user.id)
        return _replace_recovery_codes(user.id)


def disable_two_factor(viewer: Viewer, token: str, *, required: bool) -> None:
    """Disable the viewer's two-factor sign-in. Raises RuleBroken if the viewer's role requires it."""
    if required:
        raise RuleBroken(_("Curators and administrators must use two-step sign-in."))
    with transaction():
        user = queries.get_user(viewer.user_id or 0)
        _remove_two_factor(user)
        end_sessions_of(user.id, token)
        record(viewer, "account.turn_off_second_factor", "user", user.id)
        send_mail(notices.two_factor_disabled(user.name, by_administrator=False), user.email, user.locale)


def reset_two_factor(viewer: Viewer | None, user_id: int) -> None:
    """Remove a user's lost second factor, as an administrator or (viewer None) from the command line.

    The user is notified by e-mail and signed out everywhere. Raises Forbidden, NotFound or RuleBroken.
    """
    if viewer is not None and not viewer.is_admin:
        raise Forbidden
    if viewer is not None and viewer.user_id == user_id:
        raise RuleBroken(_("You cannot remove your own two-step sign-in here. Ask another administrator."))
    with transaction():
        user = queries.get_user(user_id)
        if user.second_factor_at is None:
            raise RuleBroken(_("This person has not set up two-step sign-in."))
        _remove_two_factor(user)
        end_sessions_of(user.id)
        record(viewer, "account.reset_second_factor", "user", user.id)
        send_mail(notices.two_factor_disabled(user.name, by_administrator=True), user.email, user.locale)


def _remove_two_factor(user: User) -> None:
    user.second_factor_secret = user.second_factor_at = user.second_factor_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
