"""Putting notices in the list and mails in the outbox, in the transaction of the change they tell of."""

from collections.abc import Iterable

from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.i18n import use_locale
from marketplace.core.identifiers import new_token
from marketplace.core.viewer import Viewer
from marketplace.outbox.messages import Content, Message, Receiver
from marketplace.outbox.models import Notice, OutboxMail


def _add_mail(content: Content, email: str, locale: str) -> None:
    session.add(
        OutboxMail(
            message_id=f"<{new_token()[:32]}@leverandortorget>",
            recipient=email,
            subject=content.subject[:200],
            body="\n\n".join(content.lines),
            link_path=content.link_path,
            link_label=content.link_label,
            locale=locale,
        )
    )


def send(message: Message, to: Iterable[Receiver]) -> None:
    """Give each receiver a notice in the product and a mail, in the receiver's language.

    Joins the caller's transaction: when the change is rolled back, nobody is told of it.
    """
    for receiver in to:
        with use_locale(receiver.locale):
            content = message.compose()
        session.add(
            Notice(
                user_id=receiver.user_id,
                kind=message.kind,
                locale=receiver.locale,
                subject=content.subject[:200],
                body="\n\n".join(content.lines),
                link_path=content.link_path,
                link_label=content.link_label,
            )
        )
        _add_mail(content, receiver.email, receiver.locale)


def send_mail(message: Message, email: str, locale: str) -> None:
    """Send a mail alone, to an address that need not belong to a user."""
    with use_locale(locale):
        content = message.compose()
    _add_mail(content, email, locale)


def mark_all_read(viewer: Viewer) -> None:
    """Mark all of the viewer's notices as read."""
    with transaction():
        session.query(Notice).filter(Notice.user_id == viewer.user_id, Notice.read_at.is_(None)).update(
            {Notice.read_at: clock.now()}
        )
