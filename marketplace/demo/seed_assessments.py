"""Demo self-assessments: the start of most companies, the end of those whose course is over, and all stages of one company.

That company has a strategy of its own, and took an earlier course.
"""

import zlib
from functools import partial

from marketplace.demo import content_files as content
from marketplace.demo.course_days import session_days
from marketplace.demo.fixtures import Fixtures
from marketplace.demo.seed_briefs import owner_email
from marketplace.demo.seed_organisations import registration_days
from marketplace.demo.timeline import Timeline
from marketplace.strategy.assessment_scores import AnswerKind, Stage
from marketplace.strategy.questionnaire import MAX_ANSWER, Dimension, Question, questionnaire
from marketplace.strategy.use_cases.assessment import PageAnswers, save_answers

Stages = tuple[tuple[Stage, int], ...]

TYPICAL = {"direction": 1, "presence": 2, "content": 1, "sales": 1, "data": 0, "capability": 2}
"""Answer of a typical company at the start, by dimension."""
WITHOUT, BEGUN, PAGES_BEGUN = 5, 3, 2
"""Index of the company in every six that has not begun, index of the one that has answered only some pages, and the number
of these pages.
"""
EARLY_START, LATE_START = -140, -56
DAYS_TO_ANSWER = 3
"""Days after the last session within which a company answers at the end."""
WHOLE_COURSE: Stages = ((Stage.START, -364), (Stage.END, -198), (Stage.LATER, -9))
MINUTES_PER_PAGE = 1


def seed_assessments(timeline: Timeline, fixtures: Fixtures) -> None:
    """Add the self-assessments of the companies to the timeline."""
    whole = {plan["company"] for plan in content.plans() if "strategy" in plan}
    places = content.course()["places"]
    course_ends = {
        place["garden"]: max(days)
        for place, days in zip(places, session_days(timeline.today, places).values(), strict=True)
    }
    for index, entry in enumerate(content.companies()):
        company = entry["key"]
        course_end = course_ends[entry["garden"]]
        is_early, spread = registration_days()[company] < EARLY_START, index % 12
        stages: Stages
        if company in whole:
            stages = WHOLE_COURSE
        elif index % 6 == WITHOUT:
            stages = ()
        else:
            stages = ((Stage.START, (EARLY_START if is_early else LATE_START) + spread),)
            if course_end < -DAYS_TO_ANSWER:
                stages += ((Stage.END, course_end + 1 + index % DAYS_TO_ANSWER),)
        pages = questionnaire().dimensions[: PAGES_BEGUN if index % 6 == BEGUN and not is_early else None]
        for stage, day in stages:
            for number, dimension in enumerate(pages):
                save = partial(_save, fixtures, company, stage, dimension)
                timeline.add(day, f"assessment {company}", save, minutes=number * MINUTES_PER_PAGE)


def _save(fixtures: Fixtures, company: str, stage: Stage, dimension: Dimension) -> None:
    answers = [_answer(company, stage, dimension, question) for question in dimension.questions]
    viewer = fixtures.viewer(owner_email("company", company))
    save_answers(viewer, stage, dimension, PageAnswers(*answers), None)


def _answer(company: str, stage: Stage, dimension: Dimension, question: Question) -> str:
    """Return an answer that depends on the company and the question; it seldom gets worse at a later stage."""
    chance = zlib.crc32(f"{company} {question.code}".encode())
    if question.is_skippable and chance % 5 == 0:
        return AnswerKind.SKIPPED
    if stage is Stage.START and chance % 11 == 0:
        return AnswerKind.UNKNOWN
    value = TYPICAL[dimension.code] + chance % 3 - 1
    for later in list(Stage)[1 : list(Stage).index(stage) + 1]:
        value += (1, 0, 2, 1)[zlib.crc32(f"{company} {question.code} {later}".encode()) % 4]
    return str(min(max(value, 0), MAX_ANSWER))
