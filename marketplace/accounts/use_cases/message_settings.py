"""Choices of how messages are e-mailed: at once, in a digest, or not at all."""

from collections.abc import Mapping

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.audit.use_cases import record
from marketplace.core.database import load_locked, session, transaction
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.outbox.models import NoticePreference
from marketplace.outbox.topics import DIGEST_INTERVALS, TOPICS, Delivery, Topic, topics_for


def message_settings(user_id: int | None) -> dict[Topic, Delivery]:
    """Return the delivery that a user has chosen for each topic."""
    settings = {topic: details.default for topic, details in TOPICS.items()}
    rows = session.execute(
        select(NoticePreference.topic, NoticePreference.delivery).where(NoticePreference.user_id == user_id)
    )
    chosen = {topic: delivery for topic, delivery in rows if topic in settings}
    return settings | {Topic(topic): Delivery(delivery) for topic, delivery in chosen.items()}


def change_message_settings(viewer: Viewer, choices: Mapping[Topic, Delivery]) -> None:
    """Change how the viewer gets messages on the topics that concern the viewer. Other topics are ignored."""
    with transaction():
        allowed = {topic: choices[topic] for topic in topics_for(viewer) if topic in choices}
        _change(viewer, viewer.user_id or 0, allowed)


def unsubscribe(user_id: int, subscription: str) -> list[Topic]:
    """Stop the e-mails of a topic, or of a digest, to a user, and return the topics. Raises NotFound.

    A digest ends for the topics that are in it now.
    """
    with transaction():
        topics = subscribed_topics(user_id, subscription)
        _change(Viewer(user_id=user_id), user_id, dict.fromkeys(topics, Delivery.OFF))
        return topics


def subscribed_topics(user_id: int, subscription: str) -> list[Topic]:
    """Return the topics that a subscription covers for a user. Raises NotFound for an erased user or unknown topic."""
    user = session.get(User, user_id)
    if user is None or user.erased_at is not None:
        raise NotFound
    if subscription in DIGEST_INTERVALS:
        return [topic for topic, delivery in message_settings(user_id).items() if delivery == subscription]
    if subscription not in TOPICS:
        raise NotFound
    return [Topic(subscription)]


def _change(viewer: Viewer, user_id: int, choices: Mapping[Topic, Delivery]) -> None:
    """Store the choices that differ from the current ones. The user's row is the lock."""
    load_locked(select(User).where(User.id == user_id))
    present = message_settings(user_id)
    changed = {topic: delivery for topic, delivery in choices.items() if present[topic] is not delivery}
    rows = {
        row.topic: row
        for row in session.scalars(select(NoticePreference).where(NoticePreference.user_id == user_id))
    }
    for topic, delivery in changed.items():
        if topic in rows:
            rows[topic].delivery = delivery
        else:
            session.add(NoticePreference(user_id=user_id, topic=topic, delivery=delivery))
    if changed:
        record(
            viewer,
            "account.change_messages",
            "user",
            user_id,
            **{topic.value: delivery.value for topic, delivery in changed.items()},
        )
