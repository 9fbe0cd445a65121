"""Adding notices and e-mail to the outbox, in the transaction of the change they announce."""

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import select, update

from marketplace.core import clock
from marketplace.core.database import best_effort_write, session, transaction
from marketplace.core.i18n import gettext as _
from marketplace.core.i18n import use_locale
from marketplace.core.identifiers import new_token
from marketplace.core.viewer import Viewer
from marketplace.outbox.messages import Content, Message, Recipient
from marketplace.outbox.models import Notice, OutboxMail

MAX_THROTTLED_MAILS = 3
THROTTLE_HOURS = 6


def _add_mail(
    content: Content, email: str, locale: str, bundle: str = "", at: dt.datetime | None = None
) -> None:
    session.add(
        OutboxMail(
            bundle=bundle,
            next_attempt_at=at or clock.now(),
            message_id=f"<{new_token()[:32]}@leverandortorget>",
            recipient=email,
            subject=content.subject[:200],
            body="\n\n".join(content.lines),
            link_path=content.link_path,
            link_label=content.link_label,
            locale=locale,
        )
    )


def send(message: Message, to: Iterable[Recipient]) -> None:
    """Give each recipient a notice on the site and an e-mail, in the recipient's language.

    Joins the caller's transaction: if the change is rolled back, nobody is notified.
    """
    for recipient in to:
        with use_locale(recipient.locale):
            content = message.compose()
        session.add(
            Notice(
                user_id=recipient.user_id,
                kind=message.kind,
                locale=recipient.locale,
                subject=content.subject[:200],
                body="\n\n".join(content.lines),
                link_path=content.link_path,
                link_label=content.link_label,
            )
        )
        if message.throttled:
            _add_throttled_mail(content, recipient)
        else:
            _add_mail(content, recipient.email, recipient.locale)


def _add_throttled_mail(content: Content, recipient: Recipient) -> None:
    """E-mail a notice unless the recipient has had three in six hours; then schedule one digest instead."""
    span = dt.timedelta(hours=THROTTLE_HOURS)
    recent = select(OutboxMail.next_attempt_at, OutboxMail.bundle, OutboxMail.state).where(
        OutboxMail.recipient == recipient.email,
        OutboxMail.bundle != "",
        OutboxMail.next_attempt_at > clock.now() - span,
    )
    rows = session.execute(recent).all()
    if len(rows) < MAX_THROTTLED_MAILS:
        _add_mail(content, recipient.email, recipient.locale, "one")
    elif not any(row.bundle == "rest" and row.state == "waiting" for row in rows):
        with use_locale(recipient.locale):
            digest = _digest()
        _add_mail(
            digest, recipient.email, recipient.locale, "rest", min(row.next_attempt_at for row in rows) + span
        )


def _digest() -> Content:
    return Content(
        _("More messages are waiting for you"),
        [
            _(
                "Several messages of the same kind arrived within a few hours. The first ones were sent to you by e-mail. The rest are in your list of messages."
            )
        ],
        "/messages",
        _("Read your messages"),
    )


def send_mail(message: Message, email: str, locale: str) -> None:
    """Send an e-mail without a notice, to an address that need not belong to a user."""
    with use_locale(locale):
        content = message.compose()
    _add_mail(content, email, locale)


def mark_read(viewer: Viewer, notice_ids: Sequence[int]) -> None:
    """Mark some of the viewer's notices as read, if the database can be written to at the moment."""
    with best_effort_write(), transaction():
        session.execute(
            update(Notice)
            .where(Notice.user_id == viewer.user_id, Notice.id.in_(notice_ids), Notice.read_at.is_(None))
            .values(read_at=clock.now())
        )


def mark_all_read(viewer: Viewer) -> None:
    """Mark all of the viewer's notices as read."""
    with transaction():
        session.query(Notice).filter(Notice.user_id == viewer.user_id, Notice.read_at.is_(None)).update(
            {Notice.read_at: clock.now()}
        )


def reseal_links() -> None:
    """Encrypt the links of queued e-mail with the newest key, inside the caller's transaction. Raises SealError."""
    query = select(OutboxMail).where(OutboxMail.sealed_link != "").order_by(OutboxMail.id).with_for_update()
    for mail in session.scalars(query):
        mail.link_path = mail.link_path  # the setter encrypts with the newest key
