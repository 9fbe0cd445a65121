"""Outcomes of jobs: the company's questionnaires and answers, and those that its gardens and the supplier may read."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from marketplace.accounts import queries as accounts
from marketplace.briefs.models import Brief, BriefService
from marketplace.briefs.queries import display_title, own_brief, viewer_kind, visible_to, visible_to_parameter
from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound, or_404
from marketplace.core.pagination import Page, clamp_page
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.organisations.models import Company, Organisation
from marketplace.proposals.job_facts import JobAnswers
from marketplace.proposals.models.offers import Award, Proposal
from marketplace.proposals.models.outcomes import Outcome, OutcomeAnswer

PAGE_SIZE = 5
MAX_ADVICE = 3
_DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class JobOutcomes:
    """A delivered job with its outcome questionnaires in order."""

    brief: Brief
    title: str
    supplier: str
    delivered_at: dt.datetime | None
    rounds: Sequence[Outcome]


@dataclass(frozen=True, slots=True)
class Advice:
    """A company's advice to the next one, with the services that both briefs request. It names nobody."""

    text: str
    services: Sequence[str]
    answered_at: dt.datetime


@cache
def is_latest_answer() -> ColumnElement[bool]:
    """Return the SQL condition that an answer is the one that counts in its round.

    Built once: an alias of a table with many columns takes 0.3 ms. Not a comparison with max(id): PostgreSQL expects one
    row of it, and joins whole tables in nested loops.
    """
    other = aliased(OutcomeAnswer)
    newer = select(other.id).where(other.outcome_id == OutcomeAnswer.outcome_id, other.id > OutcomeAnswer.id)
    return ~newer.correlate(OutcomeAnswer).exists()


def outcomes_of(viewer: Viewer, reference: str) -> tuple[Brief, Sequence[Outcome]]:
    """List the outcome questionnaires of a brief, in order. Raises NotFound."""
    brief = own_brief(viewer, reference)
    found = session.scalars(
        select(Outcome).where(Outcome.brief_id == brief.id).order_by(Outcome.due_on)
    ).all()
    if not found:
        raise NotFound
    return brief, found


def answers_to(outcome: Outcome) -> list[tuple[OutcomeAnswer, str]]:
    """Return the answers to a questionnaire with the names of the users who gave them, newest first."""
    names = names_of_answerers([outcome])
    return [(answer, names.get(answer.answered_by_id, "")) for answer in reversed(outcome.answers)]


def names_of_answerers(outcomes: Collection[Outcome]) -> Mapping[int | None, str]:
    """Return the names of the users who answered, by id."""
    return accounts.names_of({answer.answered_by_id for outcome in outcomes for answer in outcome.answers})


def company_outcomes(viewer: Viewer, page: int) -> Page[JobOutcomes]:
    """List the delivered jobs of the viewer's company, newest first."""
    if not viewer.is_company:
        raise NotFound
    return _load_page(_delivered(Brief.company_id == viewer.organisation_id), page)


def newest_company_outcomes(viewer: Viewer, limit: int) -> list[JobOutcomes]:
    """List the newest delivered jobs of the viewer's company."""
    return _read_jobs(_newest_of_company(limit), {"company_id": viewer.organisation_id})


@cache
def _newest_of_company(limit: int) -> Any:
    return _jobs_query(_delivered(Brief.company_id == bindparam("company_id")).limit(limit))


def supplier_outcomes(viewer: Viewer, page: int) -> Page[JobOutcomes]:
    """List the delivered jobs of the viewer's supplier, newest first."""
    if not viewer.is_supplier:
        raise NotFound
    return _load_page(_delivered(Proposal.supplier_id == viewer.organisation_id), page)


def company_outcomes_for_garden(
    viewer: Viewer, company_id: int, page: int
) -> tuple[Company, Page[JobOutcomes]]:
    """Return a company and its jobs with something that its gardens may read, newest first. Raises NotFound."""
    company = organisations.company_for(viewer, company_id)
    return company, _load_page(_readable_by_gardens(viewer, company.id), page)


