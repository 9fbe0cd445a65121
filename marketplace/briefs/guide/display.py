"""Answers as text for people: rows of the finished brief, cut to what a reader may see."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.briefs.guide.questions import Guide, Question
from marketplace.briefs.guide.validation import is_empty, month_text
from marketplace.core.i18n import current_locale, format_date, format_list
from marketplace.core.places import find_municipality

# Who reads, and which answers that opens. The company itself sees all of them.
READERS = {
    "company": {"public", "invited", "internal"},
    "supplier": {"public", "invited"},
    "public": {"public"},
}


@dataclass(frozen=True)
class Row:
    """One answer of a brief: its short name, and its value as text, or as items when it is a list."""

    code: str
    label: str
    text: str
    items: tuple[str, ...]
    visibility: str


def value_items(question: Question, value: Any) -> tuple[str, ...]:
    """Return an answer that is a list as its items in the reader's language, else nothing."""
    if is_empty(value):
        return ()
    if question.type in {"choices", "services"}:
        return tuple(question.option_label(code) for code in value)
    if question.type in {"list", "urls"}:
        return tuple(value)
    if question.type == "grid":
        return tuple(
            f"{question.row_label(row)}: {_lower_first(question.option_label(value[row]))}"
            for row in question.rows
            if row in value
        )
    if question.type == "weights":
        return tuple(f"{question.row_label(row)}: {value.get(row, 0)}" for row in question.rows)
    return ()


def value_text(question: Question, value: Any) -> str:
    """Return an answer as one text in the reader's language; no answer is an empty text."""
    if is_empty(value):
        return ""
    write = _WRITERS.get(question.type)
    if write:
        return write(question, value)
    items = value_items(question, value)
    if items and question.options:
        return format_list([items[0], *(_lower_first(item) for item in items[1:])])
    return ", ".join(items) or str(value)


def _place(value: str) -> str:
    place = find_municipality(value)
    return place.name if place else value


_WRITERS: Mapping[str, Callable[[Question, Any], str]] = {
    "choice": lambda question, value: question.option_label(str(value)),
    "boolean": lambda question, value: question.truth_label(value=bool(value)),
    "date": lambda _question, value: format_date(dt.date.fromisoformat(str(value))),
    "month": lambda _question, value: month_text(str(value)),
    "municipality": lambda _question, value: _place(str(value)),
}


def _lower_first(text: str) -> str:
    """Return a choice as it stands inside a sentence; English keeps its capitals, as in Norwegian tourists."""
    return text if current_locale() == "en" or not text[1:2].islower() else text[:1].lower() + text[1:]


def document_rows(guide: Guide, answers: Mapping[str, Any], reader: str) -> dict[str, Row]:
    """Return the answered questions that a reader may see, by code, in the guide's order.

    `reader` is company, supplier or public. A code that is not there was not answered, or is not for this
    reader.
    """
    allowed = READERS[reader]
    return {
        question.code: Row(
            question.code,
            question.short,
            value_text(question, answers[question.code]),
            value_items(question, answers[question.code]),
            question.visibility,
        )
        for question in guide
        if question.visibility in allowed and not is_empty(answers.get(question.code))
    }
