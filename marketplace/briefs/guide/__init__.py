"""The procurement guide: its questions, and the parsing, validation, progress and display of answers."""

from marketplace.briefs.guide.display import Row, document_rows, value_items, value_text
from marketplace.briefs.guide.parsing import Problem
from marketplace.briefs.guide.progress import (
    AnswerProblem,
    CompanyFacts,
    deadline_limits,
    effective_answers,
    find_answer_problems,
    presets,
    topic_state,
    topics_done,
)
from marketplace.briefs.guide.questions import Example, Guide, GuideSection, Lesson, Question, Topic, load
from marketplace.briefs.guide.validation import ParsedAnswer, check_value, form_value, is_empty, parse

__all__ = [
    "AnswerProblem",
    "CompanyFacts",
    "Example",
    "Guide",
    "GuideSection",
    "Lesson",
    "ParsedAnswer",
    "Problem",
    "Question",
    "Row",
    "Topic",
    "check_value",
    "deadline_limits",
    "document_rows",
    "effective_answers",
    "find_answer_problems",
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
