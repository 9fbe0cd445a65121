"""Progress of a brief: preset answers, answer problems, and the state of each topic."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.briefs.guide.parsing import Problem
from marketplace.briefs.guide.questions import Guide, Question, Topic
from marketplace.briefs.guide.validation import check_value, is_empty, problem_text
from marketplace.core import clock

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class CompanyFacts:
    """Facts about the company that presets are made from."""

    municipality: str = ""


@dataclass(frozen=True)
class AnswerProblem:
    """A question that blocks publication, and the problem with its answer."""

    question: Question
    problem: Problem

    @property
    def text(self) -> str:
        """Message in the user's language."""
        return problem_text(self.question, self.problem)


def presets(guide: Guide, company: CompanyFacts, today: dt.date) -> dict[str, Any]:
    """Return the preset answers of a new brief, by question code."""
    return {
        question.code: _preset(question.preset, company, today)
        for question in guide
        if question.preset is not None
    }


def _preset(preset: Mapping[str, Any], company: CompanyFacts, today: dt.date) -> Any:
    if "working_days" in preset:
        return clock.add_working_days(today, preset["working_days"]).isoformat()
    if "from" in preset:
        return company.municipality
    value = preset["value"]
    return list(value) if isinstance(value, list) else dict(value) if isinstance(value, dict) else value


def effective_answers(
    guide: Guide, answers: Answers, confirmed: Iterable[str], company: CompanyFacts, today: dt.date
) -> dict[str, Any]:
    """Return a draft's stored answers, with presets recalculated in topics that have not been saved.

    A preset reply deadline is therefore never in the past. Answers that were copied from the company's plan are kept:
    those to questions with a constant preset, and dates later than the preset.
    """
    saved = set(confirmed)
    recalculated = {
        code: _recalculated(guide.question(code), answers.get(code), value)
        for code, value in presets(guide, company, today).items()
        if guide.question(code).topic not in saved or code not in answers
    }
    return {**answers, **recalculated}


def _recalculated(question: Question, stored: Any, preset: Any) -> Any:
    if is_empty(stored) or question.preset is None or "from" in question.preset:
        return preset
    return max(str(stored), preset) if "working_days" in question.preset else stored


def find_answer_problems(guide: Guide, answers: Answers, today: dt.date) -> list[AnswerProblem]:
    """Return the questions that block publication: required but incomplete, or with an invalid answer."""
    return [problem for question in guide if (problem := _answer_problem(question, answers, today))]


def _answer_problem(question: Question, answers: Answers, today: dt.date) -> AnswerProblem | None:
    problem = check_value(question, answers.get(question.code), today)
    return AnswerProblem(question, problem) if problem else None


def topic_state(topic: Topic, answers: Answers, confirmed: Iterable[str], today: dt.date) -> str:
    """Return the state of a topic: empty, begun, review (filled in by presets but not yet saved) or done."""
    complete = not any(_answer_problem(question, answers, today) for question in topic.questions)
    if topic.code in set(confirmed):
        return "done" if complete else "begun"
    if complete:
        return "review"
    manual = [question for question in topic.questions if question.preset is None]
    return "begun" if any(not is_empty(answers.get(question.code)) for question in manual) else "empty"


def deadline_limits(guide: Guide, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the earliest and the latest reply deadline of a brief published today."""
    limits = guide.question("response_deadline").limits
    return clock.add_working_days(today, limits["min_working_days"]), today + dt.timedelta(
        days=limits["max_days"]
    )
