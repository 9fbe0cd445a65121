"""The procurement guide: its questions, and the parsing, validation, progress and display of answers."""

from marketplace.briefs.guide.display import Row, document_rows, value_items, value_text
from marketplace.briefs.guide.parsing import Problem
from marketplace.briefs.guide.progress import (
    Company,
    Gap,
    deadline_limits,
    effective_answers,
    find_gaps,
    presets,
    topic_state,
    topics_done,
)
from marketplace.briefs.guide.questions import Example, Guide, Lesson, Question, Section, Topic, load
from marketplace.briefs.guide.validation import ParsedAnswer, check_value, form_value, is_empty, parse

__all__ = [
    "Company",
    "Example",
    "Gap",
    "Guide",
    "Lesson",
    "ParsedAnswer",
    "Problem",
    "Question",
    "Row",
    "Section",
    "Topic",
    "check_value",
    "deadline_limits",
    "document_rows",
    "effective_answers",
    "find_gaps",
    "form_value",
    "is_empty",
    "load",
    "parse",
    "presets",
    "topic_state",
    "topics_done",
    "value_items",
    "value_text",
]
