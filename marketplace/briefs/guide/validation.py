"""Validation of answers against the limits of the guide file, when an answer is saved and again before publication."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.briefs.guide.parsing import PARSERS, Problem, RawAnswers
from marketplace.briefs.guide.questions import Question
from marketplace.core import clock, i18n
from marketplace.core.dates import UNKNOWN_MONTH

CHARACTERS_PER_WORD = 40


@dataclass(frozen=True)
class ParsedAnswer:
    """A submitted answer: the value to store, the text to show again, and the problem, if any."""

    question: Question
    value: Any
    typed: Any
    problem: Problem | None = None

    @property
    def is_accepted(self) -> bool:
        """True if the value can be stored."""
        return self.problem is None or self.problem.is_soft

    @property
    def error(self) -> str:
        """Error message for the field, or an empty text."""
        return problem_text(self.question, self.problem) if self.problem else ""


def parse(question: Question, raw: RawAnswers, today: dt.date) -> ParsedAnswer:
    """Parse and validate one answer from submitted form data. What was typed is always returned, to be shown again."""
    value, typed, problem = PARSERS[question.type](question, raw)
    return ParsedAnswer(question, value, typed, problem or check_value(question, value, today))


def problem_text(question: Question, problem: Problem) -> str:
    """Return the message of a problem in the user's language, with dates and lists formatted."""
    values: dict[str, object] = {"year": clock.today().year + 1}
    for name, value in problem.values.items():
        if isinstance(value, dt.date):
            values[name] = i18n.format_date(value)
        elif isinstance(value, list):
            values[name] = i18n.format_list([question.row_label(row) for row in value])
        else:
            values[name] = value
    return question.error_text(problem.code, values)


def is_empty(value: Any) -> bool:
    """Return True if a value is not an answer. False is an answer to a yes-or-no question."""
    return value is None or (not isinstance(value, bool) and value in ("", [], {}))


def check_value(question: Question, value: Any, today: dt.date) -> Problem | None:
    """Return the problem of a stored value on a day, or None. An optional question may be empty."""
    if is_empty(value):
        return Problem("empty") if question.required else None
    return _CHECKS[question.type](question, value, today)


def count_words(text: str) -> int:
    """Return the number of words in a text."""
    return len(text.split())


def _check_text(question: Question, value: Any, today: dt.date) -> Problem | None:
    del today
    count, limits = len(str(value)), question.limits
    if count > limits["max_chars"]:
        return Problem("too_many_chars", {"count": count, "max": limits["max_chars"]})
    if count < limits.get("min_chars", 0):
        return Problem("too_few_chars", {"count": count, "min": limits["min_chars"]})
    return None


def _check_long_text(question: Question, value: Any, today: dt.date) -> Problem | None:
    del today
    text, limits = str(value), question.limits
    count, characters = count_words(text), limits["max_words"] * CHARACTERS_PER_WORD
    if count > limits["max_words"]:
        return Problem("too_many_words", {"count": count, "max": limits["max_words"]})
    if len(text) > characters:
        return Problem("too_many_chars", {"count": len(text), "max": characters})
    if count < limits.get("min_words", 0):
        return Problem("too_few_words", {"count": count, "min": limits["min_words"]})
    return None


def _check_choice(question: Question, value: Any, today: dt.date) -> Problem | None:
    del today
    return None if value in question.option_codes() else Problem("wrong_option")


def _check_choices(question: Question, value: Any, today: dt.date) -> Problem | None:
    del today
    allowed = question.option_codes()
    if not isinstance(value, list) or any(code not in allowed for code in value):
        return Problem("wrong_option")
    if len(value) > question.limits["max_items"]:
        return Problem("too_many_choices", {"count": len(value), "max": question.limits["max_items"]})
    return None


def _check_list(question: Question, value: Any, today: dt.date) -> Problem | None:
    del today
    limits = question.limits
    if not isinstance(value, list) or len(value) > limits["max_items"]:
        return Problem("too_many_items", {"count": len(value), "max": limits["max_items"]})
    seen: set[str] = set()
    for number, line in enumerate(value, start=1):
        if len(line) > limits["max_chars"]:
            return Problem("item_too_long", {"line": number, "count": len(line), "max": limits["max_chars"]})
        if line.casefold() in seen:
            return Problem("duplicate_item", {"line": number})
        seen.add(line.casefold())
    return None


