"""Scores of a self-assessment, changes between stages, recommendations, and the dates on which stages open.

Answers of "don't know" and skipped questions are counted apart and never count as 0.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from marketplace.core.i18n import lazy_gettext as _l
from marketplace.strategy.questionnaire import MAX_ANSWER, Dimension, Level, Question, Questionnaire

MIN_ANSWERED = 2
"""Questions of a dimension that must be answered for a score, and in both stages for a change."""
LOW_ANSWER = 1
"""Highest answer that counts as something that does not work; "don't know" counts too."""
END_DAYS, LATER_DAYS = 60, 180
"""Days from a finished stage until the next one opens, if no course ends meanwhile."""


class Stage(StrEnum):
    """When a company assesses itself, in order."""

    START = "start"
    END = "end"
    LATER = "later"


STAGE_LABELS = {
    Stage.START: _l("At the start"),
    Stage.END: _l("At the end"),
    Stage.LATER: _l("Half a year later"),
}
SINCE_LABELS = {Stage.START: _l("Since the start"), Stage.END: _l("Since the end")}
"""Headings of the change since a stage. The last stage has none, because no stage follows it."""


class StageState(StrEnum):
    """State of a stage: it opens on a date, is answered, and is closed when the next one has begun."""

    WAITING = "waiting"
    OPEN = "open"
    BEGUN = "begun"
    FINISHED = "finished"
    CLOSED = "closed"


class AnswerKind(StrEnum):
    """Kind of an answer; only "answered" has a value."""

    ANSWERED = "answered"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a question: `value` is 0 to 4 if it is answered, else None."""

    kind: AnswerKind
    value: int | None = None


Answers = Mapping[str, Answer]
"""Answers by the code of the question."""


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """Score of a dimension from 0 to 100, or None with too few answers, and the number of answers of each kind."""

    dimension: Dimension
    score: Fraction | None
    answered: int
    unknown: int
    skipped: int

    @property
    def points(self) -> int | None:
        """Score as a whole number."""
        return None if self.score is None else round_half_up(self.score)


@dataclass(frozen=True, slots=True)
class AssessmentScore:
    """Scores of all dimensions, and their mean, or None unless all have a score."""

    dimensions: tuple[DimensionScore, ...]
    total: Fraction | None

    @property
    def points(self) -> int | None:
        """Total as a whole number."""
        return None if self.total is None else round_half_up(self.total)

    @property
    def unknown(self) -> int:
        """Number of questions answered "don't know"."""
        return sum(one.unknown for one in self.dimensions)

    @property
    def skipped(self) -> int:
        """Number of skipped questions."""
        return sum(one.skipped for one in self.dimensions)


