"""Use cases for accounts."""

from marketplace.accounts.passwords import HashCost
from marketplace.accounts.use_cases.administrators import (
    create_administrator,
    has_other_administrator,
    remove_administrator,
    set_active,
)
from marketplace.accounts.use_cases.digests import send_digests
from marketplace.accounts.use_cases.message_settings import (
    change_message_settings,
    message_settings,
    subscribed_topics,
    unsubscribe,
)
from marketplace.accounts.use_cases.origins import Origin
from marketplace.accounts.use_cases.own_account import (
    PasswordChange,
    change_password,
    change_profile,
    find_reset_user_id,
    request_email_change,
    request_password_reset,
    require_password,
    reset_password,
)
from marketplace.accounts.use_cases.registration import (
    NewOrganisation,
    NewPerson,
    PreparedAccount,
    add_verified,
    as_recipient,
    confirm_address,
    confirm_registration,
    prepare_account,
    register,
    resend_confirmation,
)
from marketplace.accounts.use_cases.sessions import (
    end_session,
    end_sessions_of,
    open_session,
    set_acting_membership,
    sign_out,
    sign_out_everywhere,
    touch_session,
)
from marketplace.accounts.use_cases.sign_in import SignInAttempt, sign_in
from marketplace.accounts.use_cases.throttling import (
    consume_mail_quota,
    purge_attempts,
    require_mail_quota,
    require_sign_up_quota,
)
from marketplace.accounts.use_cases.two_factor import (
    begin_two_factor,
    confirm_two_factor,
    disable_two_factor,
    pending_provisioning_uri,
    pending_secret,
    renew_recovery_codes,
    reset_two_factor,
    verify_code,
)

__all__ = [
    "HashCost",
    "NewOrganisation",
    "NewPerson",
    "Origin",
    "PasswordChange",
    "PreparedAccount",
    "SignInAttempt",
    "add_verified",
    "as_recipient",
    "begin_two_factor",
    "change_message_settings",
    "change_password",
    "change_profile",
    "confirm_address",
    "confirm_registration",
    "confirm_two_factor",
    "consume_mail_quota",
    "create_administrator",
    "disable_two_factor",
    "end_session",
    "end_sessions_of",
    "find_reset_user_id",
    "has_other_administrator",
    "message_settings",
    "open_session",
    "pending_provisioning_uri",
    "pending_secret",
    "prepare_account",
    "purge_attempts",
    "register",
    "remove_administrator",
    "renew_recovery_codes",
    "request_email_change",
    "request_password_reset",
    "require_mail_quota",
    "require_password",
    "require_sign_up_quota",
    "resend_confirmation",
    "reset_password",
    "reset_two_factor",
    "send_digests",
    "set_acting_membership",
    "set_active",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "subscribed_topics",
    "touch_session",
    "unsubscribe",
    "verify_code",
]
