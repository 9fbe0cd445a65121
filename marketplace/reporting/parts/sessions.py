"""Report part about the course sessions: planned, held, cancelled, hours, attendance and distances."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

from marketplace.core.grouping import group
from marketplace.core.places import distance_km, find_municipality
from marketplace.reporting.counting import count_dated, counted, mean_figure, not_measured, sum_dated
from marketplace.reporting.facts import ReportFacts, Row
from marketplace.reporting.figures import Figure, ReportPart
from marketplace.reporting.parts.companies import Member


def sessions_part(facts: ReportFacts, members: Sequence[Member]) -> ReportPart:
    """Count the course sessions, their hours, who was there and how far they travelled."""
    period = facts.period
    present = attendance(facts)
    planned, cancelled = planned_sessions(facts)
    held = held_sessions(facts, present)
    minutes = [(row.day("starts_at"), duration(row)) for row in held]
    attended = [row.day("starts_at") for row in held for _one in present.get(row.row_id, [])]
    companies = len({company for row in held for company in present.get(row.row_id, [])})
    heads = [int(row["head_count"]) for row in held if row["head_count"] is not None]
    distances = _distances(facts, held, present)
    figures: list[Figure] = [
        counted("planned", len(planned)),
        count_dated("held", [row.day("starts_at") for row in held], period, of=len(planned)),
        counted("cancelled", len(cancelled)),
        sum_dated("duration", minutes, period, unit="minutes"),
        count_dated("attendances", attended, period, n=companies, of=len(members)),
        mean_figure(
            "present", [len(present.get(row.row_id, [])) for row in held], n=companies, of=len(members)
        ),
        mean_figure("head_count", heads, n=companies, of=len(members))
        if heads
        else not_measured("head_count", "mean", 0, len(members)),
        mean_figure(
            "distance", list(distances.values()), unit="km_mean", n=companies, of=len(members)
        ).based_on(distances),
    ]
    return ReportPart("sessions", figures)


def attendance(facts: ReportFacts) -> dict[int, list[int]]:
    """Return the participations that attended, by session."""
    return group((one.session_id, one.participation_id) for one in facts.presences if one.attended)


def planned_sessions(facts: ReportFacts) -> tuple[list[Row], list[Row]]:
    """Return the sessions that are planned, and those that are cancelled."""
    rows = facts.of("session")
    return [row for row in rows if not row["cancelled_at"]], [row for row in rows if row["cancelled_at"]]


def held_sessions(facts: ReportFacts, present: dict[int, list[int]]) -> list[Row]:
    """Return the sessions that were held by the end of the period: somebody said so, or somebody attended."""
    planned, _cancelled = planned_sessions(facts)
    return [
        row
        for row in planned
        if (row["held_at"] or row.row_id in present)
        and (row.day("starts_at") or dt.date.max) <= facts.period.last_day
    ]


def duration(row: Row) -> int:
    """Return the length of a session in minutes."""
    begins, ends = row.moment("starts_at"), row.moment("ends_at")
    return int((ends - begins).total_seconds() // 60) if begins and ends else 0


def _distances(
    facts: ReportFacts, held: Sequence[Row], present: dict[int, list[int]]
) -> dict[tuple[int, int], Fraction]:
    """Return the distance from the company's municipality to the venue's for each attendance where both are known.

    An attendance is a participation and a session.
    """
    seats = {row.row_id: row["municipality_number"] or "" for row in facts.of("participation")}
    found = {}
    for row in held:
        venue = row["municipality_number"] or ""
        for participation_id in present.get(row.row_id, []):
            seat = seats.get(participation_id, "")
            if find_municipality(venue) and find_municipality(seat):
                kilometres = Fraction(round(distance_km(venue, seat) * 1000), 1000)
                found[participation_id, row.row_id] = kilometres
    return found