@dataclass(frozen=True, slots=True)
class DimensionChange:
    """Change of a dimension in points between two stages, over the questions that were answered in both.

    `change` is None if these questions are too few.
    """

    dimension: Dimension
    change: Fraction | None
    paired: int

    @property
    def points(self) -> int | None:
        """Change as a whole number; halves are rounded away from zero."""
        if self.change is None:
            return None
        size = round_half_up(abs(self.change))
        return size if self.change > 0 else -size


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A question with a low or unknown answer, which leads to a guide topic, a course session and services."""

    dimension: Dimension
    question: Question
    answer: Answer


def round_half_up(value: Fraction) -> int:
    """Round a non-negative fraction to a whole number, halves upwards."""
    return int(value + Fraction(1, 2))


def _counts(dimension: Dimension, answers: Answers, kind: AnswerKind) -> list[Question]:
    return [one for one in dimension.questions if one.code in answers and answers[one.code].kind is kind]


def _points(values: Sequence[int]) -> Fraction:
    return Fraction(100 * sum(values), MAX_ANSWER * len(values))


def score_dimension(dimension: Dimension, answers: Answers) -> DimensionScore:
    """Return the score of a dimension, with its answers counted by kind."""
    values = [answers[one.code].value or 0 for one in _counts(dimension, answers, AnswerKind.ANSWERED)]
    return DimensionScore(
        dimension,
        _points(values) if len(values) >= MIN_ANSWERED else None,
        len(values),
        len(_counts(dimension, answers, AnswerKind.UNKNOWN)),
        len(_counts(dimension, answers, AnswerKind.SKIPPED)),
    )


def score_assessment(questions: Questionnaire, answers: Answers) -> AssessmentScore:
    """Score all dimensions; the total is the mean of the dimensions, not of the questions."""
    dimensions = tuple(score_dimension(one, answers) for one in questions.dimensions)
    scores = [one.score for one in dimensions if one.score is not None]
    is_whole = len(scores) == len(dimensions)
    return AssessmentScore(dimensions, sum(scores, Fraction()) / len(scores) if is_whole else None)


def level_of(questions: Questionnaire, points: int | None) -> Level | None:
    """Return the level of a score in whole points, or None without a score."""
    return None if points is None else questions.level(points)


def dimension_changes(
    questions: Questionnaire, before: Answers, after: Answers
) -> tuple[DimensionChange, ...]:
    """Return the change of each dimension between two stages."""
    return tuple(_change(one, before, after) for one in questions.dimensions)


def _change(dimension: Dimension, before: Answers, after: Answers) -> DimensionChange:
    later = {one.code for one in _counts(dimension, after, AnswerKind.ANSWERED)}
    codes = [one.code for one in _counts(dimension, before, AnswerKind.ANSWERED) if one.code in later]
    if len(codes) < MIN_ANSWERED:
        return DimensionChange(dimension, None, len(codes))
    first, last = ([given[code].value or 0 for code in codes] for given in (before, after))
    return DimensionChange(dimension, _points(last) - _points(first), len(codes))


def recommendations(questions: Questionnaire, answers: Answers) -> list[Recommendation]:
    """Return the questions with a low answer, lowest first, then those answered "don't know"."""
    found = [
        Recommendation(dimension, one, answers[one.code])
        for dimension in questions.dimensions
        for one in dimension.questions
        if one.code in answers and _is_low(answers[one.code])
    ]
    return sorted(found, key=_rank)


def _is_low(answer: Answer) -> bool:
    return answer.kind is AnswerKind.UNKNOWN or (answer.value is not None and answer.value <= LOW_ANSWER)


def _rank(one: Recommendation) -> int:
    return MAX_ANSWER + 1 if one.answer.value is None else one.answer.value


def opens_on(
    stage: Stage, finished: Mapping[Stage, dt.date], course_end: dt.date | None = None
) -> dt.date | None:
    """Return the date on which a stage opens, or None while the stage before it is unfinished.

    The start is always open. The end opens the day after the company's course, if that ends after the start was
    finished, else after `END_DAYS`.
    """
    if stage is Stage.START:
        return dt.date.min
    former = finished.get(previous_stage(stage) or stage)
    if former is None:
        return None
    if stage is Stage.END and course_end is not None and course_end > former:
        return course_end + dt.timedelta(days=1)
    return former + dt.timedelta(days=END_DAYS if stage is Stage.END else LATER_DAYS)


def previous_stage(stage: Stage) -> Stage | None:
    """Return the stage before a stage, or None for the first."""
    stages = list(Stage)
    index = stages.index(stage)
    return stages[index - 1] if index else None


def stage_state(
    opens: dt.date | None, today: dt.date, *, is_begun: bool, is_finished: bool, is_next_begun: bool
) -> StageState:
    """Return the state of a stage. A finished stage can be corrected until the next one begins."""
    if is_next_begun:
        return StageState.CLOSED
    if is_finished:
        return StageState.FINISHED
    if is_begun:
        return StageState.BEGUN
    return StageState.OPEN if opens is not None and opens <= today else StageState.WAITING


def unanswered_dimensions(questions: Questionnaire, answers: Answers) -> list[Dimension]:
    """Return the dimensions that have a question without any answer, in order."""
    return [
        dimension
        for dimension in questions.dimensions
        if any(question.code not in answers for question in dimension.questions)
    ]
