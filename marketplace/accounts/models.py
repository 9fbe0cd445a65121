"""People, their sign-ins, the single-use links we mail them, and how often something was tried."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core import clock
from marketplace.core.database import Base


class User(Base):
    """A person. The e-mail address is stored in lower case and is what one signs in with.

    `second_factor_secret` is sealed (see second_factor.py) and counts once `second_factor_at` says since when;
    `second_factor_step` is the latest half minute whose code was used. A row with `erased_at` says nothing of whom
    it was, and the database refuses to change it.
    """

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(255))
    locale: Mapped[str] = mapped_column(String(2), default="nb")
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    last_signed_in_at: Mapped[dt.datetime | None]
    email_verified_at: Mapped[dt.datetime | None]
    second_factor_secret: Mapped[str | None] = mapped_column(String(255))
    second_factor_at: Mapped[dt.datetime | None]
    second_factor_step: Mapped[int | None] = mapped_column(BigInteger)
    erased_at: Mapped[dt.datetime | None]


class SignInSession(Base):
    """One sign-in on one device. The cookie holds the secret, this row its hash: delete it and it is over.

    `second_factor_at` says when a code was given; without it, a person who has a second step is not in yet.
    """

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    acting_membership_id: Mapped[int | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    second_factor_at: Mapped[dt.datetime | None]

    user: Mapped[User] = relationship(innerjoin=True)


class OneTimeLink(Base):
    """A mailed link that works once. Only the hash of the secret is kept.

    `purpose` is reset, verify or email; `email` is the address it proves; `target` the page to go on to.
    """

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254), default="")
    target: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]

    user: Mapped[User] = relationship(innerjoin=True)


class RecoveryCode(Base):
    """A code on paper that stands in for the second step once. Only its hash is kept; using it deletes the row."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))


class Throttle(Base):
    """How often in a row something was tried, for one account, network address or mail address.

    `subject` is the limit's name and a hash, so that the table tells nobody's address.
    """

    __tablename__ = "throttle"

    subject: Mapped[str] = mapped_column(String(90), primary_key=True)
    hits: Mapped[int]
    last_at: Mapped[dt.datetime] = mapped_column(index=True)
    blocked_until: Mapped[dt.datetime | None]