def newest_outcomes_for_garden(viewer: Viewer, company_id: int, limit: int) -> list[JobOutcomes]:
    """List a company's newest jobs with something that the viewer's garden may read, newest first."""
    params = {"organisation_id": viewer.organisation_id, "company_id": company_id}
    return _read_jobs(_newest_for_garden(viewer_kind(viewer), limit), params)


@cache
def _newest_for_garden(kind: Viewer, limit: int) -> Any:
    return _jobs_query(
        _delivered(
            Brief.company_id == bindparam("company_id"), visible_to_parameter(kind), _has_shared_answer()
        ).limit(limit)
    )


def _readable_by_gardens(viewer: Viewer, company_id: int) -> Select[Award]:
    return _delivered(Brief.company_id == company_id, visible_to(viewer), _has_shared_answer())


def _has_shared_answer() -> ColumnElement[bool]:
    """Build the condition that the company lets gardens read an answer about the job."""
    return (
        select(OutcomeAnswer.id)
        .join(OutcomeAnswer.outcome)
        .where(Outcome.brief_id == Brief.id, is_latest_answer())
        .where(
            or_(OutcomeAnswer.for_garden, OutcomeAnswer.next_company != "", OutcomeAnswer.story_shown != "")
        )
        .correlate(Brief)
        .exists()
    )


def outcome_for_supplier(viewer: Viewer, outcome_id: int) -> tuple[Outcome, JobOutcomes]:
    """Load a round that its company lets the viewer's supplier read, and the job. Raises NotFound."""
    job_of = select(Outcome.brief_id).where(Outcome.id == outcome_id).scalar_subquery()
    own = Proposal.supplier_id == viewer.organisation_id
    jobs = _load_jobs(_delivered(own, Brief.id == job_of)) if viewer.is_supplier else []
    outcome = next((one for job in jobs for one in job.rounds if one.id == outcome_id), None)
    if outcome is None or not is_for_supplier(outcome.latest):
        raise NotFound
    return outcome, jobs[0]


def outcome_for_garden(viewer: Viewer, outcome_id: int) -> tuple[Outcome, JobOutcomes]:
    """Load a round of a job of a company that the viewer's garden follows, and the job. Raises NotFound."""
    job_of = select(Outcome.brief_id).where(Outcome.id == outcome_id).scalar_subquery()
    jobs = _load_jobs(_delivered(Brief.id == job_of)) if viewer.is_garden else []
    outcome = or_404(next((one for job in jobs for one in job.rounds if one.id == outcome_id), None))
    organisations.company_for(viewer, jobs[0].brief.company_id)
    return outcome, jobs[0]


def removed_stories(brief_id: int) -> Sequence[str]:
    """Return the texts of the stories about a job that a garden has removed, in any round."""
    query = select(OutcomeAnswer.story).join(OutcomeAnswer.outcome)
    return session.scalars(
        query.where(Outcome.brief_id == brief_id, OutcomeAnswer.story_removed_at.is_not(None))
    ).all()


def is_for_supplier(answer: OutcomeAnswer | None) -> bool:
    """Return True if the supplier may read a part of an answer."""
    return answer is not None and (
        answer.for_supplier or answer.story_shown != "" or (answer.for_similar and answer.next_company != "")
    )


_SHARED_ANSWERS = prepared(
    select(
        Outcome.brief_id,
        Brief.company_id,
        OutcomeAnswer.on_time,
        OutcomeAnswer.within_price,
        OutcomeAnswer.goal_met,
    )
    .join(OutcomeAnswer.outcome)
    .join(Brief, Brief.id == Outcome.brief_id)
    .join(Award, Award.brief_id == Brief.id)
    .join(Proposal, Proposal.id == Award.proposal_id)
    .where(Proposal.supplier_id == bindparam("supplier_id"), Brief.state == _DELIVERED)
    .where(is_latest_answer(), OutcomeAnswer.for_supplier)
    .order_by(Outcome.due_on, Outcome.id)
)


def shared_job_answers(supplier_id: int) -> list[JobAnswers]:
    """Return the answers about a supplier's jobs that may be counted in public: one for each job, the latest round."""
    latest = {
        row.brief_id: JobAnswers(row.company_id, row.on_time, row.within_price, row.goal_met)
        for row in session.execute(_SHARED_ANSWERS, {"supplier_id": supplier_id})
    }
    return list(latest.values())


