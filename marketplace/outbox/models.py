"""Notices shown on the site, and the queue of outgoing e-mail."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core import clock
from marketplace.core.database import Entity, keyring
from marketplace.core.personal_data import EXPIRY, exported, not_exported


class Notice(Entity):
    """A message to one user, as listed on the site.

    `digest` is "daily" or "weekly" while the message waits for the digest that announces it, else empty. `topic` is
    empty for necessary messages.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_user_created", "user_id", "created_at"),
        Index("ix_notice_digest", "digest", "created_at"),
        Index("ix_notice_read_at", "read_at"),
    )
    __retention__ = {"body": EXPIRY, "link_label": EXPIRY, "link_path": EXPIRY, "subject": EXPIRY}
    __export__ = {"user_id": exported("messages", "created_at", "subject", "body", "read_at")}

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    locale: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    link_path: Mapped[str] = mapped_column(String(300), default="")
    link_label: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    read_at: Mapped[dt.datetime | None]
    topic: Mapped[str] = mapped_column(String(20), default="", server_default="")
    digest: Mapped[str] = mapped_column(String(6), default="", server_default="")


class NoticePreference(Entity):
    """A user's choice of how messages on a topic are e-mailed. Without a row the default of the topic applies."""

    __tablename__ = "notice_preference"
    __table_args__ = (UniqueConstraint("user_id", "topic"),)
    __export__ = {"user_id": exported("message_choices", "topic", "delivery")}

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    topic: Mapped[str] = mapped_column(String(20))
    delivery: Mapped[str] = mapped_column(String(6))


class OutboxMail(Entity):
    """A queued e-mail; `body` holds its paragraphs, separated by blank lines.

    The link may contain a one-time token, so it is stored encrypted with the installation's keys (`sealed_link`) and
    erased once the e-mail is sent, has failed or has expired, or its recipient is erased. Never put a token into `body` or
    `subject`.

    It keeps its Message-ID over all attempts, so that recipients can detect duplicates. `bundle` is empty for
    e-mails that are not throttled, `one` for a single throttled notice, and `rest` for a digest.

    `user_id` is empty for addresses without an account. `subscription` is the topic, or the interval of a digest, that
    the recipient can unsubscribe from, or a name that `hooks.contact_subscription` knows; empty for necessary e-mail. `calendar` is an attached iCalendar file.

    `mailing` names the mailing to many companies that the e-mail is part of; empty for other e-mail.

    `expires_at` is the time after which the e-mail is of no use: if it still waits then, it is dropped, with the state
    "expired".
    """

    __tablename__ = "outbox_mail"
    __table_args__ = (
        Index("ix_outbox_mail_state_next", "state", "next_attempt_at"),
        Index("ix_outbox_mail_recipient", "recipient"),
        Index("ix_outbox_mail_created_at", "created_at"),
        Index("ix_outbox_mail_mailing", "mailing", "sent_at"),
    )
    __retention__ = {
        "body": EXPIRY,
        "calendar": EXPIRY,
        "last_error": EXPIRY,
        "link_label": EXPIRY,
        "message_id": EXPIRY,
        "recipient": EXPIRY,
        "sealed_link": "erased when the e-mail is sent, has failed or has expired: outbox delivery",
        "subject": EXPIRY,
    }
    __export__ = {"user_id": not_exported("exported by address, see `export_personal_data`")}

    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    sealed_link: Mapped[str] = mapped_column(String(1000), default="")
    link_label: Mapped[str] = mapped_column(String(120), default="")
    locale: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    next_attempt_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[dt.datetime | None]
    last_error: Mapped[str] = mapped_column(String(300), default="")
    bundle: Mapped[str] = mapped_column(String(4), default="", server_default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    subscription: Mapped[str] = mapped_column(String(20), default="", server_default="")
    calendar: Mapped[str] = mapped_column(Text, default="", server_default="")
    mailing: Mapped[str] = mapped_column(String(20), default="", server_default="")
    expires_at: Mapped[dt.datetime | None]

    @property
    def link_path(self) -> str:
        """Decrypted path of the link; empty if there is none, or it has been erased. Raises SealError."""
        if not self.sealed_link:
            return ""
        return keyring().unwrap(self.sealed_link, self._link_context).decode()

    @link_path.setter
    def link_path(self, path: str) -> None:
        self.sealed_link = keyring().wrap(path.encode(), self._link_context) if path else ""

    @property
    def _link_context(self) -> str:
        """Associated data of the encrypted link, so that it cannot be decrypted in another row."""
        return f"outbox_mail:{self.message_id}:link"
