"""Help pages of the procurement guide, loaded from YAML: why a topic matters, what to do, and usual mistakes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from marketplace.briefs.guide.questions import Text, Topic, load
from marketplace.core.course_plan import PlannedSession, course_plan
from marketplace.core.i18n import LocalizedText, localized
from marketplace.data import load_yaml

PRICED_TOPIC = "frame"
"""Topic whose page shows the rough prices of all services."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A usual mistake, with what to do instead."""

    titles: Text
    texts: Text

    title = LocalizedText("titles")
    text = LocalizedText("texts")


@dataclass(frozen=True, slots=True)
class HelpTopic:
    """Help about one topic. `topic` is None for help that belongs to no page of the guide."""

    code: str
    topic: Topic | None
    titles: Text
    ledes: Text
    whys: Text
    all_steps: Sequence[Text]
    mistakes: Sequence[Mistake]
    sessions: Sequence[PlannedSession]

    title = LocalizedText("titles")
    lede = LocalizedText("ledes")
    why = LocalizedText("whys")

    @property
    def steps(self) -> list[str]:
        """Instructions in order, in the current language."""
        return [localized(step) for step in self.all_steps]


@cache
def help_topics() -> tuple[HelpTopic, ...]:
    """Load the help pages, in the order of the guide."""
    rows = load_yaml("guide", "help.yaml")["topics"]
    topics = {topic.code: topic for topic in load().topics}
    return tuple(_help_topic(row, topics.get(row["code"])) for row in rows)


def _help_topic(row: Mapping[str, Any], topic: Topic | None) -> HelpTopic:
    return HelpTopic(
        row["code"],
        topic,
        topic.titles if topic else row["title"],
        row["lede"],
        row["why"],
        row["steps"],
        tuple(Mistake(one["title"], one["text"]) for one in row["mistakes"]),
        tuple(session for session in course_plan().sessions if session.number in row["sessions"]),
    )


def help_topic(code: str) -> HelpTopic | None:
    """Return the help page with a code, or None."""
    return next((one for one in help_topics() if one.code == code), None)


@cache
def help_topics_by_session() -> dict[int, list[HelpTopic]]:
    """Return the help pages that each session of the course uses, by its number."""
    return {
        session.number: [one for one in help_topics() if session in one.sessions]
        for session in course_plan().sessions
    }
