"""Use cases for accounts."""

from marketplace.accounts.password_hashing import HashCost
from marketplace.accounts.use_cases.administrators import (
    create_administrator,
    has_other_administrator,
    remove_administrator,
    set_active,
)
from marketplace.accounts.use_cases.attempt_counters import (
    consume_mail_quota,
    purge_attempts,
    require_mail_quota,
    require_sign_up_quota,
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
    add_proven,
    add_verified,
    as_recipient,
    confirm_address,
    confirm_in_own_browser,
    confirm_registration,
    prepare_account,
    register,
    resend_confirmation,
)
from marketplace.accounts.use_cases.sessions import (
    end_session,
    end_sessions_of,
    open_session,
    set_acting_mandate,
    set_acting_membership,
    sign_out,
    sign_out_everywhere,
    touch_session,
)
from marketplace.accounts.use_cases.sign_in import SignInAttempt, sign_in
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
