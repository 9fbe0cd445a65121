"""Comparison of offers side by side, with figures, warnings and suggested questions."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.core import clock
from marketplace.core.i18n import format_date, format_list, format_money, gettext as _, ngettext, quoted
from marketplace.core.money import BUDGET_BANDS, MONTHLY_BANDS
from marketplace.proposals.duplicate_text import DUPLICATE_THRESHOLD
from marketplace.proposals.offer_content import BriefRequirements, OfferContent, count_met
from marketplace.proposals.offer_display import value_text
from marketplace.proposals.offer_field_types import FieldKind, OfferField
from marketplace.proposals.offer_fields import fields_of
from marketplace.proposals.price_comparison import (
    LONG_MONTHS,
    SHORT_MONTHS,
    FilledPrice,
    Price,
    fill_gaps,
    find_cheapest,
    find_price_warnings,
)
from marketplace.proposals.queries import Offer

MAX_COLUMNS = 4
_APART = {FieldKind.ANSWERS, FieldKind.AMOUNT, FieldKind.PRICE_LINES}
_MAX_BUDGET = {band.code: band.high for band in BUDGET_BANDS}
_MAX_MONTHLY = {band.code: band.high for band in MONTHLY_BANDS}


@dataclass(frozen=True, slots=True)
class Column:
    """One offer of a comparison, with its figures."""

    offer: Offer
    price: Price
    filled: FilledPrice

    @property
    def one_off(self) -> int:
        """Sum of the priced deliverables."""
        return self.price.one_off

    @property
    def short_offered(self) -> int:
        """Cost over SHORT_MONTHS, as offered."""
        return self.price.over(SHORT_MONTHS)

    @property
    def short_filled(self) -> int:
        """Cost over SHORT_MONTHS, with the gaps filled."""
        return self.filled.over(SHORT_MONTHS)

    @property
    def long_filled(self) -> int:
        """Cost over LONG_MONTHS, with the gaps filled."""
        return self.filled.over(LONG_MONTHS)


@dataclass(frozen=True, slots=True)
class Cell:
    """The value of one offer in a row of the comparison."""

    text: str
    is_gap: bool


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One field of the offers, with a cell per offer."""

    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class OfferComparison:
    """Two to four offers side by side. `advice` holds the questions to ask before choosing."""

    columns: Sequence[Column]
    monthly_rows: Sequence[ComparisonRow]
    rows: Sequence[ComparisonRow]
    lede: str
    advice: Sequence[str]

    @property
    def has_gaps(self) -> bool:
        """True if any price leaves out a deliverable."""
        return any(column.price.gaps for column in self.columns)

    @property
    def has_open_gaps(self) -> bool:
        """True if a deliverable has no price in any offer."""
        return any(column.filled.open_gaps for column in self.columns)


def compare(
    offers: Sequence[Offer], requirements: BriefRequirements, among: Sequence[Offer] = ()
) -> OfferComparison:
    """Compare offers side by side.

    `among` are all offers that can be chosen. Estimates use their prices too, so that an offer has the same estimate
    beside any others.
    """
    prices = [offer.content.price(offer.id) for offer in offers]
    all_prices = [offer.content.price(offer.id) for offer in among]
    filled = fill_gaps(prices, all_prices)
    columns = [Column(offer, filled[offer.id].price, filled[offer.id]) for offer in offers]
    contents = [offer.content for offer in offers]
    return OfferComparison(
        columns,
        _amount_rows(contents),
        _field_rows(contents, requirements),
        _lede(offers, prices, all_prices, requirements),
        _advice(offers, prices, all_prices, requirements),
    )


def _amount_rows(contents: Sequence[OfferContent]) -> list[ComparisonRow]:
    return [
        ComparisonRow(
            str(field.comparison_label),
            [Cell(format_money(getattr(content, field.name) or 0), is_gap=False) for content in contents],
        )
        for field in fields_of(FieldKind.AMOUNT)
        if field.comparison_label
    ]


def _field_rows(contents: Sequence[OfferContent], requirements: BriefRequirements) -> list[ComparisonRow]:
    """Build a row for each compared field except amounts, must-haves first."""
    fields = [*fields_of(FieldKind.ANSWERS), *fields_of(*(set(FieldKind) - _APART))]
    return [
        ComparisonRow(
            str(field.comparison_label),
            [Cell(value_text(field, content), _is_gap(field, content, requirements)) for content in contents],
        )
        for field in fields
        if field.comparison_label and _is_compared(field, contents)
    ]


def _is_compared(field: OfferField, contents: Sequence[OfferContent]) -> bool:
    values = [getattr(content, field.name) for content in contents]
    return any(values) if field.kind is FieldKind.ANSWERS or field.is_compared_when_yes else True


