"""Report parts about ordering and about the supplier network."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from marketplace.briefs.lifecycle import BriefState
from marketplace.core.dates import add_months
from marketplace.reporting.counting import (
    by_category,
    count_dated,
    counted,
    mean_figure,
    median_figure,
    not_measured,
    sample_figure,
)
from marketplace.reporting.facts import ReportFacts, Row
from marketplace.reporting.figures import Evidence, Figure, ReportPart
from marketplace.vetting import rules

COUNTED_CONSENTS = frozenset({"individual", "totals"})
"""Answers to the question about consent in a brief with which the brief may be counted."""
_ENDED = {"briefs_withdrawn": BriefState.WITHDRAWN, "briefs_not_awarded": BriefState.NO_AWARD}
"""States of briefs that ended without a job, by the codes of their figures."""
MIN_COMPETITION = 2
"""Number of offers from which a company has something to compare."""


def ordering_part(facts: ReportFacts) -> ReportPart:
    """Count briefs, offers and awards of the companies that let their briefs be counted."""
    period = facts.period
    published = [
        row for row in facts.of("brief") if (row.day("published_at") or dt.date.max) <= period.last_day
    ]
    briefs = [row for row in published if row["consent"] in COUNTED_CONSENTS]
    n, of = len(briefs), len(published)
    ids = {row.row_id for row in briefs}
    offers = _offers(facts, ids)
    closed = [row for row in briefs if _is_closed(row, period.last_moment)]
    counts = [offers.get(row.row_id, 0) for row in closed]
    awards = [row for row in facts.of("award") if row.owner_id in ids]
    invitations = [row for row in facts.of("invitation") if row.owner_id in ids]
    declines = [row for row in invitations if (row.day("declined_at") or dt.date.max) <= period.last_day]
    figures: list[Figure] = [
        count_dated("briefs", [row.day("published_at") for row in briefs], period, n=n, of=of),
        counted("briefs_closed", len(closed), n, of),
        count_dated("invitations", [row.day("invited_at") for row in invitations], period, n=n, of=of),
        count_dated("declines", [row.day("declined_at") for row in declines], period, n=n, of=of),
        counted("offers", sum(counts), n, of),
        mean_figure("offers_per_brief", counts, n=len(closed), of=n).based_on(
            (row.row_id,) for row in closed
        ),
        counted("briefs_compared", sum(count >= MIN_COMPETITION for count in counts), n, of),
        _share("share_compared", counts).based_on((row.row_id,) for row in closed),
        count_dated("awards", [row.day("awarded_at") for row in awards], period, n=n, of=of),
        count_dated("delivered", [row.day("delivered_at") for row in awards], period, n=n, of=of),
        *(
            count_dated(
                code, [row.day("closed_at") for row in briefs if row["state"] == state], period, n=n, of=of
            )
            for code, state in _ENDED.items()
        ),
        *_quality(facts, briefs),
        *_outcomes(facts, ids, len(awards)),
    ]
    reasons = by_category(
        "decline_reason", "declines", ((row.row_id, row["decline_reason"]) for row in declines)
    )
    return ReportPart("ordering", figures, [reasons] if declines else [])


def _offers(facts: ReportFacts, ids: set[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for row in facts.of("offer"):
        if (
            row.owner_id in ids
            and (row.moment("opened_at") or facts.period.as_of) <= facts.period.last_moment
        ):
            found[row.owner_id] = found.get(row.owner_id, 0) + 1
    return found


def _is_closed(row: Row, moment: dt.datetime) -> bool:
    """Return True if a brief no longer takes offers: its deadline has passed, or it was opened before."""
    ends = [at for at in (row.moment("deadline"), row.moment("opened_early_at")) if at is not None]
    return bool(ends) and min(ends) <= moment


def _share(code: str, counts: Sequence[int]) -> Figure:
    compared = sum(count >= MIN_COMPETITION for count in counts)
    share = Fraction(100 * compared, len(counts)) if counts else None
    return sample_figure(code, share, unit="percent", n=len(counts), of=len(counts))


def _quality(facts: ReportFacts, briefs: Sequence[Row]) -> list[Figure]:
    """Compare the quality of each company's first brief with that of its newest, for companies with two or more."""
    first_version: dict[int, Row] = {}
    for row in facts.of("brief_version"):
        old = first_version.get(row.owner_id)
        if old is None or row["number"] < old["number"]:
            first_version[row.owner_id] = row
    by_company: dict[int, list[tuple[str, int]]] = {}
    for brief in briefs:
        version = first_version.get(brief.row_id)
        if version is not None and version["quality"] is not None:
            scored = (brief["published_at"], int(version["quality"]))
            by_company.setdefault(brief.owner_id, []).append(scored)
    pairs = {company: sorted(scores) for company, scores in by_company.items() if len(scores) > 1}
    of = len({brief.owner_id for brief in briefs})
    figures = {
        "quality_first": [scores[0][1] for scores in pairs.values()],
        "quality_newest": [scores[-1][1] for scores in pairs.values()],
    }
    return [
        median_figure(code, values, "points", of, Evidence.OBSERVED).based_on(zip(pairs))
        for code, values in figures.items()
    ]


