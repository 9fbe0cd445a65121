"""The rows that each figure of a report counts, as the lists of other pages show them.

Only rows that a garden sees in its lists anyway are included: companies with their progress, sessions with attendance and
feedback, suppliers and accounts. A report shares no company's plan with anybody, and briefs are counted without names, so
the figures of ordering, tools, and the results of objectives and self-assessments have no rows.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from marketplace.reporting.facts import Money, ReportFacts
from marketplace.reporting.parts.companies import Member, consenting, followed_since, members_of
from marketplace.reporting.parts.market import approved_at_end, approved_before
from marketplace.reporting.parts.money import (
    COST,
    PLAN,
    RECEIVED,
    aid_by_company,
    answered_feedback,
    grants_by_end,
    places_by_municipality,
    quotable_feedback,
    state_aid,
)
from marketplace.reporting.parts.sessions import attendance, duration, held_sessions, planned_sessions
from marketplace.reporting.parts.strategies import (
    approved_on,
    finished_assessments,
    objectives_of,
    strategies_of,
)
from marketplace.strategy.assessment_scores import Stage

Amounts = Mapping[Any, int]


class CountedList(StrEnum):
    """A list on another page. Its rows are identified by their id, those of state aid by the organisation number."""

    PROJECT_COMPANIES = "project_companies"
    SESSIONS = "sessions"
    HOURS = "hours"
    FUNDING = "funding"
    ENTRIES = "entries"
    FEES = "fees"
    AID = "aid"
    GARDEN_COMPANIES = "garden_companies"
    GARDEN_SUPPLIERS = "garden_suppliers"


@dataclass(frozen=True, slots=True)
class FigureRows:
    """The rows that a figure counts, each with its amount: the figure is the sum of the amounts, or their mean."""

    list: CountedList
    amounts: Amounts


def figure_rows(facts: ReportFacts) -> dict[str, FigureRows]:
    """Return the rows behind the figures of a report, by the code of the figure."""
    if not facts.is_project:
        return _followed_rows(facts) | _supplier_rows(facts)
    if not facts.of("project"):
        return {}
    members = members_of(facts)
    return (
        _company_rows(facts, members)
        | _progress_rows(facts, members)
        | _session_rows(facts)
        | _supplier_rows(facts)
        | _money_rows(facts)
        | _hours_rows(facts)
        | _aid_rows(facts)
    )


def _ones(keys: Iterable[int]) -> Amounts:
    return dict.fromkeys(keys, 1)


def _company_rows(facts: ReportFacts, members: Sequence[Member]) -> dict[str, FigureRows]:
    needed = int(facts.of("project")[0]["sessions_needed"])
    conditions: Mapping[str, Callable[[Member], object]] = {
        "recruited": lambda _one: True,
        "started": lambda one: one.attended,
        "completed": lambda one: one.completed_on(needed),
        "left": lambda one: one.left_on,
        "figures_allowed": lambda one: one.row["allows_figures"],
    }
    return {
        code: FigureRows(
            CountedList.PROJECT_COMPANIES, _ones(one.row.row_id for one in members if is_counted(one))
        )
        for code, is_counted in conditions.items()
    }


def _progress_rows(facts: ReportFacts, members: Sequence[Member]) -> dict[str, FigureRows]:
    """Return the companies that the figures of strategies and self-assessments count. Each of them has an account."""
    ids = consenting(members)
    strategies = strategies_of(facts, ids)
    ends_on = facts.of("project")[0].day("ends_on")
    last = facts.period.last_day
    until = {
        "strategy_started": last,
        "strategy_complete": last,
        "strategy_in_time": min(last, ends_on or last),
    }
    dates = {"strategy_started": "started_at"}
    found: dict[str, Amounts] = {
        code: _ones(
            row.owner_id
            for row in strategies
            if (day := row.day(dates.get(code, "completed_at"))) is not None and day <= last_day
        )
        for code, last_day in until.items()
    }
    approved = approved_on(facts)
    found["strategy_approved"] = _ones(
        row.owner_id for row in strategies if row.row_id in approved and approved[row.row_id] <= last
    )
    found["objectives"] = {company_id: len(rows) for company_id, rows in objectives_of(facts, ids).items()}
    finished = finished_assessments(facts, ids)
    for stage in (Stage.START, Stage.END):
        found[f"answered_{stage}"] = _ones(row.owner_id for row in finished[stage])
    participations = {one.company_id: one.row.row_id for one in members if one.company_id}
    return {
        code: FigureRows(
            CountedList.PROJECT_COMPANIES,
            {participations[key]: amount for key, amount in amounts.items()},
        )
        for code, amounts in found.items()
    }


def _session_rows(facts: ReportFacts) -> dict[str, FigureRows]:
    present = attendance(facts)
    planned, cancelled = planned_sessions(facts)
    held = held_sessions(facts, present)
    attended = {row.row_id: len(present.get(row.row_id, [])) for row in held}
    amounts: Mapping[str, Amounts] = {
        "planned": _ones(row.row_id for row in planned),
        "held": _ones(row.row_id for row in held),
        "cancelled": _ones(row.row_id for row in cancelled),
        "duration": {row.row_id: duration(row) for row in held},
        "attendances": {key: count for key, count in attended.items() if count},
        "present": attended,
        "head_count": {row.row_id: int(row["head_count"]) for row in held if row["head_count"] is not None},
        "feedback": Counter(row.owner_id for row in answered_feedback(facts)),
        "quotable": Counter(row.owner_id for row in quotable_feedback(facts)),
    }
    return {code: FigureRows(CountedList.SESSIONS, found) for code, found in amounts.items()}


def _followed_rows(facts: ReportFacts) -> dict[str, FigureRows]:
    return {"followed": FigureRows(CountedList.GARDEN_COMPANIES, _ones(followed_since(facts)))}


def _supplier_rows(facts: ReportFacts) -> dict[str, FigureRows]:
    now, before = approved_at_end(facts), approved_before(facts)
    amounts: Mapping[str, Amounts] = {
        "suppliers": _ones(now),
        "suppliers_new": _ones(now.keys() - before.keys()),
        "suppliers_left": _ones(before.keys() - now.keys()),
        "approvals": {key: len(groups) for key, groups in now.items() if groups},
    }
    return {code: FigureRows(CountedList.GARDEN_SUPPLIERS, found) for code, found in amounts.items()}


def _money_rows(facts: ReportFacts) -> dict[str, FigureRows]:
    """Return the funding sources, booked entries and companies that the figures of money and fees count."""
    found: dict[str, FigureRows] = {}
    lists = {PLAN: CountedList.FUNDING, RECEIVED: CountedList.ENTRIES, COST: CountedList.ENTRIES}
    for kind, counted_list in lists.items():
        entries = [
            one
            for one in facts.money
            if one.kind == kind and (one.on or facts.period.last_day) <= facts.period.last_day
        ]
        groups: dict[str, list[Money]] = {}
        for one in entries:
            for code in (one.code, "total"):
                groups.setdefault(f"{kind}_{code}_{one.currency}", []).append(one)
        if kind == COST:
            for municipality, place_ids in places_by_municipality(facts):
                for one in entries:
                    if one.place_id in place_ids:
                        groups.setdefault(f"{COST}_at_{municipality}_{one.currency}", []).append(one)
        for code, rows in groups.items():
            found[code] = FigureRows(counted_list, {one.row_id: one.minor for one in rows})
        found[f"{kind}_in_nok"] = FigureRows(counted_list, {one.row_id: one.nok_ore or 0 for one in entries})
    for state in {one.code for one in facts.fees}:
        found[f"fee_{state}"] = FigureRows(
            CountedList.FEES, _ones(one.row_id for one in facts.fees if one.code == state)
        )
    paid = {one.row_id: one.minor for one in facts.fees if one.code == "paid"}
    return found | {"fee_paid_sum": FigureRows(CountedList.FEES, paid)}


def _hours_rows(facts: ReportFacts) -> dict[str, FigureRows]:
    rows = [one for one in facts.hours if one.month <= facts.period.last_day]
    groups: dict[str, dict[Any, int]] = {}
    places = places_by_municipality(facts)
    for one in rows:
        codes = [f"hours_{one.activity}", "hours_total", *(["hours_approved"] if one.is_approved else [])]
        codes += [f"hours_at_{number}" for number, place_ids in places if one.place_id in place_ids]
        for code in codes:
            groups.setdefault(code, {})[one.row_id] = one.minutes
    return {code: FigureRows(CountedList.HOURS, amounts) for code, amounts in groups.items()}


def _aid_rows(facts: ReportFacts) -> dict[str, FigureRows]:
    grants = grants_by_end(facts)
    sums = aid_by_company(state_aid(grants))
    largest = max(sums.values(), default=0)
    found: dict[str, Amounts] = {
        "state_aid_companies": dict.fromkeys(sums, 1),
        "state_aid_sum": sums,
        "state_aid_largest": dict(
            [next(((key, ore) for key, ore in sums.items() if ore == largest), ("", 0))]
        ),
    }
    for basis in {one.basis for one in grants}:
        found[f"aid_{basis}"] = aid_by_company([one for one in grants if one.basis == basis])
    return {code: FigureRows(CountedList.AID, amounts) for code, amounts in found.items() if grants}
