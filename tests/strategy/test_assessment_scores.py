"""Scores, changes and recommendations of the self-assessment, compared with a separate plain implementation."""

import datetime as dt
import random
from decimal import ROUND_HALF_UP, Decimal

import pytest

from marketplace.core import taxonomy
from marketplace.core.course_plan import course_plan
from marketplace.strategy import assessment_scores
from marketplace.strategy.assessment_scores import Answer, AnswerKind, Stage, StageState
from marketplace.strategy.questionnaire import questionnaire

pytestmark = pytest.mark.once
DIMENSIONS = [(one.code, [question.code for question in one.questions]) for one in questionnaire().dimensions]
CODES = [code for _dimension, codes in DIMENSIONS for code in codes]
TEXTS = ("0", "1", "2", "3", "4", "unknown", "skipped", "")
CASES = 3000


def random_texts(source: random.Random) -> dict[str, str]:
    """Return random answers as texts; some cases have few answers, others nearly all."""
    given = source.choice((0.2, 0.8, 1.0))
    return {
        code: source.choice(TEXTS[:5]) if source.random() < given else source.choice(TEXTS) for code in CODES
    }


def as_answers(texts: dict[str, str]) -> dict[str, Answer]:
    return {
        code: Answer(AnswerKind.ANSWERED, int(text)) if text.isdigit() else Answer(AnswerKind(text))
        for code, text in texts.items()
        if text
    }


def reference_points(values: list[int]) -> Decimal | None:
    """Points of a dimension from its answered values: percent of the highest possible sum."""
    return Decimal(sum(values)) * 25 / len(values) if len(values) >= 2 else None


def rounded(value: Decimal | None) -> int | None:
    return None if value is None else int(value.quantize(Decimal(1), ROUND_HALF_UP))


def test_scores_agree_with_the_reference() -> None:
    source = random.Random(14)
    for _case in range(CASES):
        texts = random_texts(source)
        result = assessment_scores.score_assessment(questionnaire(), as_answers(texts))
        expected = []
        for one, (_code, codes) in zip(result.dimensions, DIMENSIONS, strict=True):
            values = [int(texts[code]) for code in codes if texts[code].isdigit()]
            expected.append(reference_points(values))
            counts = tuple([texts[code] for code in codes].count(kind) for kind in ("unknown", "skipped"))
            assert (one.answered, one.unknown, one.skipped) == (len(values), *counts)
            assert one.points == rounded(expected[-1])
        scored = [one for one in expected if one is not None]
        total = sum(scored, Decimal()) / 6 if len(scored) == 6 else None
        assert result.points == rounded(None if total is None else total.quantize(Decimal("1e-9")))


def test_changes_agree_with_the_reference() -> None:
    source = random.Random(15)
    for _case in range(CASES):
        before, after = random_texts(source), random_texts(source)
        found = assessment_scores.dimension_changes(questionnaire(), as_answers(before), as_answers(after))
        for one, (_code, codes) in zip(found, DIMENSIONS, strict=True):
            pairs = [
                (int(before[code]), int(after[code]))
                for code in codes
                if before[code].isdigit() and after[code].isdigit()
            ]
            assert one.paired == len(pairs)
            difference = Decimal(sum(b - a for a, b in pairs)) * 25
            assert one.points == (rounded(difference / len(pairs)) if len(pairs) >= 2 else None)


def test_recommendations_are_low_and_unknown_answers_lowest_first() -> None:
    source = random.Random(16)
    for _case in range(500):
        texts = random_texts(source)
        found = assessment_scores.recommendations(questionnaire(), as_answers(texts))
        order = [code for text in ("0", "1", "unknown") for code in CODES if texts[code] == text]
        assert [one.question.code for one in found] == order


def test_unknown_and_skipped_answers_do_not_lower_the_score() -> None:
    whole = as_answers(dict.fromkeys(CODES, "4"))
    spared = whole | as_answers({codes[0]: "unknown" for _code, codes in DIMENSIONS})
    assert assessment_scores.score_assessment(questionnaire(), spared).points == 100
    assert assessment_scores.score_assessment(questionnaire(), spared).unknown == 6
    lacking = spared | as_answers({CODES[1]: "skipped"})
    result = assessment_scores.score_assessment(questionnaire(), lacking)
    assert (result.points, result.dimensions[0].points) == (None, None)


@pytest.mark.parametrize(
    ("points", "level"),
    [
        (0, "basic"),
        (25, "basic"),
        (26, "average"),
        (50, "average"),
        (51, "moderate"),
        (76, "advanced"),
        (100, "advanced"),
    ],
)
def test_level_follows_the_points(points: int, level: str) -> None:
    assert questionnaire().level(points).code == level


def test_end_opens_after_the_course_or_sixty_days() -> None:
    start = dt.date(2026, 9, 1)
    opens = assessment_scores.opens_on
    assert opens(Stage.END, {}) is None
    assert opens(Stage.END, {Stage.START: start}) == dt.date(2026, 10, 31)
    assert opens(Stage.END, {Stage.START: start}, dt.date(2026, 12, 1)) == dt.date(2026, 12, 2)
    assert opens(Stage.END, {Stage.START: start}, dt.date(2026, 8, 1)) == dt.date(2026, 10, 31), (
        "an earlier course"
    )
    assert opens(Stage.LATER, {Stage.START: start}) is None
    assert opens(Stage.LATER, {Stage.END: start}) == dt.date(2027, 2, 28)


def test_finished_stage_is_closed_once_the_next_has_begun() -> None:
    today = dt.date(2026, 9, 1)

    def state(opens: dt.date | None, *flags: bool) -> StageState:
        begun, finished, followed = flags
        return assessment_scores.stage_state(
            opens, today, is_begun=begun, is_finished=finished, is_next_begun=followed
        )

    assert state(None, False, False, False) is StageState.WAITING
    assert state(dt.date(2026, 9, 2), False, False, False) is StageState.WAITING
    assert state(today, False, False, False) is StageState.OPEN
    assert state(today, True, False, False) is StageState.BEGUN
    assert state(today, True, True, False) is StageState.FINISHED
    assert state(today, True, True, True) is StageState.CLOSED


def test_questionnaire_is_complete_in_all_languages() -> None:
    from marketplace.briefs.guide.questions import load

    languages = {"nb", "nn", "en"}
    topics = {topic.code for topic in load().topics}
    assert [len(one.questions) for one in questionnaire().dimensions] == [3] * 6
    assert len(set(CODES)) == 18
    for dimension in questionnaire().dimensions:
        assert set(dimension.labels) == languages
        assert course_plan().session(dimension.session_number) is not None
        for question in dimension.questions:
            assert set(question.texts) == set(question.anchor_texts) == languages
            assert all(len(texts) == 3 and all(texts) for texts in question.anchor_texts.values())
            assert question.guide_topic in topics, question.code
            assert set(question.services) <= set(taxonomy.services()), question.code
    assert [level.max_points for level in questionnaire().levels] == [25, 50, 75, 100]