def _outcomes(facts: ReportFacts, ids: set[int], awards: int) -> list[Figure]:
    """Count the good answers about delivered jobs that the gardens may read, from the latest answers about each brief."""
    latest: dict[int, Row] = {}
    for row in facts.of("outcome"):
        day = row.day("answered_at")
        if row.owner_id in ids and day is not None and day <= facts.period.last_day:
            old = latest.get(row.owner_id)
            if old is None or (row["outcome_id"], row.row_id) > (old["outcome_id"], old.row_id):
                latest[row.owner_id] = row
    allowed = [row for row in latest.values() if row["for_garden"]]
    n = len(allowed)
    names = ("on_time", "within_price", "goal_met", "order_again")
    if not n:
        return [not_measured(f"outcome_{name}", n=0, of=awards, evidence=Evidence.REPORTED) for name in names]
    return [
        Figure(
            f"outcome_{name}",
            sum(row[name] == "yes" for row in allowed),
            evidence=Evidence.REPORTED,
            n=n,
            of=awards,
        ).based_on((row.owner_id,) for row in allowed)
        for name in names
    ]


def network_part(facts: ReportFacts) -> ReportPart:
    """Count the approved suppliers of the gardens, those that joined and left, and the services without a supplier."""
    now = _approved(facts, facts.period.last_moment)
    own_now, own_before = _own(facts, now), approved_before(facts)
    offered = {code for supplier in now.values() for code in supplier}
    approvals = [(supplier_id, group) for supplier_id, groups in own_now.items() for group in groups]
    return ReportPart(
        "network",
        [
            counted("suppliers", len(own_now), of=len(now)),
            counted("suppliers_new", len(own_now.keys() - own_before.keys())),
            counted("suppliers_left", len(own_before.keys() - own_now.keys())),
            counted("approvals", len(approvals)),
            counted(
                "services_offered", sum(code in offered for code in facts.services), of=len(facts.services)
            ),
            counted(
                "services_missing",
                sum(code not in offered for code in facts.services),
                of=len(facts.services),
            ),
        ],
        [by_category("service_group", "approvals", approvals)] if approvals else [],
    )


def approved_at_end(facts: ReportFacts) -> dict[int, list[str]]:
    """Return the gardens' suppliers that are approved at the end of the period, each with its groups of services."""
    return _own(facts, _approved(facts, facts.period.last_moment))


def approved_before(facts: ReportFacts) -> dict[int, list[str]]:
    """Return the gardens' suppliers that were approved at the beginning of the period, each with its groups of services."""
    return _own(facts, _approved(facts, facts.period.first_moment))


def _approved(facts: ReportFacts, moment: dt.datetime) -> dict[int, list[str]]:
    """Return the active, unpaused suppliers that are approved at a moment: by id, their services in approved groups."""
    first = {row.row_id: row for row in reversed(facts.history.get("supplier", ()))}
    suppliers = first | {row.row_id: row for row in facts.as_of("supplier", moment)}
    codes: dict[int, set[str]] = {}
    for supplier_id, categories in _categories(facts, moment).items():
        supplier = suppliers.get(supplier_id)
        if supplier is not None and supplier["is_active"] and not supplier["paused_at"]:
            codes[supplier_id] = {
                code
                for code in supplier["services"]
                if code in facts.services and _group_of(code) in categories
            }
    return {supplier_id: sorted(found) for supplier_id, found in codes.items()}


def _own(facts: ReportFacts, approved: dict[int, list[str]]) -> dict[int, list[str]]:
    """Return the approved suppliers that belong to the gardens of the report, each with its groups of services."""
    gardens = {row.row_id: row["garden_id"] for row in facts.of("supplier")}
    for row in facts.history.get("supplier", ()):
        gardens.setdefault(row.row_id, row["garden_id"])
    return {
        supplier_id: sorted({_group_of(code) for code in codes})
        for supplier_id, codes in approved.items()
        if gardens.get(supplier_id) in facts.garden_ids
    }


def _categories(facts: ReportFacts, moment: dt.datetime) -> dict[int, set[str]]:
    """Return the groups for which each supplier is approved at a moment; an approval lapses some months after its date.

    An approval counts from its own date, which may be before it was recorded here.
    """
    latest: dict[int, Row] = {}
    for row in facts.history.get("vetting", ()):
        begins = row.recorded_at
        if row["state"] == rules.APPROVED:
            begins = min(row.moment("approved_at") or begins, begins)
        if begins <= moment:
            latest[row.row_id] = row
    found: dict[int, set[str]] = {}
    for row in latest.values():
        approved_at = row.moment("approved_at")
        if row.removed or row["state"] != rules.APPROVED or approved_at is None:
            continue
        if _lapses_on(approved_at.date()) > moment.date():
            found.setdefault(row.owner_id, set()).add(row["category"])
    return found


@lru_cache(maxsize=1000)
def _lapses_on(approved_on: dt.date) -> dt.date:
    """Return the day on which an approval lapses. Cached because `add_months` takes a tenth of a report."""
    return add_months(approved_on, rules.DORMANT_MONTHS)


def _group_of(service_code: str) -> str:
    """Return the group of a service, with which its code begins. The service may have been retired since."""
    return service_code.partition(".")[0]
