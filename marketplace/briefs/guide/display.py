"""Answers as localised text: the rows of a brief that an audience may see."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.briefs.guide.questions import Guide, Question
from marketplace.briefs.guide.validation import is_empty, month_text
from marketplace.core.i18n import current_locale, format_date, format_list
from marketplace.core.places import find_municipality

# Levels of visibility that each audience may see.
VISIBLE_LEVELS = {
    "company": {"public", "invited", "internal"},
    "supplier": {"public", "invited"},
    "public": {"public"},
}


@dataclass(frozen=True)
class Row:
    """One answer of a brief: its short name, and its value as text or, for a list, as items."""

    code: str
    label: str
    text: str
    items: tuple[str, ...]
    visibility: str


def value_items(question: Question, value: Any) -> tuple[str, ...]:
    """Return the items of a list answer in the user's language; empty for other types."""
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
    """Return an answer as one text in the user's language; empty if there is no answer."""
    if is_empty(value):
        return ""
    render = _FORMATTERS.get(question.type)
    if render:
        return render(question, value)
    items = value_items(question, value)
    if items and question.options:
        return format_list([items[0], *(_lower_first(item) for item in items[1:])])
    return ", ".join(items) or str(value)


def _place(value: str) -> str:
    place = find_municipality(value)
    return place.name if place else value


_FORMATTERS: Mapping[str, Callable[[Question, Any], str]] = {
    "choice": lambda question, value: question.option_label(str(value)),
    "boolean": lambda question, value: question.boolean_label(value=bool(value)),
    "date": lambda _question, value: format_date(dt.date.fromisoformat(str(value))),
    "month": lambda _question, value: month_text(str(value)),
    "municipality": lambda _question, value: _place(str(value)),
}


def _lower_first(text: str) -> str:
    """Lower the first letter of a choice inside a sentence, except in English, where it may be a proper adjective."""
    return text if current_locale() == "en" or not text[1:2].islower() else text[:1].lower() + text[1:]


def document_rows(guide: Guide, answers: Mapping[str, Any], audience: str) -> dict[str, Row]:
    """Return the answered questions that an audience may see, by code, in the guide's order.

    `audience` is company, supplier or public. Unanswered questions and those hidden from the audience are left out.
    """
    allowed = VISIBLE_LEVELS[audience]
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
