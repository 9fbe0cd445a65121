"""Report parts about the project and its companies."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.core import clock
from marketplace.core.grouping import group
from marketplace.programme.lifecycle import ParticipationState
from marketplace.reporting.counting import by_category, by_size, count_dated, counted
from marketplace.reporting.facts import ReportFacts, Row
from marketplace.reporting.figures import Breakdown, ReportPart


@dataclass(frozen=True, slots=True)
class Member:
    """A company that has or had a seat in the project. `attended` are the days of the sessions that it attended."""

    row: Row
    recruited_on: dt.date
    attended: Sequence[dt.date]
    left_on: dt.date | None

    @property
    def company_id(self) -> int | None:
        """Id of the company's account, or None if it has no account."""
        found: int | None = self.row["company_id"]
        return found

    def completed_on(self, needed: int) -> dt.date | None:
        """Return the day of the session with which the company completed the course, or None."""
        return self.attended[needed - 1] if len(self.attended) >= needed else None


def members_of(facts: ReportFacts) -> list[Member]:
    """Return the companies that were recruited by the end of the period, those that left included."""
    first_seat, first_exit = _seat_days(facts)
    attended = _attended_days(facts)
    last_day = facts.period.last_day
    members = []
    for row in facts.of("participation"):
        recruited = first_seat.get(row.row_id)
        days = attended.get(row.row_id, [])
        if recruited is None and days:
            recruited = days[0]
        if recruited is None or recruited > last_day:
            continue
        left = None
        if row["state"] == ParticipationState.WITHDRAWN:
            left = first_exit.get(row.row_id)
        members.append(Member(row, recruited, days, left if left is None or left <= last_day else None))
    return members


def _seat_days(facts: ReportFacts) -> tuple[dict[int, dt.date], dict[int, dt.date]]:
    """Return the first day with a confirmed seat, and the last day on which it became withdrawn, by participation."""
    first: dict[int, dt.date] = {}
    left: dict[int, dt.date] = {}
    state: dict[int, str] = {}
    for row in facts.history.get("participation", ()):
        if row.removed:
            continue
        if row["state"] == ParticipationState.SIGNED_UP and row["confirmed_at"]:
            day = row.day("confirmed_at") or clock.to_local(row.recorded_at).date()
            first.setdefault(row.row_id, day)
        if row["state"] == ParticipationState.WITHDRAWN and state.get(row.row_id) != row["state"]:
            left[row.row_id] = clock.to_local(row.recorded_at).date()
        state[row.row_id] = row["state"]
    return first, left


def _attended_days(facts: ReportFacts) -> dict[int, list[dt.date]]:
    """Return the days of the sessions that each participation attended. A session attended twice counts once."""
    sessions = facts.by_id("session")
    first: dict[tuple[int, int], dt.date] = {}
    for one in facts.presences:
        session = sessions.get(one.session_id)
        day = session.day("starts_at") if session else None
        if not one.attended or session is None or day is None or day > facts.period.last_day:
            continue
        key = (one.participation_id, session["number"])
        first[key] = min(day, first.get(key, day))
    days = group((participation_id, day) for (participation_id, _number), day in first.items())
    return {participation_id: sorted(found) for participation_id, found in days.items()}


def consenting(members: Sequence[Member]) -> list[int]:
    """Return the ids of the companies that agreed, when they signed up, to have their answers counted."""
    return sorted({one.company_id for one in members if one.company_id and one.row["allows_figures"]})


def project_part(facts: ReportFacts) -> ReportPart:
    """Count the places and, for the whole project, the business gardens."""
    gardens = [] if facts.is_restricted else [counted("gardens", len(facts.garden_ids))]
    return ReportPart("project", [counted("places", len(facts.of("place"))), *gardens])


def companies_part(facts: ReportFacts, members: Sequence[Member]) -> ReportPart:
    """Count the companies that were recruited, started, completed the course or left, and break the numbers down."""
    project = facts.of("project")[0]
    period, needed = facts.period, int(project["sessions_needed"])
    left = [one for one in members if one.left_on is not None]
    target = [] if facts.is_restricted else [counted("target", int(project["target_companies"]))]
    figures = [
        *target,
        count_dated("recruited", [one.recruited_on for one in members], period),
        count_dated("started", [one.attended[0] for one in members if one.attended], period, of=len(members)),
        count_dated("completed", [one.completed_on(needed) for one in members], period, of=len(members)),
        count_dated("left", [one.left_on for one in left], period, of=len(members)),
        counted("figures_allowed", sum(bool(one.row["allows_figures"]) for one in members), of=len(members)),
    ]
    rows = [one.row for one in members]
    breakdowns = [
        *_breakdowns("recruited", rows),
        by_category("source", "recruited", ((row.row_id, row["source"]) for row in rows)),
        by_category("reason", "left", ((one.row.row_id, one.row["withdrawal_reason"]) for one in left)),
    ]
    return ReportPart("companies", figures, [one for one in breakdowns if one.cells])


def followed_since(facts: ReportFacts) -> dict[int, dt.date]:
    """Return the first day on which a garden followed each company that it follows, up to the end of the period."""
    since: dict[int, dt.date] = {}
    for follower in facts.of("follower"):
        day = follower.day("since")
        if day is not None and day <= facts.period.last_day:
            since[follower["company_id"]] = min(day, since.get(follower["company_id"], day))
    known = facts.by_id("company")
    return {company_id: day for company_id, day in since.items() if company_id in known}


def followed_companies_part(facts: ReportFacts) -> ReportPart:
    """Count the companies that a garden follows."""
    since = followed_since(facts)
    rows = [row for row in facts.of("company") if row.row_id in since]
    figures = [count_dated("followed", list(since.values()), facts.period)]
    return ReportPart("companies", figures, [one for one in _breakdowns("followed", rows) if one.cells])


def _breakdowns(total_code: str, rows: Sequence[Row]) -> list[Breakdown]:
    return [
        by_size(total_code, ((row.row_id, row["employees"]) for row in rows)),
        by_category("sector", total_code, ((row.row_id, row["sector_code"]) for row in rows)),
        by_category("municipality", total_code, ((row.row_id, row["municipality_number"]) for row in rows)),
    ]
