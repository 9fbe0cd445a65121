"""The procurement guide: its questions, and the parsing, validation, progress and display of answers."""

from marketplace.briefs.guide.display import Row, document_rows, value_items, value_text
from marketplace.briefs.guide.progress import (
    AnswerProblem,
    CompanyFacts,
    deadline_limits,
    effective_answers,
    find_answer_problems,
    presets,
    topic_state,
)
from marketplace.briefs.guide.questions import Guide, Question, Topic, load
from marketplace.briefs.guide.validation import ParsedAnswer, check_value, form_value, is_empty, parse
