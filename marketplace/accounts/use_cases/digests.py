"""Daily and weekly digests: e-mails that list the messages of a day or a week. Their wording is in `outbox/use_cases.py`."""

import calendar
import datetime as dt

from sqlalchemy import select, update

from marketplace.accounts.models import User
from marketplace.accounts.use_cases.message_settings import message_settings
from marketplace.accounts.use_cases.registration import as_recipient
from marketplace.core import clock
from marketplace.core.database import failure_logged, load_locked, session, transaction
from marketplace.outbox.models import Notice
from marketplace.outbox.topics import DIGEST_INTERVALS, Delivery
from marketplace.outbox.use_cases import send_digest

DIGEST_TIME = dt.time(7)
WEEKLY_DIGEST_WEEKDAY = calendar.MONDAY
"""`DELIVERY_LABELS` in `outbox/topics.py` names this day."""


def send_digests() -> int:
    """Send the daily digests that are due at 7, and the weekly ones on Mondays; return their number.

    Messages that have been read, or whose topic was stopped meanwhile, are left out. Idempotent: a message leaves the queue
    in the transaction that adds its digest to the outbox.
    """
    sent = 0
    for interval in DIGEST_INTERVALS:
        until = latest_digest_time(interval, clock.now())
        waiting = select(Notice.user_id).where(Notice.digest == interval, Notice.created_at <= until)
        for user_id in session.scalars(waiting.distinct().order_by(Notice.user_id)).all():
            with failure_logged(user_id), transaction():
                sent += _send_digest(user_id, interval, until)
    return sent


def _send_digest(user_id: int, interval: Delivery, until: dt.datetime) -> bool:
    user = load_locked(select(User).where(User.id == user_id))
    due = (Notice.user_id == user_id, Notice.digest == interval, Notice.created_at <= until)
    notices = session.scalars(select(Notice).where(*due).order_by(Notice.created_at, Notice.id)).all()
    session.execute(update(Notice).where(*due).values(digest=""))
    stopped = {topic for topic, delivery in message_settings(user_id).items() if delivery is Delivery.OFF}
    listed = [notice for notice in notices if notice.read_at is None and notice.topic not in stopped]
    if user is None or not user.is_active or not listed:
        return False
    send_digest(as_recipient(user), interval, listed)
    return True


def latest_digest_time(interval: Delivery, now: dt.datetime) -> dt.datetime:
    """Return the latest moment, not after `now`, at which digests of an interval are sent."""
    local = clock.to_local(now)
    day = local.date() if local.time() >= DIGEST_TIME else local.date() - dt.timedelta(days=1)
    if interval is Delivery.WEEKLY:
        day -= dt.timedelta(days=(day.weekday() - WEEKLY_DIGEST_WEEKDAY) % 7)
    return dt.datetime.combine(day, DIGEST_TIME, tzinfo=clock.LOCAL_ZONE).astimezone(dt.UTC)
