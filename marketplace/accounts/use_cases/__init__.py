"""What people do with their accounts."""

from marketplace.accounts.passwords import HashCost
from marketplace.accounts.use_cases.administrators import (
    create_administrator,
    remove_administrator,
    set_active,
)
from marketplace.accounts.use_cases.own_account import (
    PasswordChange,
    ask_for_new_address,
    ask_for_reset,
    can_reset,
    change_password,
    change_profile,
    must_know_password,
    reset_password,
)
from marketplace.accounts.use_cases.registration import (
    NewPerson,
    Prepared,
    add_verified,
    as_recipient,
    confirm_address,
    prepare,
    register,
    send_verification_again,
)
from marketplace.accounts.use_cases.sessions import (
    act_for,
    end_session,
    end_sessions_of,
    open_session,
    sign_out,
    sign_out_everywhere,
    touch_session,
)
from marketplace.accounts.use_cases.sign_in import Attempt, sign_in
from marketplace.accounts.use_cases.throttling import (
    consume_mail_quota,
    purge_attempts,
    require_mail_quota,
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
    "Attempt",
    "HashCost",
    "NewPerson",
    "PasswordChange",
    "Prepared",
    "act_for",
    "add_verified",
    "as_recipient",
    "ask_for_new_address",
    "ask_for_reset",
    "begin_two_factor",
    "can_reset",
    "change_password",
    "change_profile",
    "confirm_address",
    "confirm_two_factor",
    "consume_mail_quota",
    "create_administrator",
    "disable_two_factor",
    "end_session",
    "end_sessions_of",
    "must_know_password",
    "open_session",
    "pending_provisioning_uri",
    "pending_secret",
    "prepare",
    "purge_attempts",
    "register",
    "remove_administrator",
    "renew_recovery_codes",
    "require_mail_quota",
    "reset_password",
    "reset_two_factor",
    "send_verification_again",
    "set_active",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "touch_session",
    "verify_code",
]
