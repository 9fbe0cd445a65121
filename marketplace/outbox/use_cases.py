"""Adding notices and e-mail to the outbox, in the transaction of the change they announce."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from marketplace.core import clock
from marketplace.core.database import best_effort_write, session, transaction
from marketplace.core.i18n import format_date, gettext as _, ngettext, use_locale
from marketplace.core.identifiers import new_token
from marketplace.core.viewer import Viewer
from marketplace.outbox.limits import MAX_DIGEST_LINES, MAX_THROTTLED_MAILS, THROTTLE_HOURS
from marketplace.outbox.messages import Content, Message, Recipient
from marketplace.outbox.models import Notice, NoticePreference, OutboxMail
from marketplace.outbox.topics import DIGEST_INTERVALS, TOPICS, Delivery, Topic


@dataclass(frozen=True, slots=True)
class _Mailing:
    """Details of an e-mail apart from its content."""

    subscription: str = ""
    bundle: str = ""
    at: dt.datetime | None = None
    mailing: str = ""


def _add_mail(
    content: Content,
    email: str,
    locale: str,
    mailing: _Mailing = _Mailing(),
    user_id: int | None = None,
) -> None:
    session.add(
        OutboxMail(
            user_id=user_id,
            subscription=mailing.subscription,
            bundle=mailing.bundle,
            mailing=mailing.mailing,
            next_attempt_at=mailing.at or clock.now(),
            message_id=f"<{new_token()[:32]}@leverandortorget>",
            recipient=email,
            subject=content.subject[:200],
            body="\n\n".join(content.lines),
            link_path=content.link_path,
            link_label=content.link_label,
            calendar=content.calendar,
            expires_at=content.expires_at,
            locale=locale,
        )
    )


def send(message: Message, to: Iterable[Recipient], *, mailing: str = "") -> None:
    """Give each recipient a notice on the site and, as the recipient has chosen, an e-mail in the recipient's language.

    A recipient who is given more than once, because of two roles, gets it once. `mailing` names the mailing to many
    companies that the message is part of.

    Joins the caller's transaction: if the change is rolled back, nobody is notified.
    """
    recipients = list({recipient.user_id: recipient for recipient in to}.values())
    deliveries = _deliveries(message.topic, recipients)
    for recipient in recipients:
        delivery = deliveries[recipient.user_id]
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
                topic=message.topic or "",
                digest=delivery.value if delivery in DIGEST_INTERVALS else "",
            )
        )
        if delivery is not Delivery.NOW:
            continue
        if message.throttled:
            _add_throttled_mail(content, recipient, message.topic or "")
        else:
            details = _Mailing(message.topic or "", mailing=mailing)
            _add_mail(content, recipient.email, recipient.locale, details, recipient.user_id)


def _deliveries(topic: Topic | None, recipients: Sequence[Recipient]) -> dict[int, Delivery]:
    """Return the delivery of messages on a topic to each recipient. Necessary messages are always e-mailed at once."""
    user_ids = [recipient.user_id for recipient in recipients]
    deliveries = dict.fromkeys(user_ids, TOPICS[topic].default if topic else Delivery.NOW)
    if topic and user_ids:
        query = select(NoticePreference.user_id, NoticePreference.delivery).where(
            NoticePreference.user_id.in_(user_ids), NoticePreference.topic == topic
        )
        deliveries |= {user_id: Delivery(delivery) for user_id, delivery in session.execute(query)}
    return deliveries


def _add_throttled_mail(content: Content, recipient: Recipient, subscription: str) -> None:
    """E-mail a notice unless the recipient has had three in six hours; then schedule one digest instead."""
    span = dt.timedelta(hours=THROTTLE_HOURS)
    recent = select(OutboxMail.next_attempt_at, OutboxMail.bundle, OutboxMail.state).where(
        OutboxMail.recipient == recipient.email,
        OutboxMail.bundle != "",
        OutboxMail.next_attempt_at > clock.now() - span,
    )
    rows = session.execute(recent).all()
    if len(rows) < MAX_THROTTLED_MAILS:
        mailing = _Mailing(subscription, "one")
        _add_mail(content, recipient.email, recipient.locale, mailing, recipient.user_id)
    elif not any(row.bundle == "rest" and row.state == "waiting" for row in rows):
        with use_locale(recipient.locale):
            digest = _digest()
        mailing = _Mailing(subscription, "rest", min(row.next_attempt_at for row in rows) + span)
        _add_mail(digest, recipient.email, recipient.locale, mailing, recipient.user_id)


def send_digest(recipient: Recipient, interval: Delivery, notices: Sequence[Notice]) -> None:
    """E-mail one digest of notices, inside the caller's transaction."""
    with use_locale(recipient.locale):
        content = _interval_digest(interval, notices)
    _add_mail(content, recipient.email, recipient.locale, _Mailing(interval), recipient.user_id)


