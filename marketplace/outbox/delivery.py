"""Sending what waits: over SMTP, or as .eml files where no mail server is set."""

import datetime as dt
import logging
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Self

from sqlalchemy import select

from marketplace.config import Settings
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.i18n import use_locale
from marketplace.core.mail_templates import render_mail
from marketplace.outbox.models import OutboxMail

logger = logging.getLogger(__name__)
BACK_OFF_MINUTES = (1, 5, 15, 60, 180, 360, 720, 1440)
SMTP_TIMEOUT_SECONDS = 20


def build_mail(mail: OutboxMail, settings: Settings) -> EmailMessage:
    """Return the mail as it goes out: plain text and HTML, with the Message-ID it keeps over all attempts."""
    link = settings.site_url.rstrip("/") + mail.link_path if mail.link_path else ""
    with use_locale(mail.locale):
        text, html = render_mail(
            subject=mail.subject,
            paragraphs=mail.body.split("\n\n"),
            link=link,
            link_label=mail.link_label,
            site_name=settings.site_name,
            site_url=settings.site_url,
        )
    message = EmailMessage()
    message["Subject"] = mail.subject
    message["From"] = formataddr((settings.site_name, settings.mail_from))
    message["To"] = mail.recipient
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = mail.locale
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


class Postman:
    """Carries mails to the SMTP server of the settings, or to `.eml` files in the instance folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """Open nothing yet: a connection is made for the first mail."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Hang up."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except smtplib.SMTPException:
                logger.debug("The mail server hung up first.")
            self._smtp = None

    def carry(self, message: EmailMessage) -> None:
        """Hand over one mail. Raises OSError or smtplib.SMTPException when it could not be handed over."""
        if not self._settings.mail_host:
            self._write_file(message)
            return
        if self._smtp is None:
            self._smtp = self._connect()
        self._smtp.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        smtp: smtplib.SMTP
        if settings.mail_tls == "ssl":
            smtp = smtplib.SMTP_SSL(
                settings.mail_host,
                settings.mail_port,
                timeout=SMTP_TIMEOUT_SECONDS,
                context=ssl.create_default_context(),
            )
        else:
            smtp = smtplib.SMTP(settings.mail_host, settings.mail_port, timeout=SMTP_TIMEOUT_SECONDS)
            if settings.mail_tls == "starttls":
                smtp.starttls(context=ssl.create_default_context())
        if settings.mail_username:
            smtp.login(settings.mail_username, settings.mail_password)
        return smtp

    def _write_file(self, message: EmailMessage) -> None:
        folder = self._settings.instance_path / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        stamp = clock.now().strftime("%Y%m%d-%H%M%S")
        name = f"{stamp}-{str(message['Message-ID']).strip('<>').split('@')[0]}.eml"
        unfinished = Path(folder, f".{name}.part")
        unfinished.write_bytes(bytes(message))
        unfinished.replace(folder / name)


def deliver_waiting(settings: Settings, limit: int = 50) -> int:
    """Send the mails whose time has come, each in its own transaction, and return how many went out.

    One that fails waits longer each time; after the last try it is kept as failed. One bad address
    therefore holds up nobody.
    """
    due = (
        select(OutboxMail.id)
        .where(OutboxMail.state == "waiting", OutboxMail.next_attempt_at <= clock.now())
        .order_by(OutboxMail.next_attempt_at, OutboxMail.id)
        .limit(limit)
    )
    ids = list(session.scalars(due))
    session.rollback()
    sent = 0
    with Postman(settings) as postman:
        for mail_id in ids:
            with transaction():
                sent += _deliver(mail_id, postman, settings)
    return sent


def _deliver(mail_id: int, postman: Postman, settings: Settings) -> bool:
    locked = select(OutboxMail).where(OutboxMail.id == mail_id, OutboxMail.state == "waiting")
    mail = session.scalar(locked.with_for_update(skip_locked=True))
    if mail is None:
        return False
    mail.attempts += 1
    try:
        postman.carry(build_mail(mail, settings))
    except (OSError, smtplib.SMTPException) as error:
        mail.last_error = f"{type(error).__name__}: {error}"[:300]
        if mail.attempts > len(BACK_OFF_MINUTES):
            mail.state = "failed"
        else:
            mail.next_attempt_at = clock.now() + dt.timedelta(minutes=BACK_OFF_MINUTES[mail.attempts - 1])
        logger.warning("Mail %s could not be sent (try %s).", mail.id, mail.attempts)
        return False
    mail.state = "sent"
    mail.sent_at = clock.now()
    return True
