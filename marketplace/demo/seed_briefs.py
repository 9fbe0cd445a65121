"""Demo briefs: drafts, garden reviews, and clarification questions with answers."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from marketplace.briefs import guide, use_cases
from marketplace.briefs.guide import ParsedAnswer, Question
from marketplace.briefs.models import ClarificationQuestion
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.demo import content_files as content
from marketplace.demo.fixtures import Fixtures
from marketplace.demo.timeline import Timeline

Entry = dict[str, Any]
MINUTES_PER_TOPIC = 6


def owner_email(kind: str, key: str) -> str:
    """Return the e-mail address of the owner of a company or the contact of a supplier."""
    if kind == "supplier":
        email: str = next(entry["contact"]["email"] for entry in content.suppliers() if entry["key"] == key)
    else:
        entry = next(entry for entry in content.companies() if entry["key"] == key)
        email = next(person["email"] for person in entry["people"] if person["role"] == "owner")
    return email


def seed_briefs(timeline: Timeline, fixtures: Fixtures) -> None:
    """Add the writing and review of each brief to the timeline."""
    for entry in content.briefs():
        key, writer = entry["key"], entry.get("by") or owner_email("company", entry["company"])
        timeline.add(entry["created"], key, _draft_action(fixtures, entry, writer))
        questions = guide.load()
        written = {
            topic.code
            for topic in questions.topics
            if any(q.code in entry["answers"] for q in topic.questions)
        }
        for number, topic in enumerate(questions.topics, start=1):
            if topic.code in written:
                minutes = number * MINUTES_PER_TOPIC
                timeline.add(
                    entry["created"],
                    key,
                    _save_topic_action(timeline, fixtures, entry, writer, topic.code),
                    minutes=minutes,
                )
        if review := entry.get("review"):
            _seed_review(timeline, fixtures, entry, writer, review)
        for question in entry.get("questions", ()):
            _seed_question(timeline, fixtures, entry, question)


def _draft_action(fixtures: Fixtures, entry: Entry, writer: str) -> Callable[[], None]:
    def begin() -> None:
        viewer = fixtures.viewer(writer)
        if "action" in entry:
            parts = ("title", "service", "deliverables", "budget_band", "start_from", "finish_by")
            brief = use_cases.begin_from_action(viewer, fixtures.actions[entry["action"]], parts)
        else:
            brief = use_cases.create_draft(viewer, entry["answers"].get("own_words", ""))
        fixtures.briefs[entry["key"]] = brief.reference

    return begin


def _save_topic_action(
    timeline: Timeline, fixtures: Fixtures, entry: Entry, writer: str, topic_code: str
) -> Callable[[], None]:
    def save() -> None:
        topic = guide.load().topic(topic_code)
        answers = entry["answers"]
        parsed_answers = [
            _parse_answer(timeline, q, answers[q.code]) for q in topic.questions if q.code in answers
        ]
        saved = use_cases.save_topic(
            fixtures.viewer(writer), fixtures.briefs[entry["key"]], topic_code, parsed_answers, {}
        )
        if saved.rejected:
            raise ValueError(entry["key"], [reading.error for reading in saved.rejected])

    return save


def _parse_answer(timeline: Timeline, question: Question, written: Any) -> ParsedAnswer:
    """Return an answer as the form would parse it; a number of days becomes a date or month."""
    value = written
    if question.type in {"date", "month"} and isinstance(written, int):
        day = _working_day(timeline.day(written)) if written > 0 else timeline.day(written)
        value = day.isoformat() if question.type == "date" else day.isoformat()[:7]
    return ParsedAnswer(question, value, value, guide.check_value(question, value, clock.today()))


def _working_day(day: dt.date) -> dt.date:
    return day if clock.is_working_day(day) else clock.add_working_days(day, 1)


def _seed_review(timeline: Timeline, fixtures: Fixtures, entry: Entry, writer: str, review: Entry) -> None:
    def ask() -> None:
        use_cases.ask_for_review(fixtures.viewer(writer), fixtures.briefs[entry["key"]], review["message"])

    def answer() -> None:
        reader, reference = fixtures.viewer(review["by"]), fixtures.briefs[entry["key"]]
        use_cases.answer_review(reader, reference, review["verdict"], review["comment"])

    timeline.add(review["asked"], entry["key"], ask, minutes=60)
    if "answered" in review:
        timeline.add(review["answered"], entry["key"], answer)


def _seed_question(timeline: Timeline, fixtures: Fixtures, entry: Entry, question: Entry) -> None:
    def ask() -> None:
        asker = fixtures.viewer(owner_email("supplier", question["supplier"]))
        use_cases.ask_question(asker, fixtures.briefs[entry["key"]], question["text"])

    def answer() -> None:
        company, reference = (
            fixtures.viewer(owner_email("company", entry["company"])),
            fixtures.briefs[entry["key"]],
        )
        query = select(ClarificationQuestion.id).where(ClarificationQuestion.text == question["text"])
        question_id = session.scalars(query).one()
        use_cases.answer_question(
            company, reference, question_id, question["public_text"], question["answer"]
        )

    key = f"{entry['key']} {question['supplier']}"
    timeline.add(question["day"], key, ask)
    if "answered" in question:
        timeline.add(question["answered"], key, answer)
