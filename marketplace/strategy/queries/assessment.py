"""Self-assessments of a company, with the state of each stage."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import selectinload

from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.i18n import localized
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company
from marketplace.strategy import assessment_scores
from marketplace.strategy.assessment_scores import LOW_ANSWER, Answer, AnswerKind, Stage, StageState
from marketplace.strategy.hooks import find_course_ends
from marketplace.strategy.models.assessment import Assessment, AssessmentAnswer
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.questionnaire import questionnaire
from marketplace.strategy.strategy_template import strategy_template


@dataclass(frozen=True, slots=True)
class StageView:
    """One stage of a company's self-assessment. `opens_on` is None while the stage before it is unfinished."""

    stage: Stage
    state: StageState
    opens_on: dt.date | None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    finished_at: dt.datetime | None = None

    @property
    def is_editable(self) -> bool:
        """True if answers can be saved."""
        return self.state in {StageState.OPEN, StageState.BEGUN, StageState.FINISHED}

    @property
    def is_finished(self) -> bool:
        """True if every question has an answer."""
        return self.finished_at is not None


@dataclass(frozen=True, slots=True)
class SelfAssessment:
    """All stages of a company's self-assessment, in order."""

    stages: Sequence[StageView]

    def stage(self, wanted: Stage) -> StageView:
        """Return one stage."""
        return next(one for one in self.stages if one.stage is wanted)

    @property
    def finished(self) -> list[StageView]:
        """The finished stages."""
        return [one for one in self.stages if one.is_finished]

    @property
    def next(self) -> StageView | None:
        """The stage that can be answered now, or the one that opens next; None when all are finished."""
        return next((one for one in self.stages if not one.is_finished), None)


def answers_of(assessment: Assessment) -> dict[str, Answer]:
    """Return the stored answers of an assessment by the code of the question."""
    return {one.code: Answer(AnswerKind(one.kind), one.value) for one in assessment.answers}


def assessments_of(company_id: int) -> dict[Stage, Assessment]:
    """Return the assessments of a company with their answers, by stage."""
    query = select(Assessment).where(Assessment.company_id == company_id)
    query = query.options(selectinload(Assessment.answers)).execution_options(populate_existing=True)
    return {Stage(one.stage): one for one in session.scalars(query)}


def self_assessment(company_id: int) -> SelfAssessment:
    """Return the stages of a company's self-assessment."""
    assessments = assessments_of(company_id)
    finished = finish_dates(assessments)
    is_end_next = Stage.START in finished and Stage.END not in assessments
    course_end = find_course_ends([company_id]).get(company_id) if is_end_next else None
    views, later_begun = [], False
    for stage in reversed(Stage):
        found = assessments.get(stage)
        opens = assessment_scores.opens_on(stage, finished, course_end)
        state = assessment_scores.stage_state(
            opens,
            clock.today(),
            is_begun=found is not None,
            is_finished=stage in finished,
            is_next_begun=later_begun,
        )
        views.append(
            StageView(
                stage,
                state,
                opens,
                answers_of(found) if found else {},
                found.finished_at if found else None,
            )
        )
        later_begun = later_begun or found is not None
    return SelfAssessment(views[::-1])


def finish_dates(assessments: Mapping[Stage, Assessment]) -> dict[Stage, dt.date]:
    """Return the local date on which each finished stage was finished."""
    return {
        stage: clock.to_local(one.finished_at).date()
        for stage, one in assessments.items()
        if one.finished_at is not None
    }


@dataclass(frozen=True, slots=True)
class AssessmentTask:
    """The stage of a self-assessment that a company can begin or continue now."""

    stage: Stage
    is_begun: bool


def assessment_task(company_id: int) -> AssessmentTask | None:
    """Return the stage that a company can answer now, or None. Loads few columns, because home pages call it."""
    query = select(Assessment.stage, Assessment.finished_at).where(Assessment.company_id == company_id)
    rows = {Stage(stage): finished_at for stage, finished_at in session.execute(query)}
    stage = next((one for one in Stage if rows.get(one) is None), None)
    if stage is None or stage in rows:
        return None if stage is None else AssessmentTask(stage, is_begun=True)
    finished = {one: clock.to_local(at).date() for one, at in rows.items() if at is not None}
    course_end = find_course_ends([company_id]).get(company_id) if stage is Stage.END else None
    opens = assessment_scores.opens_on(stage, finished, course_end)
    is_open = opens is not None and opens <= clock.today()
    return AssessmentTask(stage, is_begun=False) if is_open else None


@dataclass(frozen=True, slots=True)
class SharedAssessment:
    """The self-assessment as a garden sees it: dates, and scores only if the company shares its strategy."""

    finished: Sequence[tuple[Stage, dt.datetime]]
    stage: Stage | None
    score: assessment_scores.AssessmentScore | None


_COMPANY = Company.__table__.c
_STRATEGY_AND_ASSESSMENT = prepared(
    select(Strategy, Assessment)
    .select_from(Company.__table__)
    .outerjoin(Strategy, Strategy.company_id == _COMPANY.id)
    .outerjoin(Assessment, and_(Assessment.company_id == _COMPANY.id, Assessment.finished_at.is_not(None)))
    .where(_COMPANY.id == bindparam("company_id"))
    .order_by(Assessment.finished_at, Assessment.id)
)


def strategy_and_assessment(company_id: int) -> tuple[Strategy | None, SharedAssessment | None]:
    """Return a company's strategy, and its self-assessment as its gardens see it. Each is None if it has not been begun.

    They are read in one statement, for the page of the company. The caller has checked that the garden follows it.
    """
    # mypy takes outer joins for inner ones
    rows: Sequence[Any] = session.execute(_STRATEGY_AND_ASSESSMENT, {"company_id": company_id}).all()
    strategy = rows[0][0] if rows else None
    assessments = [one for _strategy, one in rows if one is not None]
    if not assessments:
        return strategy, None
    finished = [(Stage(one.stage), one.finished_at) for one in assessments if one.finished_at]
    if strategy is None or strategy.shared_at is None:
        return strategy, SharedAssessment(finished, None, None)
    latest = assessments[-1]
    score = assessment_scores.score_assessment(questionnaire(), answers_of(latest))
    return strategy, SharedAssessment(finished, Stage(latest.stage), score)


def suggested_gaps(viewer: Viewer) -> tuple[str, ...]:
    """Return a sentence for each low answer of the company's latest self-assessment, the lowest first."""
    if not viewer.is_company:
        return ()
    latest = (
        select(Assessment.id)
        .where(Assessment.company_id == viewer.organisation_id)
        .order_by(Assessment.updated_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(AssessmentAnswer.code, AssessmentAnswer.value)
        .where(
            AssessmentAnswer.assessment_id == latest,
            or_(AssessmentAnswer.value <= LOW_ANSWER, AssessmentAnswer.kind == "unknown"),
        )
        .order_by(AssessmentAnswer.code)
    )
    answers = [(LOW_ANSWER if value is None else value, code) for code, value in session.execute(query)]
    gaps = strategy_template().gaps
    return tuple(localized(gaps[code]) for _value, code in sorted(answers) if code in gaps)
