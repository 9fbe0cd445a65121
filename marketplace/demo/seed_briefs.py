"""Companies write briefs, gardens read them, and suppliers are asked and ask."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from marketplace.briefs import guide, use_cases
from marketplace.briefs.guide import Question, Reading
from marketplace.briefs.models import ClarificationQuestion
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.demo import content_files as content
from marketplace.demo.fixtures import World
from marketplace.demo.timeline import History

Entry = dict[str, Any]
MINUTES_A_TOPIC = 6


def owner_of(kind: str, key: str) -> str:
    """Return the address of the person who may decide for a company or a supplier."""
    if kind == "supplier":
        found: str = next(entry["contact"]["email"] for entry in content.suppliers() if entry["key"] == key)
    else:
        entry = next(entry for entry in content.companies() if entry["key"] == key)
        found = next(person["email"] for person in entry["people"] if person["role"] == "owner")
    return found


def tell_briefs(history: History, world: World) -> None:
    """Let each brief be written, read by the garden where it was asked to, and published."""
    for entry in content.briefs():
        key, writer = entry["key"], entry.get("by") or owner_of("company", entry["company"])
        history.add(entry["created"], key, _beginning(world, entry, writer))
        questions = guide.load()
        written = {
            topic.code
            for topic in questions.topics
            if any(q.code in entry["answers"] for q in topic.questions)
        }
        for number, topic in enumerate(questions.topics, start=1):
            if topic.code in written:
                minutes = number * MINUTES_A_TOPIC
                history.add(
                    entry["created"], key, _saving(history, world, entry, writer, topic.code), minutes=minutes
                )
        if review := entry.get("review"):
            _tell_review(history, world, entry, writer, review)
        for question in entry.get("questions", ()):
            _tell_question(history, world, entry, question)


def _beginning(world: World, entry: Entry, writer: str) -> Callable[[], None]:
    def begin() -> None:
        brief = use_cases.create_draft(world.viewer(writer), entry["answers"].get("own_words", ""))
        world.briefs[entry["key"]] = brief.reference

    return begin


def _saving(history: History, world: World, entry: Entry, writer: str, topic_code: str) -> Callable[[], None]:
    def save() -> None:
        topic = guide.load().topic(topic_code)
        answers = entry["answers"]
        readings = [_reading(history, q, answers[q.code]) for q in topic.questions if q.code in answers]
        saved = use_cases.save_topic(
            world.viewer(writer), world.briefs[entry["key"]], topic_code, readings, {}
        )
        if saved.refused:
            raise ValueError(entry["key"], [reading.error for reading in saved.refused])

    return save


def _reading(history: History, question: Question, written: Any) -> Reading:
    """Return an answer as if it had come from the form; a number of days becomes its date or month."""
    value = written
    if question.type in {"date", "month"} and isinstance(written, int):
        day = _working_day(history.day(written)) if written > 0 else history.day(written)
        value = day.isoformat() if question.type == "date" else day.isoformat()[:7]
    return Reading(question, value, value, guide.check_value(question, value, clock.today()))


def _working_day(day: dt.date) -> dt.date:
    return day if clock.is_working_day(day) else clock.add_working_days(day, 1)


def _tell_review(history: History, world: World, entry: Entry, writer: str, review: Entry) -> None:
    def ask() -> None:
        use_cases.ask_for_review(world.viewer(writer), world.briefs[entry["key"]], review["message"])

    def answer() -> None:
        reader, reference = world.viewer(review["by"]), world.briefs[entry["key"]]
        use_cases.answer_review(reader, reference, review["verdict"], review["comment"])

    history.add(review["asked"], entry["key"], ask, minutes=60)
    if "answered" in review:
        history.add(review["answered"], entry["key"], answer)


def _tell_question(history: History, world: World, entry: Entry, question: Entry) -> None:
    def ask() -> None:
        asker = world.viewer(owner_of("supplier", question["supplier"]))
        use_cases.ask_question(asker, world.briefs[entry["key"]], question["text"])

    def answer() -> None:
        company, reference = world.viewer(owner_of("company", entry["company"])), world.briefs[entry["key"]]
        query = select(ClarificationQuestion.id).where(ClarificationQuestion.text == question["text"])
        found = session.scalars(query).one()
        use_cases.answer_question(company, reference, found, question["public_text"], question["answer"])

    key = f"{entry['key']} {question['supplier']}"
    history.add(question["day"], key, ask)
    if "answered" in question:
        history.add(question["answered"], key, answer)
