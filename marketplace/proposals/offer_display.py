"""The values of an offer as text, for the pages that show it in full and for the comparison."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.core.i18n import format_date, format_list, format_money, gettext as _
from marketplace.proposals.offer_content import (
    AttachedFile,
    CitedCase,
    OfferContent,
    PriceLine,
    RequirementAnswer,
    count_met,
)
from marketplace.proposals.offer_field_types import FieldKind, OfferField, OfferSection
from marketplace.proposals.offer_fields import OFFER_FIELDS, SECTIONS, fields_of

CRITERION_SECTIONS: Mapping[str, Collection[OfferSection]] = {
    "understanding": (OfferSection.JOB, OfferSection.PLAN, OfferSection.WISH),
    "experience": (OfferSection.EXPERIENCE, OfferSection.MUST, OfferSection.FILES),
    "price": (OfferSection.PRICE, OfferSection.TERMS),
    "cooperation": (OfferSection.FOLLOW_UP, OfferSection.PLAN),
}
"""The sections of an offer that answer each criterion."""


@dataclass(frozen=True, slots=True)
class OfferDisplay:
    """An offer in full, as labels with values, in the order of the table of fields.

    `owned` lists what the company wants to own, in the current locale. `is_own` gives the supplier's own pages the
    headings of the form. Only the fields of `sections` are shown.
    """

    content: OfferContent
    owned: Sequence[str]
    is_own: bool = False
    sections: Collection[OfferSection] = tuple(OfferSection)

    @classmethod
    def for_criterion(cls, content: OfferContent, owned: Sequence[str], criterion: str) -> "OfferDisplay":
        """Return the part of an offer that answers one criterion."""
        return cls(content, owned, sections=CRITERION_SECTIONS[criterion])

    @property
    def is_empty(self) -> bool:
        """True if the offer answers nothing in these sections."""
        return not any(
            bool(self._value(field)) or self._value(field) in (0, False)
            for field in OFFER_FIELDS
            if field.section in self.sections
        )

    @property
    def introductions(self) -> list[tuple[str, str]]:
        """The long texts about the job."""
        return [
            (str(field.label if self.is_own else field.display_label), self._value(field))
            for field in self._fields(FieldKind.LONG_TEXT)
            if field.section in {OfferSection.JOB, OfferSection.EXPERIENCE} and self._value(field)
        ]

    @property
    def cited_cases(self) -> list[tuple[str, Sequence[CitedCase]]]:
        """The case studies that the offer refers to."""
        return [
            (str(field.display_label), self._value(field))
            for field in self._fields(FieldKind.CASES)
            if self._value(field)
        ]

    @property
    def follow_up(self) -> list[tuple[str, str]]:
        """The long texts about cooperation and follow-up that are filled in."""
        return [
            (str(field.display_label), self._value(field))
            for field in self._fields(FieldKind.LONG_TEXT)
            if field.section is OfferSection.FOLLOW_UP and self._value(field)
        ]

    @property
    def attachments(self) -> list[tuple[str, Sequence[AttachedFile]]]:
        """The files of the offer."""
        return [
            (str(field.display_label), self._value(field))
            for field in self._fields(FieldKind.FILES)
            if self._value(field)
        ]

    @property
    def price_tables(self) -> list[tuple[str, Sequence[PriceLine]]]:
        """The prices of the deliverables."""
        return [
            (str(field.display_label), self._value(field)) for field in self._fields(FieldKind.PRICE_LINES)
        ]

    @property
    def amounts(self) -> list[tuple[str, int | None]]:
        """The amounts under the price table."""
        return [(str(field.display_label), self._value(field)) for field in self._fields(FieldKind.AMOUNT)]

    @property
    def conditions(self) -> list[tuple[str, str]]:
        """The long texts about the price that are filled in."""
        return [
            (str(field.display_label), self._value(field))
            for field in self._fields(FieldKind.LONG_TEXT)
            if field.section is OfferSection.PRICE and self._value(field)
        ]

    @property
    def answers(self) -> list[tuple[str, Sequence[RequirementAnswer]]]:
        """The answers to must-haves and wishes."""
        return [
            (str(field.display_label), self._value(field))
            for field in self._fields(FieldKind.ANSWERS)
            if self._value(field)
        ]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Dates, people and terms as short texts."""
        return [
            (str(field.display_label), self._fact_text(field) or _("Not answered"))
            for field in OFFER_FIELDS
            if field.section in {OfferSection.PLAN, OfferSection.TERMS}
            and field.section in self.sections
            and field.display_label
        ]

    @property
    def facts_heading(self) -> str:
        """Heading of the facts. If only one section is shown, the heading of that section."""
        shown = [code for code in (OfferSection.PLAN, OfferSection.TERMS) if code in self.sections]
        return str(SECTIONS[shown[0]].heading) if len(shown) == 1 else _("Dates, people and ownership")

    def _fields(self, kind: FieldKind) -> Iterator[OfferField]:
        return (field for field in fields_of(kind) if field.section in self.sections)

    def _value(self, field: OfferField) -> Any:
        return getattr(self.content, field.name)

    def _fact_text(self, field: OfferField) -> str:
        if field.asked_by == "ownership" and self._value(field) and self.owned:
            return format_list(list(self.owned)).capitalize()
        return value_text(field, self.content)


def value_text(field: OfferField, content: OfferContent) -> str:
    """Return the value of a field in the current locale; empty if it is not answered."""
    value = getattr(content, field.name)
    if field.kind is FieldKind.ANSWERS:
        return _("%(met)s of %(total)s", met=count_met(value), total=len(value))
    if value in {None, ""}:
        return ""
    if field.kind is FieldKind.DATE:
        return format_date(value)
    if field.kind is FieldKind.AMOUNT:
        return format_money(value)
    if field.kind is FieldKind.YES_NO:
        detail = getattr(content, field.detail) if field.detail else ""
        return str(field.yes_text if value else field.no_text) % {"what": detail}
    return str(value)
