"""How far a brief has come: presets that stand until changed, what is missing, and the state of each topic."""

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
class Company:
    """What the guide knows about the company before anybody writes."""

    municipality: str = ""


@dataclass(frozen=True)
class Gap:
    """A question that still stops the brief from being published, and why."""

    question: Question
    problem: Problem

    @property
    def text(self) -> str:
        """Return the reason in the reader's language."""
        return problem_text(self.question, self.problem)


def presets(guide: Guide, company: Company, today: dt.date) -> dict[str, Any]:
    """Return the answers that stand before the company has said anything, by question code."""
    return {
        question.code: _preset(question.preset, company, today)
        for question in guide
        if question.preset is not None
    }


def _preset(preset: Mapping[str, Any], company: Company, today: dt.date) -> Any:
    if "working_days" in preset:
        return clock.add_working_days(today, preset["working_days"]).isoformat()
    if "from" in preset:
        return company.municipality
    value = preset["value"]
    return list(value) if isinstance(value, list) else dict(value) if isinstance(value, dict) else value


def effective_answers(
    guide: Guide, answers: Answers, confirmed: Iterable[str], company: Company, today: dt.date
) -> dict[str, Any]:
    """Return a draft's answers as they count today.

    In topics that nobody has looked at, presets are made anew, so that a preset deadline is never one that
    has passed. In topics that somebody has saved, the answers stand.
    """
    seen = set(confirmed)
    fresh = {
        code: value
        for code, value in presets(guide, company, today).items()
        if guide.question(code).topic not in seen or code not in answers
    }
    return {**answers, **fresh}


def missing(guide: Guide, answers: Answers, today: dt.date) -> list[Gap]:
    """Return what stops a brief from being published: required questions without a full answer, and faulty ones."""
    return [gap for question in guide if (gap := _gap(question, answers, today))]


def _gap(question: Question, answers: Answers, today: dt.date) -> Gap | None:
    problem = check_value(question, answers.get(question.code), today)
    return Gap(question, problem) if problem else None


def topic_state(topic: Topic, answers: Answers, confirmed: Iterable[str], today: dt.date) -> str:
    """Return how far a topic has come: empty, begun, review (filled in by presets, not yet seen) or done."""
    complete = not any(_gap(question, answers, today) for question in topic.questions)
    if topic.code in set(confirmed):
        return "done" if complete else "begun"
    if complete:
        return "review"
    by_hand = [question for question in topic.questions if question.preset is None]
    return "begun" if any(not is_empty(answers.get(question.code)) for question in by_hand) else "empty"


def topics_done(guide: Guide, answers: Answers, confirmed: Iterable[str], today: dt.date) -> int:
    """Count the topics that are done."""
    seen = list(confirmed)
    return sum(topic_state(topic, answers, seen, today) == "done" for topic in guide.topics)


def deadline_limits(guide: Guide, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and the last day that may be the reply deadline of a brief published today."""
    limits = guide.question("response_deadline").limits
    return clock.add_working_days(today, limits["min_working_days"]), today + dt.timedelta(
        days=limits["max_days"]
    )