def latest_day(today: dt.date, years: int) -> dt.date:
    """Return the latest date accepted, a number of years ahead."""
    return today + dt.timedelta(days=round(365.25 * years))


def _check_date(question: Question, value: Any, today: dt.date) -> Problem | None:
    try:
        day = dt.date.fromisoformat(str(value))
    except ValueError:
        return Problem("bad_date")
    limits = question.limits
    if "min_working_days" in limits:
        earliest = clock.add_working_days(today, limits["min_working_days"])
        if day < earliest:
            return Problem("date_too_soon", {"min": limits["min_working_days"], "earliest": earliest})
    if day < today:
        return Problem("date_past")
    days = limits.get("max_days")
    latest = today + dt.timedelta(days=days) if days else latest_day(today, limits["max_years"])
    return Problem("date_too_late", {"latest": latest}) if day > latest else None


def _check_month(question: Question, value: Any, today: dt.date) -> Problem | None:
    if value == UNKNOWN_MONTH:
        return None
    try:
        month = dt.date.fromisoformat(f"{value}-01")
    except ValueError:
        return Problem("bad_month")
    if month < today.replace(day=1):
        return Problem("date_past")
    latest = latest_day(today, question.limits["max_years"])
    return Problem("date_too_late", {"latest": latest}) if month > latest else None


def _check_number(question: Question, value: Any, today: dt.date) -> Problem | None:
    del today
    low, high = question.limits["min"], question.limits["max"]
    inside = isinstance(value, int) and low <= value <= high
    return None if inside else Problem("bad_number", {"min": low, "max": high})


def _check_grid(question: Question, value: Any, today: dt.date) -> Problem | None:
    del today
    missing = [row for row in question.rows if row not in value]
    return Problem("incomplete", {"rows": missing}) if missing else None


def _check_weights(question: Question, value: Any, today: dt.date) -> Problem | None:
    del today
    total = sum(value.values())
    top = question.limits["sum"]
    return Problem("weights_sum", {"count": total, "max": top}) if total != top else None


def _accept_any(question: Question, value: Any, today: dt.date) -> Problem | None:
    del question, value, today
    return None


_CHECKS: Mapping[str, Callable[[Question, Any, dt.date], Problem | None]] = {
    "text": _check_text,
    "long_text": _check_long_text,
    "choice": _check_choice,
    "choices": _check_choices,
    "services": _check_choices,
    "list": _check_list,
    "urls": _check_list,
    "municipality": _accept_any,
    "date": _check_date,
    "month": _check_month,
    "number": _check_number,
    "boolean": _accept_any,
    "grid": _check_grid,
    "weights": _check_weights,
}


def form_value(question: Question, value: Any) -> Any:
    """Return a stored value as a form field shows it: a text, a list of codes, a boolean, or texts by row."""
    convert = _FORM_VALUES.get(question.type)
    if convert:
        return convert(question, value)
    return "" if value is None else str(value)


_FORM_VALUES: Mapping[str, Callable[[Question, Any], Any]] = {
    "list": lambda _question, value: "\n".join(value or ()),
    "urls": lambda _question, value: "\n".join(value or ()),
    "weights": lambda question, value: {row: str((value or {}).get(row, "")) for row in question.rows},
    "grid": lambda _question, value: dict(value or {}),
    "choices": lambda _question, value: list(value or ()),
    "services": lambda _question, value: list(value or ()),
    "boolean": lambda _question, value: bool(value),
    "month": lambda _question, value: month_text(str(value)) if value else "",
}


def month_text(month: str) -> str:
    """Return "juni 2027" for "2027-06" and "Vet ikke" for UNKNOWN_MONTH, in the user's language."""
    if month == UNKNOWN_MONTH:
        return i18n.gettext("Don't know")
    return (
        i18n.format_date(dt.date.fromisoformat(f"{month}-01")).split("1", 1)[1].lstrip(".\N{NO-BREAK SPACE} ")
    )
