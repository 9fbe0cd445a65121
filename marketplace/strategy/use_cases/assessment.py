"""Saving the answers of a self-assessment, one dimension at a time."""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.audit.queries import last_actor_id
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict
from marketplace.core.i18n import format_date, gettext as _
from marketplace.core.optimistic_lock import check_unchanged
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries.organisations import lock_organisation
from marketplace.strategy.assessment_scores import (
    Answer,
    AnswerKind,
    Stage,
    StageState,
    unanswered_dimensions,
)
from marketplace.strategy.models.assessment import Assessment, AssessmentAnswer
from marketplace.strategy.queries.assessment import StageView, answers_of, assessments_of, self_assessment
from marketplace.strategy.questionnaire import Dimension, questionnaire


@dataclass(frozen=True, slots=True)
class PageAnswers:
    """Answers to the three questions of a dimension as texts: "0" to "4", "unknown", "skipped", or "" if unanswered."""

    first: str = ""
    second: str = ""
    third: str = ""

    def by_code(self, dimension: Dimension) -> dict[str, Answer]:
        """Return the given answers by the code of the question."""
        texts = zip(dimension.questions, (self.first, self.second, self.third), strict=True)
        return {question.code: parse_answer(text) for question, text in texts if text}


def parse_answer(text: str) -> Answer:
    """Parse an answer. Raises ValueError."""
    if text in {AnswerKind.UNKNOWN, AnswerKind.SKIPPED}:
        return Answer(AnswerKind(text))
    return Answer(AnswerKind.ANSWERED, int(text))


def page_answers(dimension: Dimension, answers: Mapping[str, Answer]) -> PageAnswers:
    """Return the stored answers to the questions of a dimension."""
    texts = []
    for question in dimension.questions:
        answer = answers.get(question.code)
        value = None if answer is None else answer.value
        texts.append("" if answer is None else answer.kind.value if value is None else str(value))
    return PageAnswers(*texts)


def save_answers(
    viewer: Viewer, stage: Stage, dimension: Dimension, submitted: PageAnswers, expected: str | None
) -> None:
    """Save the answers to the questions of a dimension; questions without an answer keep what is stored.

    The assessment is finished when all questions have an answer. Raises Conflict if the stage is not open, or if a
    colleague has saved the page since it was opened.
    """
    with transaction():
        company_id = viewer.organisation_id or 0
        lock_organisation(company_id)
        view = self_assessment(company_id).stage(stage)
        if not view.is_editable:
            raise Conflict(closed_message(view))
        stored = page_answers(dimension, view.answers)
        assessment = assessments_of(company_id).get(stage)
        given = submitted.by_code(dimension)
        merged = page_answers(dimension, {**view.answers, **given})
        check_unchanged(
            expected,
            stored,
            merged,
            is_own_change=lambda: (
                assessment is not None and last_actor_id("assessment", assessment.id) == viewer.user_id
            ),
        )
        if not given:
            return
        if assessment is None:
            assessment = Assessment(
                company_id=company_id,
                stage=stage.value,
                data_version=questionnaire().version,
                by_id=viewer.user_id or 0,
            )
            session.add(assessment)
        _store(assessment, given)
        session.flush()
        is_finished_now = assessment.finished_at is None and not unanswered_dimensions(
            questionnaire(), answers_of(assessment)
        )
        if is_finished_now:
            assessment.finished_at = clock.now()
        assessment.updated_at = clock.now()
        action = "assessment.finish" if is_finished_now else "assessment.save"
        record(viewer, action, "assessment", assessment.id, stage=stage.value, dimension=dimension.code)


def _store(assessment: Assessment, given: Mapping[str, Answer]) -> None:
    rows = {row.code: row for row in assessment.answers}
    for code, answer in given.items():
        if code in rows:
            rows[code].kind, rows[code].value = answer.kind.value, answer.value
        else:
            row = AssessmentAnswer(code=code, kind=answer.kind.value, value=answer.value)
            assessment.answers.append(row)


def closed_message(view: StageView) -> str:
    """Return the reason why a stage cannot be answered now."""
    if view.state is StageState.CLOSED:
        return _("These answers can no longer be changed, because the next self-assessment has started.")
    if view.opens_on is None:
        return _("Finish the previous self-assessment first.")
    return _("This self-assessment opens on %(date)s.", date=format_date(view.opens_on))