def _interval_digest(interval: Delivery, notices: Sequence[Notice]) -> Content:
    subject = (
        ngettext("%(num)s new message", "%(num)s new messages", len(notices))
        if interval is Delivery.DAILY
        else ngettext("%(num)s new message this week", "%(num)s new messages this week", len(notices))
    )
    lines = [
        f"• {notice.subject}\n{notice.link_path or f'/messages/{notice.id}'}"
        for notice in notices[:MAX_DIGEST_LINES]
    ]
    more = len(notices) - len(lines)
    if more > 0:
        lines.append(ngettext("And %(num)s more.", "And %(num)s more.", more))
    return Content(subject, lines, "/messages", _("Read your messages"))


def _digest() -> Content:
    return Content(
        _("More messages are waiting for you"),
        [
            _(
                "Several messages arrived within a few hours. The first ones were sent to you by e-mail. The rest are in your list of messages."
            )
        ],
        "/messages",
        _("Read your messages"),
    )


def send_mail(  # noqa: PLR0913 because each is a part of the e-mail
    message: Message,
    email: str,
    locale: str,
    *,
    subscription: str = "",
    mailing: str = "",
    at: dt.datetime | None = None,
) -> None:
    """Send an e-mail without a notice, to an address that need not belong to a user, at once or at a later time.

    The recipient can end a `subscription` that `hooks.contact_subscription` knows. `mailing` names the mailing to many
    companies that the e-mail is part of.
    """
    with use_locale(locale):
        content = message.compose()
    _add_mail(content, email, locale, _Mailing(subscription, mailing=mailing, at=at))


def last_scheduled(subscriptions: Collection[str]) -> dt.datetime | None:
    """Return the time of the last e-mail of the given subscriptions that waits for its first attempt, or None."""
    query = select(func.max(OutboxMail.next_attempt_at)).where(_not_attempted(subscriptions))
    return session.scalar(query)


def subscriptions_mailed_since(subscriptions: Collection[str], since: dt.datetime) -> set[str]:
    """Return which of the given subscriptions have an e-mail that was queued since a time and has not been cancelled."""
    query = select(OutboxMail.subscription).where(
        OutboxMail.subscription.in_(subscriptions), OutboxMail.created_at > since
    )
    return set(session.scalars(query))


def cancel_scheduled(subscriptions: Collection[str]) -> set[str]:
    """Delete the e-mails of the given subscriptions that wait for their first attempt; return their subscriptions.

    Joins the caller's transaction.
    """
    query = select(OutboxMail).where(_not_attempted(subscriptions)).order_by(OutboxMail.id)
    mails = session.scalars(query.with_for_update(skip_locked=True)).all()
    for mail in mails:
        session.delete(mail)
    return {mail.subscription for mail in mails}


def _not_attempted(subscriptions: Collection[str]) -> ColumnElement[bool]:
    return and_(
        OutboxMail.state == "waiting",
        OutboxMail.attempts == 0,
        OutboxMail.user_id.is_(None),
        OutboxMail.subscription.in_(subscriptions),
    )


def move_mail_deadline(title: str, before: dt.datetime, after: dt.datetime) -> None:
    """Let the e-mails about something that wait to be sent before its deadline name a new deadline and expire then.

    A longer title that contains this one is that of something else. Joins the caller's transaction.
    """
    whole_title = re.compile(rf"(?<!\w)(?<!\w ){re.escape(title)}(?! ?\w)")
    query = select(OutboxMail).where(
        OutboxMail.state == "waiting",
        OutboxMail.expires_at == before,
        or_(
            OutboxMail.subject.contains(title, autoescape=True),
            OutboxMail.body.contains(title, autoescape=True),
        ),
    )
    for mail in session.scalars(query.order_by(OutboxMail.id).with_for_update()):
        if not whole_title.search(f"{mail.subject}\n{mail.body}"):
            continue
        mail.expires_at = after
        with use_locale(mail.locale):
            for weekday in (True, False):
                former, new = (format_date(moment, weekday=weekday) for moment in (before, after))
                mail.body = mail.body.replace(former, new)


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


def erase_mail_to(address: str, placeholder: str, *, only_without_account: bool = False) -> None:
    """Erase the texts of all e-mail to an address, inside the caller's transaction. Waiting e-mail is not sent."""
    query = select(OutboxMail).where(func.lower(OutboxMail.recipient) == address.lower())
    if only_without_account:
        query = query.where(OutboxMail.user_id.is_(None))
    for mail in session.scalars(query):
        mail.subject, mail.body, mail.link_path, mail.calendar = placeholder, "", "", ""
        mail.state = "erased" if mail.state == "waiting" else mail.state


def reseal_links() -> None:
    """Encrypt the links of queued e-mail with the newest key, inside the caller's transaction. Raises SealError."""
    query = select(OutboxMail).where(OutboxMail.sealed_link != "").order_by(OutboxMail.id).with_for_update()
    for mail in session.scalars(query):
        mail.link_path = mail.link_path  # the setter encrypts with the newest key
