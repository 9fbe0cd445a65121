"""Requests to companies to take the self-assessment again when its next stage opens."""

from sqlalchemy import select
from sqlalchemy.orm import aliased

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, session, sum_over_rows, transaction
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send
from marketplace.strategy.assessment_scores import Stage, StageState, opens_on
from marketplace.strategy.hooks import find_course_ends
from marketplace.strategy.models.assessment import Assessment
from marketplace.strategy.notices.assessment import assessment_asked
from marketplace.strategy.queries.assessment import self_assessment

NEXT_STAGES = {Stage.START: Stage.END, Stage.END: Stage.LATER}


@clock.not_before(8)
def ask_for_assessments() -> int:
    """Ask each company once when its next self-assessment opens; return the number of companies. A scheduled job."""
    return sum_over_rows(_ask, _due())


def _due() -> list[int]:
    """Return the ids of active companies' finished assessments whose next stage is open and not finished."""
    following = aliased(Assessment)
    query = select(Assessment.id, Assessment.company_id, Assessment.stage, Assessment.finished_at).where(
        Assessment.company_id.in_(select(Organisation.id).where(Organisation.is_active)),
        Assessment.finished_at.is_not(None),
        Assessment.next_asked_at.is_(None),
        Assessment.stage != Stage.LATER.value,
        ~select(following.id)
        .where(following.company_id == Assessment.company_id, following.finished_at > Assessment.finished_at)
        .exists(),
    )
    rows = session.execute(query.order_by(Assessment.id)).all()
    ends = find_course_ends([row.company_id for row in rows]) if rows else {}
    session.rollback()
    due = []
    for row in rows:
        stage = Stage(row.stage)
        finished = {stage: clock.to_local(row.finished_at).date()}
        opens = opens_on(NEXT_STAGES[stage], finished, ends.get(row.company_id))
        if opens is not None and opens <= clock.today():
            due.append(row.id)
    return due


def _ask(assessment_id: int) -> int:
    with transaction():
        # The lock makes a second process wait until the first has stored that the company is asked.
        found = load_locked(select(Assessment).where(Assessment.id == assessment_id))
        if found is None or found.next_asked_at is not None:
            return 0
        upcoming = self_assessment(found.company_id).stage(NEXT_STAGES[Stage(found.stage)])
        if upcoming.state is StageState.WAITING:
            return 0
        found.next_asked_at = clock.now()
        if upcoming.state is StageState.OPEN:
            send(assessment_asked(), recipients_for(found.company_id))
        record(None, "assessment.ask", "assessment", found.id, stage=upcoming.stage.value)
        return int(upcoming.state is StageState.OPEN)
