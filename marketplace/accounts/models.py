"""Users, registrations, sessions, one-time links, recovery codes and attempt counters."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core import clock
from marketplace.core.database import Base, Entity
from marketplace.core.i18n import default_locale, lazy_gettext as _
from marketplace.core.personal_data import ACCOUNT, EXPIRY, exported, not_exported


class User(Entity):
    """A person with an account. The e-mail address is stored in lower case and is the user name.

    `second_factor_secret` is encrypted (see one_time_codes.py) and takes effect once `second_factor_at` is set;
    `second_factor_step` is the latest time step whose code was used. A row with `erased_at` holds no personal data, and
    a trigger rejects updates to it.
    """

    __tablename__ = "user_account"
    __retention__ = {
        "email": ACCOUNT,
        "name": ACCOUNT,
        "password_hash": ACCOUNT,
        "second_factor_secret": ACCOUNT,
    }
    __audit_names__ = {
        "user": _("User"),
        "account.ask_for_address": _("Asked to change the e-mail address"),
        "account.ask_for_reset": _("Asked for a new password"),
        "account.begin_second_factor": _("Began to set up two-step sign-in"),
        "account.change_address": _("Changed the e-mail address"),
        "account.change_password": _("Changed the password"),
        "account.change_messages": _("Changed which e-mails to get"),
        "account.change_profile": _("Changed name or language"),
        "account.close": _("Closed the account"),
        "account.end_session": _("Signed out another device"),
        "account.erase": _("Erased the account"),
        "account.give_code": _("Signed in with a code"),
        "account.lock": _("Sign-in was locked after wrong passwords"),
        "account.make_administrator": _("Made administrator"),
        "account.open": _("Reopened the account"),
        "account.refuse_code": _("Entered a wrong code"),
        "account.refuse_sign_in": _("Entered a wrong password"),
        "account.register": _("Registered an account"),
        "account.register_known": _("Registered with an address that has an account"),
        "account.remove_administrator": _("Removed as administrator"),
        "account.renew_recovery_codes": _("Made new recovery codes"),
        "account.reset_password": _("Set a new password"),
        "account.reset_second_factor": _("Removed two-step sign-in for a user"),
        "account.sign_in": _("Signed in"),
        "account.sign_out": _("Signed out"),
        "account.sign_out_everywhere": _("Signed out of all devices"),
        "account.turn_off_second_factor": _("Turned off two-step sign-in"),
        "account.turn_on_second_factor": _("Turned on two-step sign-in"),
        "account.verify": _("Confirmed the e-mail address"),
        "account.verify_again": _("Asked for the confirmation again"),
        "account.warn_unused": _("Warned about an unused account"),
    }

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(255))
    locale: Mapped[str] = mapped_column(String(2), default=default_locale)
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    last_signed_in_at: Mapped[dt.datetime | None]
    email_verified_at: Mapped[dt.datetime | None]
    second_factor_secret: Mapped[str | None] = mapped_column(String(255))
    second_factor_at: Mapped[dt.datetime | None]
    second_factor_step: Mapped[int | None] = mapped_column(BigInteger)
    erased_at: Mapped[dt.datetime | None]


class PendingRegistration(Entity):
    """A registration whose address has not been confirmed: no user and no organisation exists yet.

    Anyone can register with any address, so several may wait for one address, and each can only be confirmed with the
    password chosen in it, or in the browser that sent it. `token_hash` belongs to the e-mailed link, `browser_key_hash` to
    the session of the browser that registered, which may ask for another e-mail and confirms without the password.
    `details` are those of the organisation, by kind: see hooks.py.
    """

    __tablename__ = "pending_registration"
    __retention__ = {
        "details": EXPIRY,
        "email": EXPIRY,
        "name": EXPIRY,
        "organisation_name": EXPIRY,
        "password_hash": EXPIRY,
    }
    __audit_names__ = {
        "registration": _("Registration"),
    }

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser_key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(255))
    locale: Mapped[str] = mapped_column(String(2))
    kind: Mapped[str] = mapped_column(String(10))
    organisation_name: Mapped[str] = mapped_column(String(120))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[dt.datetime]


class SignInSession(Entity):
    """A sign-in on one device. The cookie holds the token and this row its hash; deleting the row ends it.

    `acting_mandate_id` is the mandate through which an adviser writes for a company, or None. `second_factor_at` is when a two-factor code was verified; until then the session of a two-factor user is incomplete.
    """

    __tablename__ = "sign_in_session"
    __retention__ = {"user_agent": EXPIRY}
    __export__ = {"user_id": exported("log_ins", "created_at", "last_seen_at", "user_agent")}

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    acting_membership_id: Mapped[int | None]
    acting_mandate_id: Mapped[int | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    second_factor_at: Mapped[dt.datetime | None]

    user: Mapped[User] = relationship(innerjoin=True)


class KnownNetwork(Entity):
    """A network from which a user has signed in. Limits caused by strangers elsewhere do not apply there."""

    __tablename__ = "known_network"
    __export__ = {"user_id": exported("known_networks", "last_at")}

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    network_hash: Mapped[str] = mapped_column(String(64), index=True)
    last_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


class OneTimeLink(Entity):
    """An e-mailed link that works once. Only the hash of its token is stored.

    `purpose` is reset, email or registration; `email` is the address that the link proves. Links of registrations are
    stored once used: until then the pending registration has the hash.
    """

    __tablename__ = "one_time_link"
    __retention__ = {"email": EXPIRY}
    __export__ = {"user_id": not_exported("hashes of tokens, stored for some hours")}

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254), default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]

    user: Mapped[User] = relationship(innerjoin=True)


class RecoveryCode(Entity):
    """A single-use code that replaces a two-factor code. Only its hash is stored; using it deletes the row."""

    __tablename__ = "recovery_code"
    __export__ = {"user_id": not_exported("hashes of codes that only the person knows")}

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))


class Throttle(Base):
    """Number of consecutive attempts for one account, network address or e-mail address.

    `subject` is the policy name and a hash, so the table holds no addresses.
    """

    __tablename__ = "throttle"

    subject: Mapped[str] = mapped_column(String(90), primary_key=True)
    hits: Mapped[int]
    last_at: Mapped[dt.datetime] = mapped_column(index=True)
    blocked_until: Mapped[dt.datetime | None]
