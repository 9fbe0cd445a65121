"""Figures of the companies' own work: strategies in time, and how clear their first and newest briefs are."""

import datetime as dt
from typing import Any

from marketplace.core import clock
from marketplace.reporting.facts import ReportFacts, ReportPeriod, Row
from marketplace.reporting.figures import ReportPart
from marketplace.reporting.parts.market import ordering_part
from marketplace.reporting.parts.strategies import strategy_part

ENDS_ON = dt.date(2026, 6, 30)
PERIOD = ReportPeriod(dt.date(2026, 1, 1), dt.date(2026, 12, 31), dt.datetime(2026, 12, 1, tzinfo=dt.UTC))


def row(row_id: int, owner_id: int, **values: Any) -> Row:
    return Row(row_id, owner_id, PERIOD.as_of, values)


def figures(part: ReportPart) -> dict[str, int | None]:
    return {one.code: one.value for one in part.figures}


def test_strategy_completed_the_day_after_the_project_is_complete_but_not_in_time() -> None:
    last_minute = clock.end_of_day(ENDS_ON) - dt.timedelta(minutes=1)
    completed = [last_minute, last_minute + dt.timedelta(minutes=2), None]
    strategies = [
        row(number, number, started_at="2026-02-01", completed_at=moment and moment.isoformat())
        for number, moment in enumerate(completed, 1)
    ]
    project = row(1, 1, ends_on=ENDS_ON.isoformat())
    facts = ReportFacts(PERIOD, frozenset({1}), {"strategy": strategies, "project": [project]})
    counted = figures(strategy_part(facts, [1, 2, 3], 3))
    assert [counted[f"strategy_{code}"] for code in ("started", "complete", "in_time")] == [3, 2, 1]


def test_first_and_newest_brief_are_compared_with_consent_only() -> None:
    published = [
        (1, 1, "2026-02-01T10:00:00+00:00", 60, "individual"),
        (2, 1, "2026-05-01T10:00:00+00:00", 75, "totals"),
        (3, 1, "2026-08-01T10:00:00+00:00", 90, "totals"),
        (4, 1, "2026-09-01T10:00:00+00:00", 10, "no"),
        (5, 2, "2026-03-01T10:00:00+00:00", 20, "individual"),
    ]
    briefs = [
        row(number, company, published_at=moment, consent=consent, state="open")
        for number, company, moment, _quality, consent in published
    ]
    versions = [
        row(number, number, number=1, quality=quality) for number, _c, _m, quality, _consent in published
    ]
    facts = ReportFacts(PERIOD, frozenset({1}), {"brief": briefs, "brief_version": versions})
    counted = figures(ordering_part(facts))
    assert (counted["quality_first"], counted["quality_newest"]) == (60_000, 90_000)
