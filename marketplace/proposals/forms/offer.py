"""The form of an offer, built from the table of fields and the requirements of one brief."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from wtforms import HiddenField

from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import format_date, gettext as _, lazy_gettext as _l
from marketplace.proposals.offer_content import (
    BriefRequirements,
    CitedCase,
    OfferContent,
    PriceLine,
    RequirementAnswer,
)
from marketplace.proposals.offer_field_types import FieldKind, OfferField, SectionTexts
from marketplace.proposals.offer_fields import OFFER_FIELDS, SECTIONS, fields_of
from marketplace.proposals.price_comparison import PriceKind
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    ChoicesField,
    DayField,
    LongTextField,
    NokField,
    TextField,
    UploadField,
    length,
)

DOCUMENT_TYPES = "application/pdf,image/jpeg,image/png,image/webp"
PRICE_KINDS = [
    (str(PriceKind.AMOUNT), _l("Price")),
    (str(PriceKind.INCLUDED), _l("Included in the rest")),
    (str(PriceKind.NOT_INCLUDED), _l("Not included")),
]
YES_NO = [("yes", _l("Yes")), ("no", _l("No"))]
_by_kind = attrgetter("kind")
_YES_NO_VALUES = {"yes": True, "no": False}
_YES_NO_CODES = {True: "yes", False: "no", None: ""}


class OfferForm(BaseForm):
    """An offer to one brief; `offer_form` adds a field per row of the table and per requirement."""

    requirements: BriefRequirements = BriefRequirements()
    own_cases: Sequence[CitedCase] = ()
    """The supplier's case studies, which the offer may cite."""

    seen = HiddenField()
    version = HiddenField()
    """Number of the brief's version that the form was rendered for. Its fields are numbered by that version's entries."""

    def item(self, field: OfferField, index: int, part: str) -> Any:
        """Return the form field for one part of one item: a price line or the answer to a requirement."""
        return self[_item_name(field, index, part)]

    def sections(self) -> Iterator[tuple[str, SectionTexts, list[list[OfferField]]]]:
        """Yield code, texts and fields of each section that the brief asks for, with consecutive fields of a kind in a group."""
        for section, texts in SECTIONS.items():
            fields = [field for field in OFFER_FIELDS if field.section is section]
            if any(not field.has_items or self.requirements.entries(field) for field in fields):
                yield section.value, texts, [list(group) for _kind, group in groupby(fields, _by_kind)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and that a price line has an amount only if its kind is a price."""
        ok = bool(super().validate(extra_validators))
        for field in fields_of(FieldKind.PRICE_LINES):
            for index in range(len(self.requirements.entries(field))):
                kind, amount = self.item(field, index, "kind"), self.item(field, index, "amount")
                if kind.data not in {"", None, str(PriceKind.AMOUNT)} and amount.data is not None:
                    self.add_rule_error(RuleBroken(_("Remove the amount, or choose Price."), amount.name))
                    ok = False
        return ok

    def seen_revision(self) -> int | None:
        """Return the revision that the form was rendered with, or None if it is missing or malformed."""
        match = re.fullmatch(r"[0-9]{1,8}", self.seen.data or "")
        return int(match.group()) if match else None

    _readable_only: bool = False

    def readable_content(self) -> OfferContent:
        """Return the submitted values, with the stored value where the submitted one has an error."""
        self._readable_only = True
        try:
            return self.content()
        finally:
            self._readable_only = False

    def _data(self, form_field: Any) -> Any:
        return form_field.object_data if self._readable_only and form_field.errors else form_field.data

    def content(self) -> OfferContent:
        """Return the submitted values."""
        return OfferContent(**{field.name: self._value(field) for field in OFFER_FIELDS})

    def _value(self, field: OfferField) -> Any:
        if field.kind is FieldKind.PRICE_LINES:
            return tuple(
                self._price_line(field, index, text)
                for index, text in enumerate(self.requirements.entries(field))
            )
        if field.kind is FieldKind.ANSWERS:
            return tuple(
                self._answer(field, index, text)
                for index, text in enumerate(self.requirements.entries(field))
            )
        data = self._data(self[field.name])
        if field.kind is FieldKind.FILES:
            return ()  # files are added and removed by the use cases
        if field.kind is FieldKind.CASES:
            return tuple(case for case in self.own_cases if str(case.id) in (data or ()))
        if field.kind is FieldKind.YES_NO:
            return _YES_NO_VALUES.get(data or "")
        return data or "" if field.kind in {FieldKind.TEXT, FieldKind.LONG_TEXT} else data

    def _price_line(self, field: OfferField, index: int, deliverable: str) -> PriceLine:
        chosen, amount, comment = (
            self._data(self.item(field, index, part)) for part in ("kind", "amount", "comment")
        )
        comment = comment or ""
        if chosen in {str(PriceKind.INCLUDED), str(PriceKind.NOT_INCLUDED)}:
            return PriceLine(deliverable, PriceKind(chosen), None, comment)
        kind = PriceKind.NOT_PRICED if amount is None else PriceKind.AMOUNT
        return PriceLine(deliverable, kind, amount, comment)

    def _answer(self, field: OfferField, index: int, demand: str) -> RequirementAnswer:
        met, text = (self._data(self.item(field, index, part)) for part in ("met", "text"))
        return RequirementAnswer(demand, _YES_NO_VALUES.get(met or ""), text or "")


def offer_form(
    requirements: BriefRequirements,
    content: OfferContent,
    revision: int,
    *,
    version: int = 1,
    cases: Sequence[CitedCase] = (),
    **fresh: Any,
) -> OfferForm:
    """Build the form for a brief, filled with an offer; `formdata=None` ignores the submitted values.

    `cases` are the supplier's case studies. A cited one that was deleted or renamed later keeps the cited title.
    """
    cited = {case.id: case for case in content.cases}
    own_cases = [*cited.values(), *(case for case in cases if case.id not in cited)]
    attributes: dict[str, Any] = {"requirements": requirements, "own_cases": own_cases}
    for field in OFFER_FIELDS:
        attributes |= _form_fields(field, requirements)
    form_class = type("BriefOfferForm", (OfferForm,), attributes)
    form: OfferForm = form_class(data=_form_data(content, revision) | {"version": str(version)}, **fresh)
    if requirements.finish_by:
        day = format_date(requirements.finish_by)
        form["finish"].description = _("The company needs the job done by %(date)s.", date=day)
    form["cases"].set_choices([(str(case.id), f"{case.title} ({case.year})") for case in own_cases])
    return form


def _item_name(field: OfferField, index: int, part: str) -> str:
    return f"{field.form_prefix}_{index}_{part}"


def _form_fields(field: OfferField, requirements: BriefRequirements) -> dict[str, Any]:
    """Return the WTForms fields of one row, by name."""
    if not field.has_items:
        return {field.name: _SINGLE_FIELDS[field.kind](field)}
    form_fields = {}
    for index, text in enumerate(requirements.entries(field)):
        for part, form_field in _ITEM_FIELDS[field.kind](field, text).items():
            form_fields[_item_name(field, index, part)] = form_field
    return form_fields


def _text_field(field: OfferField) -> Any:
    return TextField(field.label, [length(high=field.max_length)], description=field.hint)


def _long_text_field(field: OfferField) -> Any:
    return LongTextField(field.label, [length(high=field.max_length)], description=field.hint)


def _amount_field(field: OfferField) -> Any:
    return NokField(field.label, description=field.hint, accept=field.accept)


def _date_field(field: OfferField) -> Any:
    return DayField(field.label, description=field.hint)


def _yes_no_field(field: OfferField) -> Any:
    choices = list(field.choices) or YES_NO
    return ChoiceField(field.label, choices=choices, description=field.hint)


def _cases_field(field: OfferField) -> Any:
    return ChoicesField(field.label, description=field.hint)


def _files_field(field: OfferField) -> Any:
    return UploadField(field.label, accept=DOCUMENT_TYPES, is_optional=True, description=field.hint)


def _price_line_fields(field: OfferField, deliverable: str) -> dict[str, Any]:
    return {
        "kind": ChoiceField(_("Answer for: %(part)s", part=deliverable), choices=PRICE_KINDS),
        "amount": NokField(_("Price for: %(part)s", part=deliverable)),
        "comment": TextField(_("Comment on: %(part)s", part=deliverable), [length(high=field.max_length)]),
    }


def _answer_fields(field: OfferField, demand: str) -> dict[str, Any]:
    return {
        "met": ChoiceField(demand, choices=YES_NO),
        "text": LongTextField(
            _("Show how you meet it"),
            [length(high=field.max_length)],
            description=_("At most %(limit)s words.", limit=field.max_words),
        ),
    }


_SINGLE_FIELDS: dict[FieldKind, Callable[[OfferField], Any]] = {
    FieldKind.TEXT: _text_field,
    FieldKind.LONG_TEXT: _long_text_field,
    FieldKind.AMOUNT: _amount_field,
    FieldKind.DATE: _date_field,
    FieldKind.YES_NO: _yes_no_field,
    FieldKind.CASES: _cases_field,
    FieldKind.FILES: _files_field,
}
_ITEM_FIELDS: dict[FieldKind, Callable[[OfferField, str], dict[str, Any]]] = {
    FieldKind.PRICE_LINES: _price_line_fields,
    FieldKind.ANSWERS: _answer_fields,
}


def _form_data(content: OfferContent, revision: int) -> dict[str, Any]:
    """Return the values of an offer as the form's initial data."""
    data: dict[str, Any] = {"seen": str(revision)}
    for field in OFFER_FIELDS:
        value = getattr(content, field.name)
        if field.kind is FieldKind.PRICE_LINES:
            for index, line in enumerate(value):
                kind = PriceKind.AMOUNT if line.kind is PriceKind.NOT_PRICED else line.kind
                data[_item_name(field, index, "kind")] = str(kind)
                data[_item_name(field, index, "amount")] = line.amount
                data[_item_name(field, index, "comment")] = line.comment
        elif field.kind is FieldKind.ANSWERS:
            for index, answer in enumerate(value):
                data[_item_name(field, index, "met")] = _YES_NO_CODES[answer.met]
                data[_item_name(field, index, "text")] = answer.text
        elif field.kind is FieldKind.CASES:
            data[field.name] = [str(case.id) for case in value]
        elif field.kind is not FieldKind.FILES:
            data[field.name] = _YES_NO_CODES[value] if field.kind is FieldKind.YES_NO else value
    return data
