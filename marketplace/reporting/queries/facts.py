"""The facts of a project, or of a business garden without one, as of a moment."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.programme.attendance import ATTENDED
from marketplace.programme.queries.attendance import marks_of
from marketplace.reporting.facts import Presence, ReportFacts, ReportPeriod
from marketplace.reporting.queries.fact_rows import (
    Rows,
    all_versions,
    current_of,
    current_rows,
    of_kinds,
    of_owners,
    with_ids,
)
from marketplace.reporting.queries.finance_facts import aid_of, fees_of, hours_of, money_of

_COMPANY_KINDS = ("assessment", "strategy", "tool", "confidence", "brief")
_STRATEGY_KINDS = ("review", "objective")
_BRIEF_KINDS = ("brief_version", "invitation", "offer", "award", "outcome")
_NETWORK_KINDS = ("supplier", "vetting")


@dataclass(frozen=True, slots=True)
class ReportScope:
    """The subject of a report: a project, or a garden without one.

    `place_ids` restricts it to some places of the project; None means the whole project.
    """

    garden_id: int
    project_id: int | None = None
    place_ids: tuple[int, ...] | None = None


def load_facts(scope: ReportScope, period: ReportPeriod) -> ReportFacts:
    """Load what was recorded about a project or a garden by the moment of the report."""
    if scope.project_id is None:
        return _garden_facts(scope.garden_id, period)
    return _project_facts(scope, scope.project_id, period)


def _garden_facts(garden_id: int, period: ReportPeriod) -> ReportFacts:
    as_of = period.as_of
    history = all_versions(as_of, of_kinds(*_NETWORK_KINDS))
    followers = current_rows(as_of, of_owners(["follower"], [garden_id])).get("follower", [])
    followers = [row for row in followers if not row["until"]]
    company_ids = sorted({int(row["company_id"]) for row in followers})
    rows = current_rows(as_of, with_ids("company", company_ids), of_owners(["brief"], company_ids))
    rows |= current_rows(as_of, of_owners(_BRIEF_KINDS, _ids(rows, "brief")))
    rows["follower"] = followers
    rows["supplier"] = current_of(history.get("supplier", []))
    return ReportFacts(period, frozenset({garden_id}), rows, history)


def _project_facts(scope: ReportScope, project_id: int, period: ReportPeriod) -> ReportFacts:
    as_of = period.as_of
    history = all_versions(as_of, of_owners(["participation"], [project_id]), of_kinds(*_NETWORK_KINDS))
    rows = current_rows(
        as_of, with_ids("project", [project_id]), of_owners(["place", "person", "cohort"], [project_id])
    )
    participations = current_of(history.get("participation", []))
    if scope.place_ids is not None:
        _restrict(rows, scope.place_ids)
        cohort_ids = set(_ids(rows, "cohort"))
        participations = [row for row in participations if row["cohort_id"] in cohort_ids]
        kept = {row.row_id for row in participations}
        history["participation"] = [row for row in history.get("participation", []) if row.row_id in kept]
    rows["participation"] = participations
    rows["supplier"] = current_of(history.get("supplier", []))
    company_ids = sorted({int(row["company_id"]) for row in participations if row["company_id"]})
    rows |= current_rows(
        as_of, of_owners(["session"], _ids(rows, "cohort")), of_owners(_COMPANY_KINDS, company_ids)
    )
    rows |= current_rows(
        as_of,
        of_owners(["feedback"], _ids(rows, "session")),
        of_owners(_STRATEGY_KINDS, _ids(rows, "strategy")),
        of_owners(_BRIEF_KINDS, _ids(rows, "brief")),
    )
    rows |= current_rows(as_of, of_owners(["measurement"], _ids(rows, "objective")))
    return ReportFacts(
        period,
        _gardens(scope, rows),
        rows,
        history,
        is_project=True,
        is_restricted=scope.place_ids is not None,
        presences=_presences(_ids(rows, "session"), as_of),
        hours=hours_of(project_id, scope.place_ids, as_of),
        money=money_of(project_id, scope.place_ids, as_of),
        aid=aid_of(project_id, as_of) if scope.place_ids is None else (),
        fees=fees_of([row.row_id for row in participations], as_of),
    )


def _restrict(rows: Rows, place_ids: Sequence[int]) -> None:
    """Remove the places, cohorts and people of other places than the given ones."""
    rows["place"] = [row for row in rows.get("place", []) if row.row_id in place_ids]
    for kind in ("cohort", "person"):
        rows[kind] = [row for row in rows.get(kind, []) if row["place_id"] in place_ids]


def _gardens(scope: ReportScope, rows: Rows) -> frozenset[int]:
    """Return the gardens that are responsible for the places, with the owner unless the report is restricted."""
    found = {int(row["garden_id"]) for row in rows.get("place", [])}
    return frozenset(found | ({scope.garden_id} if scope.place_ids is None or not found else set()))


def _ids(rows: Rows, kind: str) -> list[int]:
    return [row.row_id for row in rows.get(kind, [])]


def _presences(session_ids: Sequence[int], as_of: dt.datetime) -> list[Presence]:
    """Return the mark that counts for each company and session: of those received by then, the last by the device's clock."""
    return [
        Presence(session_id, participation_id, mark in ATTENDED)
        for session_id, marks in marks_of(session_ids, as_of).items()
        for participation_id, mark in marks.items()
    ]
