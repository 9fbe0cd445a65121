"""The content of an offer as plain values, and its JSON form. Pure functions; nothing here reads the database."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, make_dataclass, replace
from typing import Any

from marketplace.core.i18n import lazy_gettext as _l
from marketplace.proposals.offer_field_types import FieldKind, OfferField
from marketplace.proposals.offer_fields import OFFER_FIELDS, fields_of
from marketplace.proposals.price_comparison import Price, PriceKind
from marketplace.proposals.score_criteria import DEFAULT_WEIGHTS

OWNERSHIP_LABELS = {
    "domain": _l("the domain"),
    "hosting": _l("the hosting account"),
    "source_files": _l("the source files"),
    "accounts": _l("the user accounts"),
    "ad_accounts": _l("the advertising accounts"),
    "images": _l("the pictures and the rights to them"),
}


@dataclass(frozen=True, slots=True)
class BriefRequirements:
    """The parts of a brief that an offer answers."""

    title: str = ""
    deliverables: tuple[str, ...] = ()
    must_have: tuple[str, ...] = ()
    nice_to_have: tuple[str, ...] = ()
    ownership: tuple[str, ...] = ()
    weights: Mapping[str, int] = field(default_factory=lambda: DEFAULT_WEIGHTS)
    budget_band: str = "unknown"
    monthly_band: str = "unknown"
    decision_date: dt.date | None = None
    finish_by: dt.date | None = None

    @classmethod
    def from_answers(cls, title: str, answers: Mapping[str, Any]) -> "BriefRequirements":
        """Read the requirements from a brief's guide answers; missing answers are empty."""
        weights = answers.get("weights")
        return cls(
            title,
            _texts(answers.get("deliverables")),
            _texts(answers.get("must_have")),
            _texts(answers.get("nice_to_have")),
            _texts(answers.get("ownership")),
            {k: int(weights.get(k) or 0) for k in DEFAULT_WEIGHTS}
            if isinstance(weights, Mapping)
            else DEFAULT_WEIGHTS,
            str(answers.get("budget_band") or "unknown"),
            str(answers.get("monthly_band") or "unknown"),
            _day(answers.get("decision_date")),
            _day(answers.get("finish_by")),
        )

    def entries(self, asked: OfferField) -> tuple[str, ...]:
        """Return the entries of the brief that a field answers one by one."""
        entries: tuple[str, ...] = getattr(self, asked.asked_by)
        return entries

    @property
    def ownership_labels(self) -> list[str]:
        """Return the ownership that the company wants, in the current locale."""
        return [str(OWNERSHIP_LABELS.get(code, code)) for code in self.ownership]


def _day(value: Any) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


