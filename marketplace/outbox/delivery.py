"""Delivery of queued e-mail over SMTP, or as .eml files if no mail server is configured."""

import datetime as dt
import logging
import smtplib
import ssl
import time
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Self

from sqlalchemy import func, select

from marketplace.config import Settings
from marketplace.core import clock
from marketplace.core.atomic_files import write_atomically
from marketplace.core.database import session, transaction
from marketplace.core.email_address import ascii_email
from marketplace.core.i18n import use_locale
from marketplace.core.icalendar import Mailbox, add_sender, calendar_method
from marketplace.core.mail_templates import Paragraph, render_mail
from marketplace.core.sealing import SealError
from marketplace.outbox.limits import MAX_MAILING_PER_HOUR
from marketplace.outbox.models import OutboxMail
from marketplace.outbox.topics import DIGEST_INTERVALS
from marketplace.outbox.unsubscribe_tokens import unsubscribe_path

logger = logging.getLogger(__name__)
RETRY_DELAYS_MINUTES = (1, 5, 15, 60, 180, 360, 720, *(1440,) * 4)
"""Waits between attempts. A message fails after five days, as RFC 5321, 4.5.4.1 advises, so that it survives a mail server that
is down over a weekend or Easter."""
SMTP_TIMEOUT_SECONDS = 20
MAX_LINE_LENGTH = 998
"""Longest line of an e-mail (RFC 5322). Headers are not folded at 78 characters, because `email` in Python before 3.13 drops the
space between two non-ASCII words where it folds: "på gården" arrives as "pågården"."""
BATCH_SIZE = 500
BATCH_SECONDS = 30.0
"""Time limit of one batch, so that other scheduled jobs, such as opening offers on time, are not delayed."""
MAILING_WINDOW = dt.timedelta(hours=1) * (MAX_MAILING_PER_HOUR - 1) / MAX_MAILING_PER_HOUR
"""An hour less the interval of a mailing that is sent as planned, which a few seconds of delay must not put over its limit."""
MESSAGE_ERRORS = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
    ValueError,
    SealError,
)
"""Errors caused by a single message, after which the connection is still usable."""


def is_unsent(recipient: str, expires_at: dt.datetime) -> bool:
    """Return True if an e-mail that expires at a time has not been sent because of an outage.

    False if the mail server has refused it, because a new one would be refused as well.
    """
    query = select(OutboxMail.last_error).where(
        OutboxMail.recipient == recipient,
        OutboxMail.expires_at == expires_at,
        OutboxMail.state.in_(("waiting", "expired")),
    )
    refusals = tuple(error.__name__ for error in MESSAGE_ERRORS)
    return any(not error.startswith(refusals) for error in session.scalars(query))


def build_mail(mail: OutboxMail, settings: Settings) -> EmailMessage:
    """Return the e-mail as plain text and HTML, with the Message-ID that it keeps over all attempts."""
    path = mail.link_path
    site = settings.site_url
    link = site + path if path else ""
    unsubscribe = ""
    if mail.subscription:
        unsubscribe = site + unsubscribe_path(settings.secret_key, mail.user_id or 0, mail.subscription)
    with use_locale(mail.locale):
        text, html = render_mail(
            subject=mail.subject,
            paragraphs=_paragraphs(mail, site),
            link=link,
            link_label=mail.link_label,
            site_name=settings.site_name,
            site_url=settings.site_url,
            settings_link=f"{site}/account/messages" if mail.user_id is not None else "",
            unsubscribe_link=unsubscribe,
        )
    message = EmailMessage()
    message["Subject"] = mail.subject
    message["From"] = formataddr((settings.site_name, ascii_email(settings.mail_from)))
    message["To"] = ascii_email(mail.recipient)
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = mail.locale
    if unsubscribe:
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    if mail.calendar:
        _add_calendar(message, mail.calendar, Mailbox(settings.site_name, settings.mail_from))
    # Only now, because the encoding of each part depends on the line length too.
    message.policy = message.policy.clone(max_line_length=MAX_LINE_LENGTH)
    return message


def _add_calendar(message: EmailMessage, calendar: str, sender: Mailbox) -> None:
    """Attach a calendar file, or add a scheduling message as an alternative, which mail programs act on (RFC 6047)."""
    method = calendar_method(calendar)
    if method == "PUBLISH":
        message.add_attachment(
            add_sender(calendar, sender),
            subtype="calendar",
            filename="calendar.ics",
            params={"method": method},
        )
    else:
        message.add_alternative(add_sender(calendar, sender), subtype="calendar", params={"method": method})


def _paragraphs(mail: OutboxMail, site: str) -> list[Paragraph]:
    """Return the paragraphs of an e-mail. Each line of a digest has the path of its page on a line of its own."""
    texts = mail.body.split("\n\n")
    if mail.subscription not in DIGEST_INTERVALS:
        return [Paragraph(text) for text in texts]
    lines = [text.partition("\n") for text in texts]
    return [Paragraph(subject, site + path if path else "") for subject, _newline, path in lines]


