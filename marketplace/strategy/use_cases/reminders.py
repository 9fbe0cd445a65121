"""Scheduled reminders: to take or finish a self-assessment, continue a strategy, measure objectives, review a plan."""

import datetime as dt
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, selectinload

from marketplace.audit.queries import is_recorded
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, read_and_release, session, sum_over_rows, transaction
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.messages import Message
from marketplace.outbox.use_cases import send
from marketplace.strategy.assessment_scores import Stage, StageState, opens_on
from marketplace.strategy.content import from_json
from marketplace.strategy.hooks import find_course_ends
from marketplace.strategy.models.assessment import Assessment
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.notices import (
    assessment_asked,
    assessment_half_done,
    measurements_due,
    plan_review_due,
    strategy_half_done,
)
from marketplace.strategy.objective_state import last_due
from marketplace.strategy.queries.assessment import self_assessment
from marketplace.strategy.queries.objectives import readings_of, terms_of
from marketplace.strategy.queries.plan import current_objectives

NEXT_STAGES = {Stage.START: Stage.END, Stage.END: Stage.LATER}
IDLE_DAYS = 7
"""Days from the last change of half-done work until the reminder."""
MAX_DAYS = 2
"""Number of days on which a reminder can be sent, so that it is not lost if the service is down on the first."""
REVIEW_REMINDER = "strategy.remind_review"


@clock.not_before(8)
def ask_for_assessments() -> int:
    """Ask each company once when its next self-assessment opens; return the number of companies. A scheduled job."""
    return sum_over_rows(_ask, _due_assessments())


def _due_assessments() -> list[int]:
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


@clock.not_before(7)
def remind_of_half_done_work() -> int:
    """Remind companies of a half-done self-assessment or strategy; return the number of reminders. A scheduled job.

    Each self-assessment and each strategy leads to one reminder at most. A company that has an unfinished
    self-assessment from the same days or later is not reminded of its strategy.
    """
    today = clock.today()
    since, until = (
        clock.from_local(today - dt.timedelta(days=days), dt.time())
        for days in (IDLE_DAYS + MAX_DAYS - 1, IDLE_DAYS - 1)
    )
    active = select(Organisation.id).where(Organisation.is_active)
    unfinished = Assessment.finished_at.is_(None) & (Assessment.updated_at >= since)
    assessments = select(Assessment).where(
        unfinished, Assessment.updated_at < until, Assessment.company_id.in_(active)
    )
    strategies = select(Strategy).where(
        Strategy.completed_at.is_(None),
        Strategy.updated_at >= since,
        Strategy.updated_at < until,
        Strategy.company_id.in_(active),
        Strategy.company_id.not_in(select(Assessment.company_id).where(unfinished)),
    )
    return _remind_once(
        "assessment", assessments, Assessment.id, assessment_half_done(), "assessment.remind_half_done"
    ) + _remind_once("strategy", strategies, Strategy.id, strategy_half_done(), "strategy.remind_half_done")


def _remind_once(
    kind: str, query: Select[Any], key: InstrumentedAttribute[int], message: Message, action: str
) -> int:
    def remind(row_id: int) -> bool:
        with transaction():
            # The lock makes a second process wait until the first has recorded the reminder.
            row = load_locked(query.where(key == row_id))
            if row is None or is_recorded(action, kind, row_id):
                return False
            send(message, recipients_for(row.company_id))
            record(None, action, kind, row_id)
            return True

    row_ids = read_and_release(query.with_only_columns(key).order_by(key))
    return sum_over_rows(remind, [row_id for row_id in row_ids if not is_recorded(action, kind, row_id)])


@clock.not_before(7)
def remind_of_measurements() -> int:
    """Remind the members of companies of objectives whose measurement is due; return the number of companies.

    Idempotent: each due date leads to one reminder, and none is sent again before the next one.
    """
    query = (
        select(Objective)
        .join(Strategy, Strategy.id == Objective.strategy_id)
        .join(Organisation, Organisation.id == Strategy.company_id)
        .where(Objective.removed_at.is_(None), Organisation.is_active)
        .options(selectinload(Objective.measurements))
    )
    found = {one.strategy_id for one in session.scalars(query) if _is_to_remind(one)}
    session.rollback()
    return sum_over_rows(_remind_to_measure, sorted(found))


def _is_to_remind(objective: Objective) -> bool:
    due = last_due(terms_of(objective), readings_of(objective), clock.today())
    if due is None:
        return False
    return objective.reminded_at is None or clock.to_local(objective.reminded_at).date() < due


def _remind_to_measure(strategy_id: int) -> bool:
    """Send the reminder of one strategy, unless another process has sent it meanwhile."""
    with transaction():
        strategy = load_locked(select(Strategy).where(Strategy.id == strategy_id))
        if strategy is None:
            return False
        due = [one for one in current_objectives(strategy_id) if _is_to_remind(one)]
        if not due:
            return False
        send(measurements_due(due), recipients_for(strategy.company_id))
        for objective in due:
            objective.reminded_at = clock.now()
            record(None, "objective.remind", "objective", objective.id)
        return True


@clock.not_before(7)
def remind_of_plan_reviews() -> int:
    """Remind companies on the review date of their plan; return the number of companies. A scheduled job.

    Each review date leads to one reminder.
    """
    today = clock.today()
    days = [(today - dt.timedelta(days=late)).isoformat() for late in range(MAX_DAYS)]
    query = (
        select(Strategy.id, Strategy.content)
        .join(Organisation, Organisation.id == Strategy.company_id)
        .where(
            Organisation.is_active,
            Strategy.completed_at.is_not(None),
            Strategy.content["review_on"].as_string().in_(days),
        )
        .order_by(Strategy.id)
    )
    rows = session.execute(query).all()
    due = [row.id for row in rows if not _is_reminded_of_review(row.id, from_json(row.content).review_on)]
    session.rollback()
    return sum_over_rows(_remind_of_review, due)


def _remind_of_review(strategy_id: int) -> bool:
    with transaction():
        # The lock makes a second process wait until the first has recorded the reminder.
        strategy = load_locked(select(Strategy).where(Strategy.id == strategy_id))
        review_on = from_json(strategy.content).review_on if strategy else None
        if strategy is None or review_on is None or _is_reminded_of_review(strategy_id, review_on):
            return False
        send(plan_review_due(review_on), recipients_for(strategy.company_id))
        record(None, REVIEW_REMINDER, "strategy", strategy_id, review_on=review_on.isoformat())
        return True


def _is_reminded_of_review(strategy_id: int, review_on: dt.date | None) -> bool:
    return is_recorded(REVIEW_REMINDER, "strategy", strategy_id, review_on=str(review_on))
