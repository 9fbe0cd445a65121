"""The procurement guide as data: its questions, how answers are read, checked, counted and shown."""

from marketplace.briefs.guide.display import Row, document_rows, value_items, value_text
from marketplace.briefs.guide.parsing import Problem
from marketplace.briefs.guide.progress import (
    Company,
    Gap,
    deadline_limits,
    effective_answers,
    missing,
    presets,
    topic_state,
    topics_done,
)
from marketplace.briefs.guide.questions import Example, Guide, Lesson, Question, Section, Topic, load
from marketplace.briefs.guide.validation import Reading, check_value, is_empty, parse, shown_value

__all__ = [
    "Company",
    "Example",
    "Gap",
    "Guide",
    "Lesson",
    "Problem",
    "Question",
    "Reading",
    "Row",
    "Section",
    "Topic",
    "check_value",
    "deadline_limits",
    "document_rows",
    "effective_answers",
    "is_empty",
    "load",
    "missing",
    "parse",
    "presets",
    "shown_value",
    "topic_state",
    "topics_done",
    "value_items",
    "value_text",
]