@dataclass(frozen=True, slots=True)
class PriceLine:
    """The price of one deliverable."""

    deliverable: str
    kind: PriceKind = PriceKind.NOT_PRICED
    amount: int | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class RequirementAnswer:
    """The answer to one must-have or wish: met or not (None if unanswered), with the evidence."""

    demand: str
    met: bool | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class CitedCase:
    """A case study that the offer refers to, with its title and year when it was cited."""

    id: int
    title: str
    year: int


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of the offer; its content is a sealed `StoredFile` with this id. `size` is in bytes."""

    id: int
    name: str
    media_type: str
    size: int


_OfferValues = make_dataclass(
    "_OfferValues",
    [(row.name, Any, field(default=row.default)) for row in OFFER_FIELDS],
    frozen=True,
    slots=True,
)


class OfferContent(_OfferValues):  # type: ignore[valid-type, misc]  # because the attributes come from the table
    """All values of an offer, one attribute per row of OFFER_FIELDS. Prices are whole kroner excluding VAT."""

    __slots__ = ()

    @property
    def one_off(self) -> int:
        """Return the sum of the priced deliverables."""
        return sum(line.amount or 0 for line in self.price_lines)

    def adapted_to(self, requirements: BriefRequirements) -> "OfferContent":
        """Return the same answers for the brief's current requirements, dropping those it no longer asks for."""
        changes = {}
        for row in fields_of(FieldKind.PRICE_LINES, FieldKind.ANSWERS):
            empty = _ITEM_TYPES[row.kind]
            old = {_entry_of(item): item for item in getattr(self, row.name)}
            changes[row.name] = tuple(old.get(text, empty(text)) for text in requirements.entries(row))
        return replace(self, **changes)

    def draft_for(self, requirements: BriefRequirements) -> "OfferContent":
        """Return the content adapted to the brief's current requirements, for its supplier to continue with.

        The text about an entry that has been reworded stays: the one in the same place of a list of the same length. Its
        price, or its yes or no, must be given again.
        """
        adapted = self.adapted_to(requirements)
        changes = {}
        for row in fields_of(FieldKind.PRICE_LINES, FieldKind.ANSWERS):
            before, after = getattr(self, row.name), getattr(adapted, row.name)
            if len(before) == len(after):
                old, new = {_entry_of(item) for item in before}, set(requirements.entries(row))
                changes[row.name] = tuple(
                    _reworded(was, _entry_of(item))
                    if _entry_of(was) not in new and _entry_of(item) not in old
                    else item
                    for was, item in zip(before, after, strict=True)
                )
        return replace(adapted, **changes)

    def prices_beside(self, requirements: BriefRequirements) -> tuple[PriceLine, ...]:
        """Return the lines with a price for something that the brief no longer asks for in the same words."""
        return tuple(
            line
            for line in self.price_lines
            if line.amount is not None and line.deliverable not in requirements.deliverables
        )

    def price(self, key: int) -> Price:
        """Return the figures for the comparison, under the offer's key."""
        return Price(
            key,
            tuple(line.kind for line in self.price_lines),
            tuple(line.amount for line in self.price_lines),
            self.monthly_nok or 0,
        )

    def to_dict(self) -> dict[str, Any]:
        """Serialize to the JSON form that is sealed and stored."""
        return {row.name: _dump(row.kind, getattr(self, row.name)) for row in OFFER_FIELDS}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any] | None) -> "OfferContent":
        """Deserialize stored JSON; missing keys are unanswered fields."""
        data = stored or {}
        return cls(**{row.name: _load(row, data.get(row.name)) for row in OFFER_FIELDS})


def count_met(answers: Sequence[RequirementAnswer]) -> int:
    """Count the requirements answered with yes."""
    return sum(answer.met is True for answer in answers)


_ITEM_TYPES: dict[FieldKind, type] = {
    FieldKind.PRICE_LINES: PriceLine,
    FieldKind.ANSWERS: RequirementAnswer,
}


_RECORD_TYPES: dict[FieldKind, type] = {FieldKind.CASES: CitedCase, FieldKind.FILES: AttachedFile}


def _entry_of(item: PriceLine | RequirementAnswer) -> str:
    return item.deliverable if isinstance(item, PriceLine) else item.demand


def _reworded(old: PriceLine | RequirementAnswer, entry: str) -> PriceLine | RequirementAnswer:
    if isinstance(old, PriceLine):
        return PriceLine(entry, comment=old.comment)
    return RequirementAnswer(entry, text=old.text)


def _dump(kind: FieldKind, value: Any) -> Any:
    if kind is FieldKind.DATE:
        return value.isoformat() if value else None
    if kind is FieldKind.PRICE_LINES:
        return [
            {
                "deliverable": line.deliverable,
                "kind": str(line.kind),
                "amount": line.amount,
                "comment": line.comment,
            }
            for line in value
        ]
    if kind is FieldKind.ANSWERS:
        return [{"demand": answer.demand, "met": answer.met, "text": answer.text} for answer in value]
    if kind in _RECORD_TYPES:
        return [asdict(record) for record in value]
    return value


def _load(row: OfferField, stored: Any) -> Any:
    if row.kind is FieldKind.DATE:
        return dt.date.fromisoformat(stored) if stored else None
    if row.kind is FieldKind.PRICE_LINES:
        return tuple(_load_line(line) for line in stored or ())
    if row.kind is FieldKind.ANSWERS:
        return tuple(_load_answer(answer) for answer in stored or ())
    if row.kind in _RECORD_TYPES:
        return tuple(_RECORD_TYPES[row.kind](**record) for record in stored or ())
    if row.kind in {FieldKind.TEXT, FieldKind.LONG_TEXT}:
        return str(stored or "")
    return stored


def _load_line(data: Mapping[str, Any]) -> PriceLine:
    kind = PriceKind(data.get("kind") or PriceKind.NOT_PRICED)
    return PriceLine(str(data["deliverable"]), kind, data.get("amount"), str(data.get("comment") or ""))


def _load_answer(data: Mapping[str, Any]) -> RequirementAnswer:
    return RequirementAnswer(str(data["demand"]), data.get("met"), str(data.get("text") or ""))
