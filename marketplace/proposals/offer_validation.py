"""Problems that prevent an offer from being submitted, each with the form field that solves it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from marketplace.core.i18n import format_date, gettext as _, ngettext
from marketplace.proposals.offer_content import OfferContent, RequirementAnswer
from marketplace.proposals.offer_field_types import FieldKind, OfferField
from marketplace.proposals.offer_fields import OFFER_FIELDS
from marketplace.proposals.price_comparison import PriceKind


@dataclass(frozen=True, slots=True)
class OfferProblem:
    """A reason why an offer cannot be submitted, and the form field to change."""

    field: str
    message: str


def find_problems(content: OfferContent, today: dt.date, decision: dt.date) -> list[OfferProblem]:
    """Return everything that prevents submission, in the order of the form, too long texts last.

    `decision` is the day when the company decides, or the day of the deadline if that is later.
    """
    days = {"today": today, "decision": decision}
    problems = [problem for field in OFFER_FIELDS for problem in _field_problems(field, content, days)]
    return [*problems, *find_long_texts(content)]


def find_long_texts(content: OfferContent) -> list[OfferProblem]:
    """Return a problem for each text that exceeds its word limit."""
    return [
        OfferProblem(
            name,
            ngettext(
                "Shorten this to %(num)s word. It is now %(count)s.",
                "Shorten this to %(num)s words. It is now %(count)s.",
                field.max_words,
                count=count_words(text),
            ),
        )
        for field in OFFER_FIELDS
        if field.max_words
        for name, text in _texts(field, content)
        if count_words(text) > field.max_words
    ]


def count_words(text: str) -> int:
    """Count the words of a text, separated by white space."""
    return len(text.split())


def _texts(field: OfferField, content: OfferContent) -> Iterator[tuple[str, str]]:
    """Yield the form field and text of each limited text of a field."""
    value = getattr(content, field.name)
    if field.kind is not FieldKind.ANSWERS:
        yield field.name, value
        return
    for index, answer in enumerate(value):
        yield f"{field.form_prefix}_{index}_text", answer.text


def _field_problems(
    field: OfferField, content: OfferContent, days: dict[str, dt.date]
) -> Iterator[OfferProblem]:
    value = getattr(content, field.name)
    if field.kind is FieldKind.ANSWERS:
        if field.is_required:
            for index, answer in enumerate(value):
                yield from _answer_problems(f"{field.form_prefix}_{index}", answer)
    elif field.kind is FieldKind.PRICE_LINES:
        if field.is_required and value and all(line.kind is PriceKind.NOT_PRICED for line in value):
            yield OfferProblem(f"{field.form_prefix}_0_amount", str(field.missing))
    elif value in (None, "", ()):
        if _is_required(field, content):
            yield OfferProblem(field.name, str(field.missing))
    elif field.not_before:
        bound = days.get(field.not_before) or getattr(content, field.not_before)
        if bound is not None and value < bound:
            yield OfferProblem(field.name, str(field.too_early) % {"date": format_date(bound)})


def _is_required(field: OfferField, content: Any) -> bool:
    if field.required_when is None:
        return field.is_required
    name, answer = field.required_when
    return getattr(content, name) is answer


def _answer_problems(name: str, answer: RequirementAnswer) -> Iterator[OfferProblem]:
    if answer.met is None:
        yield OfferProblem(f"{name}_met", _("Answer yes or no to “%(demand)s”.", demand=answer.demand))
    elif answer.met and not answer.text:
        yield OfferProblem(f"{name}_text", _("Show how you meet “%(demand)s”.", demand=answer.demand))
