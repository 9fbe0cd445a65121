"""Delivered jobs with outcome questionnaires."""

import datetime as dt
from itertools import count

from marketplace.briefs.models import Brief, BriefService, BriefVersion
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.proposals import use_cases
from marketplace.proposals.lifecycle import OUTCOME_ROUNDS, ProposalState
from marketplace.proposals.models.offers import Award, Proposal
from marketplace.proposals.models.outcomes import Outcome
from tests.factories.briefs import full_answers

_numbers = count(8500)


def delivered_job(
    company: Viewer, supplier_id: int, *, title: str = "Nettbutikk", services: tuple[str, ...] = ("ecm.shop",)
) -> Brief:
    """Add a job that a supplier has delivered now, with all rounds of the questionnaire."""
    now, answers = clock.now(), full_answers() | {"services": list(services)}
    brief = Brief(
        reference=f"2026-{next(_numbers)}", company_id=company.organisation_id, created_by_id=company.user_id,
        state="delivered", title=title, answers=answers, published_at=now, deadline=now, closed_at=now,
        services=[BriefService(code=code, category=code.split(".")[0]) for code in services],
    )  # fmt: skip
    brief.versions = [
        BriefVersion(
            number=1,
            guide_version=1,
            title=title,
            answers=answers,
            published_at=now,
            published_by_id=company.user_id,
        )  # fmt: skip
    ]
    session.add(brief)
    session.flush()
    proposal = Proposal(
        brief_id=brief.id, supplier_id=supplier_id, brief_version_id=brief.versions[0].id,
        created_by_id=company.user_id, state=ProposalState.AWARDED, decided_at=now,
    )  # fmt: skip
    session.add(proposal)
    session.flush()
    session.add(
        Award(
            brief_id=brief.id,
            proposal_id=proposal.id,
            reason="Best.",
            agreed_price_nok=90_000,
            start_on=now.date(),
            awarded_by_id=company.user_id,
            delivered_at=now,
        )  # fmt: skip
    )
    for name, days in OUTCOME_ROUNDS.items():
        session.add(Outcome(brief_id=brief.id, round=name, due_on=clock.today() + dt.timedelta(days=days)))
    session.commit()
    return brief


def answers(**changes: object) -> use_cases.OutcomeAnswers:
    """Answers of a satisfied company that lets nobody else read them."""
    values: dict[str, object] = {
        "on_time": "yes", "within_price": "yes", "goal_met": "yes", "order_again": "yes",
        "measured": "61 bestillinger", "text": "Vi burde spurt om opplæring.",
    }  # fmt: skip
    return use_cases.OutcomeAnswers(**(values | changes))  # type: ignore[arg-type]  # because the values differ in type


def answer(company: Viewer, brief: Brief, **changes: object) -> Outcome:
    """Answer the first round of a job and return it."""
    use_cases.answer_outcome(company, brief.reference, "handover", answers(**changes))
    return session.query(Outcome).filter_by(brief_id=brief.id, round="handover").one()