_ADVICE = prepared(
    select(Brief.id, Brief.company_id, BriefService.code, OutcomeAnswer.next_company, OutcomeAnswer.answered_at)
    .join(OutcomeAnswer.outcome)
    .join(Brief, Brief.id == Outcome.brief_id)
    .join(BriefService, BriefService.brief_id == Brief.id)
    .where(BriefService.code.in_(bindparam("services", expanding=True)), Brief.state == _DELIVERED)
    .where(Brief.company_id.not_in(bindparam("own_companies", expanding=True)))
    .where(is_latest_answer(), OutcomeAnswer.for_similar, OutcomeAnswer.next_company != "")
    .order_by(OutcomeAnswer.answered_at.desc(), OutcomeAnswer.id.desc(), BriefService.code)
    .limit(MAX_ADVICE * 50)
)  # fmt: skip


def advice_of_other_companies(viewer: Viewer, brief: Brief, services: Collection[str]) -> list[Advice]:
    """Return advice that other companies let those with a similar brief read: at most one from each company.

    Briefs are similar if they request the same services; those that share the most come first, then the newest.
    """
    if not services:
        return []
    advice: dict[tuple[int, str], Advice] = {}
    shared: dict[tuple[int, str], list[str]] = defaultdict(list)
    companies: dict[tuple[int, str], int] = {}
    for brief_id, company_id, code, text, at in session.execute(
        _ADVICE, {"services": list(services), "own_companies": [brief.company_id, viewer.organisation_id]}
    ):
        key = (brief_id, text)
        shared[key].append(code)
        advice[key], companies[key] = Advice(text, shared[key], at), company_id
    ordered = sorted(advice, key=lambda key: -len(shared[key]))
    first_of_company: dict[int, Advice] = {}
    for key in ordered:
        first_of_company.setdefault(companies[key], advice[key])
    return list(first_of_company.values())[:MAX_ADVICE]


def _delivered(*conditions: ColumnElement[bool]) -> Select[Award]:
    return (
        select(Award)
        .join(Brief, Brief.id == Award.brief_id)
        .join(Proposal, Proposal.id == Award.proposal_id)
        .where(Brief.state == _DELIVERED, *conditions)
        .order_by(Award.delivered_at.desc(), Award.id.desc())
    )


def _load_page(query: Select[Award], page: int) -> Page[JobOutcomes]:
    counted = query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    total = session.scalar(counted) or 0
    number = clamp_page(page, total, PAGE_SIZE)
    jobs = _load_jobs(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)) if total else []
    return Page(jobs, number, PAGE_SIZE, total)


def _load_jobs(query: Select[Award]) -> list[JobOutcomes]:
    """Load the jobs of a query in its order, with all that the pages show, in one statement."""
    return _read_jobs(_jobs_query(query), {})


def _jobs_query(query: Select[Award]) -> Any:
    chosen = query.with_only_columns(Award.id).subquery()
    return (
        select(Award, Outcome, Organisation.name)
        .join(Outcome, Outcome.brief_id == Award.brief_id)
        .join(Award.proposal)
        .join(Organisation, Organisation.id == Proposal.supplier_id)
        .where(Award.id.in_(select(chosen.c.id)))
        .options(
            joinedload(Award.brief).joinedload(Brief.company),
            joinedload(Outcome.answers),
            joinedload(Outcome.reply),
        )
        .order_by(Award.delivered_at.desc(), Award.id.desc(), Outcome.due_on)
    )


def _read_jobs(query: Any, params: Mapping[str, Any]) -> list[JobOutcomes]:
    rounds: dict[tuple[Award, str], list[Outcome]] = defaultdict(list)
    for award, outcome, supplier in session.execute(query, params).unique():
        rounds[award, supplier].append(outcome)
    return [
        JobOutcomes(
            award.brief,
            display_title(award.brief),
            supplier,
            award.delivered_at,
            outcomes,
        )
        for (award, supplier), outcomes in rounds.items()
    ]
