"""Sending what waits: over SMTP, or as .eml files where no mail server is set."""

import datetime as dt
import logging
import smtplib
import ssl
import time
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
RETRY_DELAYS_MINUTES = (1, 5, 15, 60, 180, 360, 720, 1440)
SMTP_TIMEOUT_SECONDS = 20
BATCH_SECONDS = 30.0
"""How long one round of mails may take: the worker has other things to do, like opening offers at their hour."""
MESSAGE_ERRORS = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
    ValueError,
)
"""What a server that answers says of one mail, or what keeps a mail from being written at all."""


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


class MailTransport:
    """Carries mails to the SMTP server of the settings, or to `.eml` files in the instance folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None
        self.is_reachable = True

    def __enter__(self) -> Self:
        """Open nothing yet: a connection is made for the first mail."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Hang up."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                logger.debug("The mail server hung up first.")
            self._smtp = None

    def abort(self) -> None:
        """Drop a connection that has failed, without a word: who does not answer is not waited for once more."""
        self.is_reachable = False
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def send(self, message: EmailMessage) -> None:
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


def deliver_due(settings: Settings, limit: int = 500, seconds: float = BATCH_SECONDS) -> int:
    """Send the mails whose time has come, for about so long at most, and return how many went out.

    One that fails waits longer each time; after the last try it is kept as failed. A bad address holds up nobody.
    A server that does not answer ends the round: the others keep their turn.

    No transaction is open while a mail is carried: a slow mail server must not keep people from writing.
    """
    due = (
        select(OutboxMail.id)
        .where(OutboxMail.state == "waiting", OutboxMail.next_attempt_at <= clock.now())
        .order_by(OutboxMail.next_attempt_at, OutboxMail.id)
        .limit(limit)
    )
    ids = list(session.scalars(due))
    session.rollback()
    sent, until = 0, time.monotonic() + seconds
    with MailTransport(settings) as transport:
        for mail_id in ids:
            if time.monotonic() > until or not transport.is_reachable:
                break
            sent += _deliver_one(mail_id, transport, settings)
    return sent


def _deliver_one(mail_id: int, transport: MailTransport, settings: Settings) -> bool:
    mail = _claim_mail(mail_id)
    if mail is None:
        return False
    try:
        transport.send(build_mail(mail, settings))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        if not isinstance(error, MESSAGE_ERRORS) or isinstance(error, ssl.SSLError):
            transport.abort()
        _record_outcome(mail_id, f"{type(error).__name__}: {error}"[:300])
        return False
    _record_outcome(mail_id)
    return True


def _claim_mail(mail_id: int) -> OutboxMail | None:
    """Take a mail for one try, or return None when another worker has it.

    It is written down as if the try had failed, so that it comes again when the worker ends in the middle of it.
    """
    with transaction():
        now = clock.now()
        free = select(OutboxMail).where(
            OutboxMail.id == mail_id, OutboxMail.state == "waiting", OutboxMail.next_attempt_at <= now
        )
        mail = session.scalar(free.with_for_update(skip_locked=True))
        if mail is not None:
            wait = RETRY_DELAYS_MINUTES[min(mail.attempts, len(RETRY_DELAYS_MINUTES) - 1)]
            mail.attempts += 1
            mail.next_attempt_at = now + dt.timedelta(minutes=wait)
        return mail


def _record_outcome(mail_id: int, error: str = "") -> None:
    """Write down how a try went. A mail may have been deleted meanwhile, with the person it was for."""
    with transaction():
        mail = session.get(OutboxMail, mail_id)
        if mail is None:
            return
        if not error:
            mail.state, mail.sent_at = "sent", clock.now()
            return
        mail.last_error = error
        if mail.attempts > len(RETRY_DELAYS_MINUTES):
            mail.state = "failed"
        logger.warning("Mail %s could not be sent (try %s).", mail.id, mail.attempts)
