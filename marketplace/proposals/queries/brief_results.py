"""Number of offers, choice and outcome of several briefs at once, as far as a company's business garden may see them."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, func, select

from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.models import Brief, BriefVersion
from marketplace.briefs.queries import current_answers, is_opened
from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.organisations.models import Organisation
from marketplace.proposals.models.offers import Award, Proposal
from marketplace.proposals.models.outcomes import Outcome, OutcomeAnswer
from marketplace.proposals.queries.offers import HIDDEN_STATES
from marketplace.proposals.queries.outcomes import is_latest_answer

INDIVIDUAL_CONSENT = "individual"


@dataclass(frozen=True, slots=True)
class BriefResult:
    """The result of a brief.

    `offers` is None while they are sealed. `goal_met` is the company's latest answer, and `is_result_due` is True if a
    questionnaire waits for it; both are empty unless the company shares individual results.
    """

    offers: int | None
    supplier: str = ""
    chosen_at: dt.datetime | None = None
    goal_met: str = ""
    is_result_due: bool = False


@dataclass(frozen=True, slots=True)
class LatestAnswers:
    """A company's latest answers about the outcome of a brief: its goal, and its advice to the next company.

    `is_shared` is True if its garden may see them.
    """

    goal_met: str
    next_company: str
    is_shared: bool


def brief_results(briefs: Sequence[Brief]) -> dict[int, BriefResult]:
    """Return the result of each brief by id, for the gardens that follow its company."""
    opened = {brief.id for brief in briefs if is_opened(brief)}
    delivered = {brief.id for brief in briefs if brief.state == BriefState.DELIVERED}
    offers, (goals, due) = _offers_and_choices(opened), _goals_and_due_results(delivered)
    results = {}
    for brief in briefs:
        count, supplier, chosen_at = offers.get(brief.id, (None, None, None))
        results[brief.id] = BriefResult(
            offers=count,
            supplier=supplier or "",
            chosen_at=chosen_at,
            goal_met=goals.get(brief.id, ""),
            is_result_due=brief.id in due,
        )
    return results


def shares_individual_results(brief: Brief) -> bool:
    """Return True if a company shares individual results with its garden."""
    return bool(current_answers(brief).get("report_consent") == INDIVIDUAL_CONSENT)


def _shares_individual_results() -> ColumnElement[bool]:
    """Build the SQL condition of `shares_individual_results` for the published brief of an outcome."""
    consent = (
        select(BriefVersion.answers["report_consent"].as_string())
        .where(BriefVersion.brief_id == Outcome.brief_id)
        .order_by(BriefVersion.number.desc())
        .limit(1)
        .correlate(Outcome)
        .scalar_subquery()
    )
    return consent == INDIVIDUAL_CONSENT


_GOALS = prepared(
    select(Outcome.brief_id, Outcome.answered_at, Outcome.due_on, OutcomeAnswer.goal_met)
    .outerjoin(Outcome.answers)
    .where(Outcome.brief_id.in_(bindparam("brief_ids", expanding=True)), _shares_individual_results())
    .order_by(Outcome.due_on, OutcomeAnswer.id)
)
_LATEST_ANSWERS = prepared(
    select(Outcome.brief_id, _shares_individual_results(), OutcomeAnswer.goal_met, OutcomeAnswer.next_company)
    .join(OutcomeAnswer.outcome)
    .where(Outcome.brief_id.in_(bindparam("brief_ids", expanding=True)), is_latest_answer())
    .order_by(Outcome.due_on, OutcomeAnswer.id)
)
_OFFER_COUNTS = prepared(
    select(Proposal.brief_id, func.count())
    .where(Proposal.brief_id.in_(bindparam("brief_ids", expanding=True)))
    .where(Proposal.state.not_in(HIDDEN_STATES))
    .group_by(Proposal.brief_id)
)
_OFFERS = prepared(
    select(Proposal.brief_id, func.count(), func.max(Organisation.name), func.max(Award.awarded_at))
    .outerjoin(Award, (Award.brief_id == Proposal.brief_id) & (Award.proposal_id == Proposal.id))
    .outerjoin(Organisation, (Organisation.id == Proposal.supplier_id) & Award.proposal_id.is_not(None))
    .where(Proposal.brief_id.in_(bindparam("brief_ids", expanding=True)))
    .where(Proposal.state.not_in(HIDDEN_STATES))
    .group_by(Proposal.brief_id)
)
"""The number of offers for each brief, and the name and time of the one that was chosen."""


def count_offers_by_brief(brief_ids: Collection[int]) -> dict[int, int]:
    """Count the offers of opened briefs."""
    return dict(session.execute(_OFFER_COUNTS, {"brief_ids": brief_ids}).all()) if brief_ids else {}


def latest_answers(brief_ids: Collection[int]) -> dict[int, LatestAnswers]:
    """Return the latest answers about the outcome of briefs; those without any are left out."""
    found: dict[int, LatestAnswers] = {}
    rows = session.execute(_LATEST_ANSWERS, {"brief_ids": brief_ids}) if brief_ids else ()
    for brief_id, is_shared, goal_met, next_company in rows:
        earlier = found.get(brief_id)
        advice = next_company or (earlier.next_company if earlier else "")
        found[brief_id] = LatestAnswers(goal_met, advice, is_shared)
    return found


def _goals_and_due_results(brief_ids: Collection[int]) -> tuple[dict[int, str], set[int]]:
    """Return the latest answer to whether the goal was met, and the delivered briefs with a questionnaire that is due.

    Briefs whose companies do not share individual results are left out.
    """
    if not brief_ids:
        return {}, set()
    rows = session.execute(_GOALS, {"brief_ids": brief_ids}).all()
    goals = {row.brief_id: row.goal_met for row in rows if row.goal_met is not None}
    return goals, {row.brief_id for row in rows if row.answered_at is None and row.due_on <= clock.today()}


def _offers_and_choices(
    brief_ids: Collection[int],
) -> dict[int, tuple[int, str | None, dt.datetime | None]]:
    """Return the number of offers of opened briefs, and the supplier that was chosen and when, if any."""
    offers: dict[int, tuple[int, str | None, dt.datetime | None]] = dict.fromkeys(brief_ids, (0, None, None))
    rows = session.execute(_OFFERS, {"brief_ids": brief_ids}) if brief_ids else ()
    return offers | {brief_id: (count, supplier, chosen_at) for brief_id, count, supplier, chosen_at in rows}
