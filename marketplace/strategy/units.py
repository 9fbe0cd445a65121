"""Units of objectives: how values are shown, and which values are possible. Values are thousandths of the unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marketplace.core.i18n import format_number, gettext as _, lazy_gettext as _l
from marketplace.core.numbers import MILLI
from marketplace.strategy.limits import MAX_VALUE

SHARE = "share"
"""Code of the unit for shares in percent, whose values may have a numerator and a denominator."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its label in lists, the pattern of a value, and the lowest and highest possible value in units."""

    label: Any
    pattern: Any
    low: int = 0
    high: int = MAX_VALUE


UNITS: Mapping[str, Unit] = {
    "count": Unit(_l("Number"), "%(value)s"),
    "count_month": Unit(_l("Number per month"), _l("%(value)s per month")),
    "nok": Unit(_l("Kroner"), _l("NOK %(value)s"), low=-MAX_VALUE),
    "nok_month": Unit(_l("Kroner per month"), _l("NOK %(value)s per month"), low=-MAX_VALUE),
    SHARE: Unit(_l("Per cent, a share of something"), "%(value)s\N{NO-BREAK SPACE}%%", high=100),
    "change": Unit(_l("Per cent, growth or decline"), "%(value)s\N{NO-BREAK SPACE}%%", low=-MAX_VALUE),
    "position": Unit(_l("Position in a list"), _l("no. %(value)s"), low=1),
    "seconds": Unit(_l("Seconds"), _l("%(value)s seconds")),
    "minutes": Unit(_l("Minutes"), _l("%(value)s minutes")),
    "hours": Unit(_l("Hours"), _l("%(value)s hours")),
    "hours_week": Unit(_l("Hours per week"), _l("%(value)s hours per week")),
    "score_5": Unit(_l("Score from 1 to 5"), _l("%(value)s of 5"), low=1, high=5),
    "score_100": Unit(_l("Score from 0 to 100"), _l("%(value)s of 100"), high=100),
}
"""Known units by code. Any other text is the company's own unit."""


def unit_of(code: str) -> Unit:
    """Return a known unit, or one made from the company's own text, whose values may be negative."""
    return UNITS.get(code) or Unit(code, "%(value)s " + code.replace("%", "%%"), low=-MAX_VALUE)


def format_milli(value_milli: int) -> str:
    """Format a value without its unit: "4,5" in Norwegian, "4.5" in English."""
    return format_number(Decimal(value_milli) / MILLI)


def format_value(value_milli: int, unit: str) -> str:
    """Format a value with its unit."""
    return str(unit_of(unit).pattern) % {"value": format_milli(value_milli)}


def range_error(value_milli: int, unit: str) -> str:
    """Return the reason for which a value is not possible in a unit, or an empty text."""
    known = unit_of(unit)
    if known.low * MILLI <= value_milli <= known.high * MILLI:
        return ""
    if unit == SHARE:
        return _("A share is from 0 to 100 per cent.")
    if known.high < MAX_VALUE:
        return _("Enter a number from %(low)s to %(high)s.", low=known.low, high=known.high)
    if value_milli > known.high * MILLI:
        return _("The number is too high.")
    if known.low < 0:
        return _("The number is too low.")
    return _("A position is 1 or higher.") if known.low else _("This number cannot be negative.")
