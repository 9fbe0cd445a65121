"""Progress of the companies of a cohort: attendance, self-assessment, strategy and briefs, never their content."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from marketplace.casework.queries.tasks import open_tasks_of_garden
from marketplace.core.collation import norwegian_order
from marketplace.core.database import session
from marketplace.core.list_query import EVERYTHING
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company
from marketplace.organisations.queries import companies_query
from marketplace.pages.dashboard import Task
from marketplace.pages.queries.company_card import CardBrief
from marketplace.pages.queries.company_next_steps import briefs_by_company, next_steps
from marketplace.programme.lifecycle import ParticipationState
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort
from marketplace.programme.queries.attendance import attended_by
from marketplace.strategy.assessment_scores import Stage
from marketplace.strategy.models.assessment import Assessment
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.queries.sharing import is_review_pending


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """A company of a cohort. Without an account it has no strategy; the briefs and steps are empty if it is not followed."""

    participation: Participation
    attended: int
    start_at: dt.datetime | None
    end_at: dt.datetime | None
    started_at: dt.datetime | None
    completed_at: dt.datetime | None
    objectives: int
    is_followed: bool
    briefs: Sequence[CardBrief]
    steps: Sequence[Task]


def cohort_overview(viewer: Viewer, cohort: Cohort) -> list[OverviewRow]:
    """Return the companies with a seat in a cohort, by name."""
    first, last = aliased(Assessment), aliased(Assessment)
    objectives = (
        select(func.count())
        .where(Objective.strategy_id == Strategy.id, Objective.removed_at.is_(None))
        .correlate(Strategy)
        .scalar_subquery()
    )
    query = (
        select(
            Participation,
            first.finished_at,
            last.finished_at,
            Strategy.started_at,
            Strategy.completed_at,
            is_review_pending(),
            objectives,
        )
        .outerjoin(Strategy, Strategy.company_id == Participation.company_id)
        .outerjoin(first, and_(first.company_id == Participation.company_id, first.stage == Stage.START))
        .outerjoin(last, and_(last.company_id == Participation.company_id, last.stage == Stage.END))
        .where(Participation.cohort_id == cohort.id, Participation.state == ParticipationState.SIGNED_UP)
        .order_by(norwegian_order(Participation.company_name), Participation.id)
    )
    rows = session.execute(query).all()
    ids = [row[0].company_id for row in rows if row[0].company_id]
    attended = attended_by([row[0].id for row in rows])
    followed = {
        company.id: company
        for company in session.scalars(companies_query(viewer, EVERYTHING).where(Company.id.in_(ids)))
    }
    briefs = briefs_by_company(viewer, followed) if followed else {}
    tasks = open_tasks_of_garden(viewer)
    found = []
    for one, start_at, end_at, started_at, completed_at, is_review_asked, number in rows:
        company = followed.get(one.company_id or 0)
        own_briefs = briefs.get(company.id, []) if company else []
        own_tasks = [
            task
            for task in tasks
            if task.participation_id == one.id or (company and task.company_id == company.id)
        ]
        steps = next_steps(company, own_briefs, own_tasks, is_review_asked=is_review_asked) if company else []
        found.append(
            OverviewRow(
                one,
                attended.get(one.id, 0),
                start_at,
                end_at,
                started_at,
                completed_at,
                number,
                company is not None,
                own_briefs,
                steps,
            )
        )
    return found
