"""Parsing of submitted answers: one parser for each type of question.

A parser returns the value to store, the text to show again in the field, and a problem if the input cannot be parsed.
Whether the value is an acceptable answer is checked by `validation.check_value`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from marketplace.briefs.guide.questions import Question
from marketplace.core.dates import parse_date, parse_month
from marketplace.core.errors import UnreadableInputError
from marketplace.core.numbers import MAX_NUMBER, parse_whole_number
from marketplace.core.places import municipalities_named
from marketplace.core.text import has_control_characters, parse_lines, remove_invisible
from marketplace.core.web_address import parse_web_address

_YES, _NO = {"yes", "true", "on", "1", "y"}, {"", "no", "false", "off", "0"}


class RawAnswers(Protocol):
    """Submitted form data: for each name a list of values."""

    def getlist(self, key: str) -> list[str]:
        """Return the values of a name; an empty list if it is missing."""
        ...


@dataclass(frozen=True)
class Problem:
    """Reason why an answer is not acceptable: the code of a message in the guide file and the values that fill it in.

    An answer with a soft problem can be stored, because a draft may be unfinished.
    """

    code: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def is_soft(self) -> bool:
        """True if the answer can be stored in a draft as it is."""
        return self.code in {"empty", "incomplete", "too_few_words", "too_few_chars"}


ParseResult = tuple[Any, Any, Problem | None]


def _clean(text: str) -> tuple[str, Problem | None]:
    return remove_invisible(text), Problem("control") if has_control_characters(text) else None


def _first(question: Question, raw: RawAnswers, suffix: str = "") -> tuple[str, Problem | None]:
    values = raw.getlist(question.code + suffix)
    return _clean(values[0]) if values else ("", None)


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _parse_text(question: Question, raw: RawAnswers) -> ParseResult:
    text, problem = _first(question, raw)
    return _line(text), _line(text), problem


def _parse_long_text(question: Question, raw: RawAnswers) -> ParseResult:
    text, problem = _first(question, raw)
    return text.strip(), text.strip(), problem


def _parse_choice(question: Question, raw: RawAnswers) -> ParseResult:
    text, problem = _first(question, raw)
    code = text.strip()
    if code and code not in question.option_codes():
        problem = problem or Problem("wrong_option")
    return code, code, problem


def _parse_choices(question: Question, raw: RawAnswers) -> ParseResult:
    allowed = question.option_codes()
    given = dict.fromkeys(value.strip() for value in raw.getlist(question.code) if value.strip())
    known = [code for code in allowed if code in given]
    return known, known, Problem("wrong_option") if len(known) < len(given) else None


def _parse_list(question: Question, raw: RawAnswers) -> tuple[list[str], str, Problem | None]:
    text, problem = _clean("\n".join(raw.getlist(question.code)))
    return parse_lines(text), text.strip("\n"), problem


def _parse_urls(question: Question, raw: RawAnswers) -> ParseResult:
    lines, typed, problem = _parse_list(question, raw)
    addresses = []
    for number, line in enumerate(lines, start=1):
        try:
            addresses.append(parse_web_address(line) if len(line) < MAX_URL_LENGTH else line)
        except UnreadableInputError:
            addresses.append(line)
            problem = problem or Problem("bad_url", {"line": number})
    return list(dict.fromkeys(addresses)), typed, problem


def _parse_municipality(question: Question, raw: RawAnswers) -> ParseResult:
    text, _problem = _first(question, raw)
    place = _line(text)
    if not place:
        return "", "", None
    named = municipalities_named(place)
    number = named[0].number if len(named) == 1 else ""
    return (number, number, None) if number else ("", place, Problem("unknown_place"))


MAX_URL_LENGTH = 2000


def _parse_date(question: Question, raw: RawAnswers) -> ParseResult:
    text, _problem = _first(question, raw)
    typed = _line(text)
    if not typed:
        return "", "", None
    day = parse_date(typed)
    return (day.isoformat(), day.isoformat(), None) if day else ("", typed, Problem("bad_date"))


def _parse_month(question: Question, raw: RawAnswers) -> ParseResult:
    text, _problem = _first(question, raw)
    typed = _line(text)
    month = parse_month(typed) if typed else ""
    return (month, typed, None) if month is not None else ("", typed, Problem("bad_month"))


def _whole_number(text: str) -> int | None:
    try:
        return parse_whole_number(text, 0, MAX_NUMBER)
    except UnreadableInputError:
        return None


def _parse_number(question: Question, raw: RawAnswers) -> ParseResult:
    text, _problem = _first(question, raw)
    typed = _line(text)
    number = _whole_number(typed)
    limits = {"min": question.limits["min"], "max": question.limits["max"]}
    return number, typed, Problem("bad_number", limits) if typed and number is None else None


def _parse_boolean(question: Question, raw: RawAnswers) -> ParseResult:
    values = [value.strip().casefold() for value in raw.getlist(question.code)]
    if any(value not in _YES | _NO for value in values):
        return False, False, Problem("wrong_option")
    truth = any(value in _YES for value in values)
    return truth, truth, None


def _parse_grid(question: Question, raw: RawAnswers) -> ParseResult:
    answers: dict[str, str] = {}
    problem = None
    for row in question.rows:
        code = _first(question, raw, f"-{row}")[0].strip()
        if code in question.options:
            answers[row] = code
        elif code:
            problem = Problem("wrong_option")
    return answers, answers, problem


def _parse_weights(question: Question, raw: RawAnswers) -> ParseResult:
    typed = {row: _line(_first(question, raw, f"-{row}")[0]) for row in question.rows}
    numbers = {row: _whole_number(text) for row, text in typed.items() if text}
    if not numbers:
        return {}, typed, None
    top = question.limits["sum"]
    if len(numbers) < len(typed) or any(number is None or number > top for number in numbers.values()):
        return {}, typed, Problem("bad_number", {"min": 0, "max": top})
    return numbers, typed, None


PARSERS: dict[str, Callable[[Question, RawAnswers], ParseResult]] = {
    "text": _parse_text,
    "long_text": _parse_long_text,
    "choice": _parse_choice,
    "choices": _parse_choices,
    "services": _parse_choices,
    "list": _parse_list,
    "urls": _parse_urls,
    "municipality": _parse_municipality,
    "date": _parse_date,
    "month": _parse_month,
    "number": _parse_number,
    "boolean": _parse_boolean,
    "grid": _parse_grid,
    "weights": _parse_weights,
}
