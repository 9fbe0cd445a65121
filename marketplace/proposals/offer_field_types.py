"""Types of the table of offer fields: kinds of value, sections of the form, and a row."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Text = Any
"""A lazily translated text, or an empty string."""


class FieldKind(StrEnum):
    """The type of a field's value, which decides its form field, codec and display."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    AMOUNT = "amount"
    DATE = "date"
    YES_NO = "yes_no"
    PRICE_LINES = "price_lines"
    ANSWERS = "answers"
    CASES = "cases"
    FILES = "files"


class OfferSection(StrEnum):
    """A section of the form."""

    JOB = "job"
    EXPERIENCE = "experience"
    PRICE = "price"
    PLAN = "plan"
    MUST = "must"
    WISH = "wish"
    FOLLOW_UP = "follow_up"
    TERMS = "terms"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class SectionTexts:
    """The heading of a form section, and the introduction under it."""

    heading: Text
    introduction: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferField:
    """A field of an offer. `name` is the attribute of the content, the form field and the key in stored JSON.

    PRICE_LINES and ANSWERS hold one item per entry that the brief lists in `asked_by`; their form fields are named
    `<form_prefix>_<index>_<part>`. A YES_NO field may name a `detail` field that explains the answer; a YES_NO field with
    `asked_by` shows that list when the answer is yes.
    """

    name: str
    kind: FieldKind
    section: OfferSection
    label: Text = ""
    hint: Text = ""
    choices: tuple[tuple[str, Text], ...] = ()
    form_prefix: str = ""
    asked_by: str = ""
    detail: str = ""
    accept: tuple[str, ...] = ()
    """For AMOUNT: the additions that `parse_nok` accepts."""
    max_length: int = 0
    max_words: int = 0
    is_required: bool = False
    required_when: tuple[str, bool] | None = None
    """Name and answer of the YES_NO field that makes this one required."""
    missing: Text = ""
    """Error when a required value is missing."""
    not_before: str = ""
    """For DATE: "today", "decision" or the name of another date field."""
    too_early: Text = ""
    """Error when the date is too early; `%(date)s` stands for the earliest one."""
    display_label: Text = ""
    """Label on the pages that show an offer in full; empty for details, which are shown with their YES_NO field."""
    comparison_label: Text = ""
    """Label of the row in the comparison; empty when the field is not compared."""
    yes_text: Text = ""
    no_text: Text = ""
    """Texts for the answers of a YES_NO field; `%(what)s` stands for the detail."""
    is_gap_when_no: bool = False
    is_compared_when_yes: bool = False
    """Leave the row out of the comparison unless an offer answers yes."""

    @property
    def has_items(self) -> bool:
        """Return True if the value is a tuple with one item per entry of the brief."""
        return self.kind in {FieldKind.PRICE_LINES, FieldKind.ANSWERS}

    @property
    def default(self) -> Any:
        """Return the value of a field that is not answered."""
        if self.has_items or self.kind in {FieldKind.CASES, FieldKind.FILES}:
            return ()
        return "" if self.kind in {FieldKind.TEXT, FieldKind.LONG_TEXT} else None
