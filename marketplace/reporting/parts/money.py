"""Report parts about money, hours, state aid and satisfaction."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from marketplace.finance.de_minimis import NOT_AID
from marketplace.reporting.counting import (
    count_dated,
    counted,
    mean_figure,
    not_measured,
    sample_figure,
    sum_dated,
)
from marketplace.reporting.facts import Aid, Money, ReportFacts, Row
from marketplace.reporting.figures import Figure, ReportPart

NOK = "NOK"
PLAN, RECEIVED, COST = "plan", "received", "cost"
GOOD = 4
"""Lowest of the answers 1 to 5 with which a company says that a session was useful."""


def finance_part(facts: ReportFacts) -> ReportPart:
    """Report plan and accounts by source and category, separately for each currency, and count positions and hours.

    For some places of a project only costs are counted, because funding is given to the whole project.
    """
    figures: list[Figure] = []
    for kind in (COST,) if facts.is_restricted else (PLAN, RECEIVED, COST):
        entries = [one for one in facts.money if one.kind == kind]
        for code, currency in sorted({(one.code, one.currency) for one in entries}):
            chosen = [one for one in entries if (one.code, one.currency) == (code, currency)]
            figures.append(_amount(f"{kind}_{code}_{currency}", chosen, facts, currency))
        currencies = sorted({one.currency for one in entries})
        for currency in currencies:
            chosen = [one for one in entries if one.currency == currency]
            figures.append(_amount(f"{kind}_total_{currency}", chosen, facts, currency))
        if not entries:
            figures.append(not_measured(f"{kind}_total_{NOK}", f"minor:{NOK}"))
        elif currencies != [NOK]:
            figures.append(_in_nok(f"{kind}_in_nok", entries, facts))
    figures += _costs_by_place(facts)
    return ReportPart("finance", [*figures, *_fees(facts), *_work(facts)])


def _amount(code: str, entries: Sequence[Money], facts: ReportFacts, currency: str) -> Figure:
    unit = f"minor:{currency}"
    if all(one.on is None for one in entries):
        return Figure(code, sum(one.minor for one in entries), unit)
    return sum_dated(code, [(one.on, one.minor) for one in entries], facts.period, unit=unit)


def _costs_by_place(facts: ReportFacts) -> list[Figure]:
    """Add up the costs by municipality and currency, for a project with places in several municipalities."""
    figures: list[Figure] = []
    for municipality, place_ids in places_by_municipality(facts):
        costs = [one for one in facts.money if one.kind == COST and one.place_id in place_ids]
        for currency in sorted({one.currency for one in costs}):
            chosen = [one for one in costs if one.currency == currency]
            figures.append(_amount(f"cost_at_{municipality}_{currency}", chosen, facts, currency))
    return figures


def places_by_municipality(facts: ReportFacts) -> list[tuple[str, set[int]]]:
    """Return the ids of the places by municipality; nothing for one municipality, whose sums would equal the totals."""
    found: dict[str, set[int]] = {}
    for row in facts.of("place"):
        found.setdefault(str(row["municipality_number"]), set()).add(row.row_id)
    return sorted(found.items()) if len(found) > 1 else []


def _in_nok(code: str, entries: Sequence[Money], facts: ReportFacts) -> Figure:
    """Add up amounts in NOK by their dated exchange rates. The sum is not measured if a rate is missing."""
    counted_entries = [one for one in entries if one.on is None or one.on <= facts.period.last_day]
    known = [one.nok_ore for one in counted_entries if one.nok_ore is not None]
    if len(known) < len(counted_entries):
        return not_measured(code, f"minor:{NOK}", len(known), len(counted_entries))
    return Figure(code, sum(known), f"minor:{NOK}")


def _fees(facts: ReportFacts) -> list[Figure]:
    """Count the companies whose fee was invoiced, paid or waived, and the sums."""
    figures: list[Figure] = []
    if not facts.fees:
        return [not_measured(f"fee_{state}") for state in ("invoiced", "paid", "waived")]
    for state in ("invoiced", "paid", "waived"):
        rows = [one for one in facts.fees if one.code == state]
        figures.append(counted(f"fee_{state}", len(rows), of=len(facts.fees)))
        if state == "paid" and rows:
            figures.append(Figure("fee_paid_sum", sum(one.minor for one in rows), f"minor:{NOK}"))
    return figures


def _work(facts: ReportFacts) -> list[Figure]:
    period = facts.period
    people = [
        row
        for row in facts.of("person")
        if (row.day("since") or period.last_day) <= period.last_day
        and (row.day("until") is None or (row.day("until") or period.last_day) >= period.last_day)
    ]
    figures: list[Figure] = [Figure("positions", sum(int(row["percent"]) for row in people), "whole_percent")]
    for activity in sorted({one.activity for one in facts.hours}):
        amounts = [(one.month, one.minutes) for one in facts.hours if one.activity == activity]
        figures.append(sum_dated(f"hours_{activity}", amounts, period, unit="minutes"))
    for municipality, place_ids in places_by_municipality(facts):
        amounts = [(one.month, one.minutes) for one in facts.hours if one.place_id in place_ids]
        if amounts:
            figures.append(sum_dated(f"hours_at_{municipality}", amounts, period, unit="minutes"))
    if not facts.hours:
        return [*figures, not_measured("hours_total", "minutes"), not_measured("hours_approved", "minutes")]
    return [
        *figures,
        sum_dated("hours_total", [(one.month, one.minutes) for one in facts.hours], period, unit="minutes"),
        sum_dated(
            "hours_approved",
            [(one.month, one.minutes) for one in facts.hours if one.is_approved],
            period,
            unit="minutes",
        ),
    ]


def aid_part(facts: ReportFacts, *, with_retired: bool = False) -> ReportPart:
    """Count the companies with state aid, the sum, the largest sum of one company, and the sums by legal basis.

    The retired figures also count benefits that are not state aid. They are only computed to verify issues that have them.
    """
    grants = grants_by_end(facts)
    figures = _aid_figures("state_aid", state_aid(grants), is_recorded=bool(grants), facts=facts)
    if with_retired:
        figures += _aid_figures("aid", grants, is_recorded=bool(grants), facts=facts)
    for basis in sorted({one.basis for one in grants}):
        amounts = [(one.on, one.ore) for one in grants if one.basis == basis]
        figures.append(sum_dated(f"aid_{basis}", amounts, facts.period, unit="minor:NOK"))
    return ReportPart("aid", figures)


def grants_by_end(facts: ReportFacts) -> list[Aid]:
    """Return the benefits granted to companies by the end of the period, including those that are not state aid."""
    return [one for one in facts.aid if one.ore and one.on <= facts.period.last_day]


def state_aid(grants: Iterable[Aid]) -> list[Aid]:
    """Return the benefits that are state aid."""
    return [one for one in grants if one.basis != NOT_AID]


def aid_by_company(grants: Iterable[Aid]) -> dict[str, int]:
    """Return the sum in øre of each company's benefits, by organisation number."""
    sums: dict[str, int] = {}
    for one in grants:
        sums[one.organisation_number] = sums.get(one.organisation_number, 0) + one.ore
    return sums


