"""The plan of the course: its sessions with titles and summaries, and the hours at which they begin and end."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from marketplace.core.i18n import LocalizedText
from marketplace.core.region import current_region
from marketplace.data import load_yaml


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A session of the course plan, with its texts by language."""

    number: int
    titles: Mapping[str, str]
    summaries: Mapping[str, str]

    title = LocalizedText("titles")
    summary = LocalizedText("summaries")


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """The sessions of the course in order, and the local time at which each begins and ends."""

    starts_at: dt.time
    ends_at: dt.time
    sessions: tuple[PlannedSession, ...]

    def session(self, number: int) -> PlannedSession | None:
        """Return the session with a number, or None."""
        return next((session for session in self.sessions if session.number == number), None)


@cache
def default_course_plan() -> CoursePlan:
    """Load the course plan of regions that do not change it."""
    data = load_yaml("course_plan.yaml")
    return CoursePlan(
        dt.time.fromisoformat(data["starts_at"]),
        dt.time.fromisoformat(data["ends_at"]),
        tuple(PlannedSession(row["number"], row["title"], row["about"]) for row in data["sessions"]),
    )


@cache
def course_plan() -> CoursePlan:
    """Return the course plan with the region's changes: its own times, and its own texts for sessions that it describes."""
    plan, changes = default_course_plan(), current_region().course_plan
    texts = {row["number"]: row for row in changes.get("sessions", ())}
    times = {key: dt.time.fromisoformat(changes[key]) for key in ("starts_at", "ends_at") if key in changes}
    sessions = tuple(
        PlannedSession(one.number, texts[one.number]["title"], texts[one.number]["about"])
        if one.number in texts
        else one
        for one in plan.sessions
    )
    return replace(plan, sessions=sessions, **times)
