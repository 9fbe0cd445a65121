"""Notices as plain values, composed in the recipient's language."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import ParamSpec

from marketplace.outbox.topics import Topic

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Recipient:
    """A user who receives a notice."""

    user_id: int
    email: str
    locale: str


@dataclass(frozen=True, slots=True)
class Content:
    """A notice in one language: subject, paragraphs and one link."""

    subject: str
    lines: Sequence[str]
    link_path: str = ""
    link_label: str = ""
    calendar: str = ""
    """iCalendar file to attach to the e-mail, or scheduling message to send in it."""
    expires_at: dt.datetime | None = None
    """Time after which the e-mail is of no use, so that it is not sent any more. The notice on the site stays."""


@dataclass(frozen=True, slots=True)
class Message:
    """A kind of notice. `compose` runs once for each recipient, with the recipient's language set.

    Notices that others can trigger any number of times are `throttled`: after a few e-mails within some hours, the rest
    are only listed on the site, and one digest e-mail says so. A message without a topic is necessary:
    nobody can turn it off.
    """

    kind: str
    compose: Callable[[], Content]
    throttled: bool = False
    topic: Topic | None = None


def as_message(
    kind: str, *, topic: Topic | None = None, throttled: bool = False
) -> Callable[[Callable[P, Content]], Callable[P, Message]]:
    """Decorate a function that writes a notice in the current locale, so that calling it makes a `Message`.

    The text is composed later, once per recipient, with the arguments of the call.
    """

    def decorate(compose: Callable[P, Content]) -> Callable[P, Message]:
        @wraps(compose)
        def make(*args: P.args, **kwargs: P.kwargs) -> Message:
            return Message(kind, partial(compose, *args, **kwargs), throttled, topic)

        return make

    return decorate