def _aid_figures(
    prefix: str, grants: Sequence[Aid], *, is_recorded: bool, facts: ReportFacts
) -> list[Figure]:
    if not is_recorded:
        return [
            not_measured(f"{prefix}_companies"),
            not_measured(f"{prefix}_sum", "minor:NOK"),
            not_measured(f"{prefix}_largest", "minor:NOK"),
        ]
    sums = aid_by_company(grants)
    return [
        counted(f"{prefix}_companies", len(sums)),
        sum_dated(f"{prefix}_sum", [(one.on, one.ore) for one in grants], facts.period, unit="minor:NOK"),
        Figure(f"{prefix}_largest", max(sums.values(), default=0), "minor:NOK"),
    ]


def satisfaction_part(facts: ReportFacts, *, with_retired: bool = False) -> ReportPart:
    """Report what companies answered after the sessions: how useful they were, and quotes that may be used.

    The retired figure of quotes relates companies to answers. It is only computed to verify issues that have it.
    """
    period, last_day = facts.period, facts.period.last_day
    asked = {
        row["participation_id"]
        for row in facts.of("feedback")
        if (row.day("asked_at") or last_day) <= last_day
    }
    answered = answered_feedback(facts)
    useful = [row for row in answered if row["useful"] is not None]
    companies = _count_companies(useful)
    quotes = quotable_feedback(facts)
    figures: list[Figure] = [
        count_dated(
            "feedback", [row.day("answered_at") for row in answered], period, n=companies, of=len(asked)
        ),
        mean_figure(
            "useful", [int(row["useful"]) for row in useful], unit="mean_of_5", n=companies, of=len(asked)
        ).based_on(answers_of(useful)),
        counted("quotable", len(quotes), _count_companies(quotes), _count_companies(answered)),
    ]
    if with_retired:
        figures.append(counted("quotes", len(quotes), _count_companies(quotes), len(answered)))
    if useful:
        share = Fraction(100 * sum(row["useful"] >= GOOD for row in useful), len(useful))
        figures.append(
            sample_figure("useful_share", share, unit="percent", n=companies, of=len(asked)).based_on(
                answers_of(useful)
            )
        )
    return ReportPart("satisfaction", figures)


def _count_companies(answers: Sequence[Row]) -> int:
    return len({row["participation_id"] for row in answers})


def answers_of(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Return the companies of answers with the answers."""
    return [(row["participation_id"], row.row_id) for row in rows]


def answered_feedback(facts: ReportFacts) -> list[Row]:
    """Return the answers that were given by the end of the period."""
    last_day = facts.period.last_day
    return [
        row
        for row in facts.of("feedback")
        if row["answered_at"] and (row.day("answered_at") or last_day) <= last_day
    ]


def quotable_feedback(facts: ReportFacts) -> list[Row]:
    """Return the answers with a comment that may be quoted, of companies that did not say no to quotes when they signed up."""
    allowed = {row.row_id for row in facts.of("participation") if row["allows_quotes"] is not False}
    return [
        row for row in answered_feedback(facts) if row["has_quote"] and row["participation_id"] in allowed
    ]