def unusable_server(settings: Settings, error: Exception) -> str:
    """Return the fault of the mail server, or of the folder of e-mail files, with the settings to check."""
    if not settings.mail_host:
        return f"E-mail cannot be written to {settings.instance_path / 'mail'}: {error}."
    return (
        f"The mail server {settings.mail_host}:{settings.mail_port} cannot be used: {error}. "
        "Check MAIL_HOST, MAIL_PORT, MAIL_TLS, MAIL_USERNAME and MAIL_PASSWORD."
    )


class MailTransport:
    """Sends e-mail to the configured SMTP server, or writes `.eml` files to the instance folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None
        self.is_reachable = True

    def __enter__(self) -> Self:
        """Return the transport. The connection is opened for the first message."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the connection."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                logger.debug("The mail server closed the connection first.")
            self._smtp = None

    def abort(self) -> None:
        """Close a failed SMTP connection without QUIT: do not wait again for an unresponsive server."""
        self.is_reachable = False
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def send(self, message: EmailMessage) -> None:
        """Send one message. Raises OSError or smtplib.SMTPException on failure."""
        if not self._settings.mail_host:
            self._write_file(message)
            return
        if self._smtp is None:
            self._smtp = self._connect()
        self._smtp.send_message(message)

    def connect(self) -> None:
        """Open the connection to the mail server. Raises OSError or smtplib.SMTPException on failure."""
        self._smtp = self._connect()

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
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)  # the links in the files let their reader sign in
        stamp = clock.now().strftime("%Y%m%d-%H%M%S")
        name = f"{stamp}-{str(message['Message-ID']).strip('<>').split('@')[0]}.eml"
        write_atomically(folder / name, bytes(message), private=True)


def deliver_due(settings: Settings, seconds: float = BATCH_SECONDS) -> int:
    """Send the e-mail that is due, within a time limit, and return the number sent.

    Failed messages are retried with growing delays, and finally marked as failed. A rejected address does not
    affect the others. An unresponsive server ends the batch; the remaining messages stay in the queue.

    No transaction is open while a message is sent, so a slow mail server blocks no writes.
    """
    due = (
        select(OutboxMail.id)
        .where(OutboxMail.state == "waiting", OutboxMail.next_attempt_at <= clock.now())
        .order_by(OutboxMail.next_attempt_at, OutboxMail.id)
        .limit(BATCH_SIZE)
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
    except (OSError, smtplib.SMTPException, ValueError, SealError) as error:
        kind = _message_error(error)
        if kind is None:
            transport.abort()
            logger.warning("%s", unusable_server(settings, error))
        _record_outcome(mail_id, f"{(kind or type(error)).__name__}: {error}"[:300])
        return False
    _record_outcome(mail_id)
    return True


def _message_error(error: Exception) -> type[Exception] | None:
    """Return which of MESSAGE_ERRORS an error is, so that `is_unsent` knows it by name; None if the server is at fault."""
    if isinstance(error, ssl.SSLError):  # because a wrong certificate is a ValueError too
        return None
    return next((kind for kind in MESSAGE_ERRORS if isinstance(error, kind)), None)


def _claim_mail(mail_id: int) -> OutboxMail | None:
    """Reserve a message for one attempt, or return None if another worker has it, it has expired or it must wait.

    The next attempt is scheduled in advance, so the message is retried if the worker is killed while sending.
    """
    with transaction():
        now = clock.now()
        query = select(OutboxMail).where(
            OutboxMail.id == mail_id, OutboxMail.state == "waiting", OutboxMail.next_attempt_at <= now
        )
        mail = session.scalar(query.with_for_update(skip_locked=True))
        if mail is not None and mail.expires_at is not None and mail.expires_at <= now:
            mail.state, mail.link_path = "expired", ""
            logger.warning("Mail %s was not sent before it expired.", mail.id)
            return None
        if mail is not None and _is_over_limit(mail, now):
            mail.next_attempt_at = now + dt.timedelta(hours=1)
            return None
        if mail is not None:
            wait = RETRY_DELAYS_MINUTES[min(mail.attempts, len(RETRY_DELAYS_MINUTES) - 1)]
            mail.attempts += 1
            mail.next_attempt_at = now + dt.timedelta(minutes=wait)
        return mail


def _is_over_limit(mail: OutboxMail, now: dt.datetime) -> bool:
    """Return True if the e-mails of the same mailing in the last hour leave no room for another, as after an outage."""
    if not mail.mailing:
        return False
    recent = select(func.count()).where(
        OutboxMail.mailing == mail.mailing, OutboxMail.sent_at > now - MAILING_WINDOW
    )
    return (session.scalar(recent) or 0) >= MAX_MAILING_PER_HOUR


def _record_outcome(mail_id: int, error: str = "") -> None:
    """Store the outcome of an attempt. The message may have been deleted meanwhile, with its recipient."""
    with transaction():
        mail = session.get(OutboxMail, mail_id)
        if mail is None:
            return
        if not error:
            mail.state, mail.sent_at, mail.link_path = "sent", clock.now(), ""
            return
        mail.last_error = error
        if mail.attempts > len(RETRY_DELAYS_MINUTES):
            mail.state, mail.link_path = "failed", ""
        reason = error.partition(":")[0]  # the rest may hold addresses
        logger.warning("Mail %s could not be sent (attempt %s): %s.", mail.id, mail.attempts, reason)
