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
    begin_second_factor,
    confirm_second_factor,
    give_code,
    renew_recovery_codes,
    reset_second_factor,
    turn_off_second_factor,
    waiting_address,
    waiting_secret,
)

__all__ = [
    "Attempt",
    "HashCost",
    "NewPerson",
    "PasswordChange",
    "Prepared",
    "act_for",
    "add_verified",
    "ask_for_new_address",
    "ask_for_reset",
    "begin_second_factor",
    "can_reset",
    "change_password",
    "change_profile",
    "confirm_address",
    "confirm_second_factor",
    "create_administrator",
    "end_session",
    "end_sessions_of",
    "purge_attempts",
    "give_code",
    "consume_mail_quota",
    "require_mail_quota",
    "must_know_password",
    "open_session",
    "prepare",
    "as_recipient",
    "register",
    "remove_administrator",
    "renew_recovery_codes",
    "reset_password",
    "reset_second_factor",
    "send_verification_again",
    "set_active",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "touch_session",
    "turn_off_second_factor",
    "waiting_address",
    "waiting_secret",
]