def _is_gap(field: OfferField, content: OfferContent, requirements: BriefRequirements) -> bool:
    value = getattr(content, field.name)
    if field.name == "finish":
        return _is_too_late(content, requirements.finish_by)
    if field.kind is FieldKind.ANSWERS:
        return count_met(value) < len(value)
    return field.is_gap_when_no and value is False


def _is_too_late(content: OfferContent, needed: dt.date | None) -> bool:
    """Return True if the job is finished after the day by which the brief needs it, if there is one."""
    return bool(content.finish and needed and content.finish > needed)


def _lede(
    offers: Sequence[Offer],
    prices: Sequence[Price],
    all_prices: Sequence[Price],
    requirements: BriefRequirements,
) -> str:
    cheapest = find_cheapest(prices, among=all_prices)
    if cheapest is None:
        return ""
    names = {offer.id: offer.name for offer in offers}
    spread = format_money(cheapest.spread)
    if not any(price.gaps for price in prices):
        return _(
            "%(name)s is the cheapest of these over %(num)s months. The difference between the most and least expensive is %(spread)s.",
            name=names[cheapest.cheapest],
            spread=spread,
            num=SHORT_MONTHS,
        )
    difference = _(
        "With the gaps filled, the difference between the cheapest and the most expensive is %(spread)s over %(num)s months.",
        spread=spread,
        num=SHORT_MONTHS,
    )
    if not cheapest.gaps:
        first = _(
            "%(name)s is the cheapest of these over %(num)s months.",
            name=names[cheapest.cheapest],
            num=SHORT_MONTHS,
        )
        return f"{first} {difference}"
    parts = format_list([quoted(requirements.deliverables[place]) for place in cheapest.gaps[:3]])
    first = _(
        "%(name)s looks cheapest, but does not include %(parts)s.", name=names[cheapest.cheapest], parts=parts
    )
    if cheapest.cheapest_filled == cheapest.cheapest:
        then = difference
    else:
        then = _(
            "With the gaps filled, %(name)s is the cheapest, and the difference between the cheapest and the most expensive is %(spread)s over %(num)s months.",
            name=names[cheapest.cheapest_filled],
            spread=spread,
            num=SHORT_MONTHS,
        )
    return f"{first} {then}"


def _advice(
    offers: Sequence[Offer],
    prices: Sequence[Price],
    all_prices: Sequence[Price],
    requirements: BriefRequirements,
) -> list[str]:
    names = {offer.id: offer.name for offer in offers}
    found = []
    for price in prices:
        if price.gaps:
            parts = format_list([quoted(requirements.deliverables[place]) for place in price.gaps])
            found.append(_("Ask %(name)s what %(parts)s will cost.", name=names[price.key], parts=parts))
    sentences = {
        "above_frame": _("%(name)s is over the budget in your brief."),
        "monthly_above": _("%(name)s has a higher running cost than your brief allows."),
        "far_below": _(
            "%(name)s charges less than half of what the others charge. Ask what is not included."
        ),
    }
    frame, monthly = _MAX_BUDGET.get(requirements.budget_band), _MAX_MONTHLY.get(requirements.monthly_band)
    found += [
        sentences[warning.code] % {"name": names[warning.key]}
        for warning in find_price_warnings(prices, frame, monthly, all_prices)
    ]
    needed = requirements.finish_by
    for offer in offers:
        if needed and _is_too_late(offer.content, needed):
            found.append(
                _(
                    "%(name)s will finish %(finish)s. You need the job done by %(needed)s.",
                    name=offer.name,
                    finish=format_date(offer.content.finish),
                    needed=format_date(needed),
                )
            )
        if offer.content.valid_until and offer.content.valid_until < clock.today():
            found.append(
                _(
                    "The offer from %(name)s was valid until %(date)s. Ask whether it still is.",
                    name=offer.name,
                    date=format_date(offer.content.valid_until),
                )
            )
        if not offer.is_approved:
            found.append(
                _("%(name)s is no longer approved by a business garden. Ask your adviser.", name=offer.name)
            )
        if offer.answers_older_version:
            found.append(_("%(name)s has answered an older version of the brief.", name=offer.name))
        if offer.repeats >= DUPLICATE_THRESHOLD:
            found.append(
                ngettext(
                    "%(name)s describes the job in the same words as in %(num)s other offer. Ask what this means for you.",
                    "%(name)s describes the job in the same words as in %(num)s other offers. Ask what this means for you.",
                    offer.repeats,
                    name=offer.name,
                )
            )
    return found
