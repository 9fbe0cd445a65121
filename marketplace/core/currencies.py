"""Currencies (NOK, EUR): amounts with øre or cent, and dated exchange rates.

An amount is an integer in minor units (øre, cent). A rate is NOK per unit of the currency in ten-thousandths (`rate_e4`).
`core.money` has amounts in whole kroner.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.errors import UnreadableInputError
from marketplace.core.i18n import current_locale, format_number, gettext as _
from marketplace.core.money import strip_amount_words
from marketplace.core.numbers import format_plain_scaled, parse_scaled

CURRENCIES = ("NOK", "EUR")
MINOR_DECIMALS, RATE_DECIMALS = 2, 4
MINOR_UNITS, RATE_UNITS = 10**MINOR_DECIMALS, 10**RATE_DECIMALS
MAX_MINOR = 10**12
MAX_RATE_E4 = 100 * RATE_UNITS
_KRONER_NAME = re.compile(r"(?<![a-zæøå])(?:nok|kr|kroner)(?![a-zæøå])", re.IGNORECASE)
_CURRENCY_NAME = re.compile(r"€|\b(?:eur|euro)\b", re.IGNORECASE)


def find_currency(text: str) -> str:
    """Return the currency that is named in an amount, or an empty text."""
    if _CURRENCY_NAME.search(text):
        return "EUR"
    return "NOK" if _KRONER_NAME.search(text) else ""


def parse_amount(text: str) -> int:
    """Parse an amount with up to two decimals to minor units: "1 234,50 kr", "50k", "12 500,- ekskl. mva".

    Raises UnreadableInputError.
    """
    minor = parse_scaled(strip_amount_words(_CURRENCY_NAME.sub("", text)), MINOR_DECIMALS)
    if minor < 0:
        raise UnreadableInputError(_("The amount cannot be negative."))
    if minor > MAX_MINOR:
        raise UnreadableInputError(_("The amount is too high."))
    return minor


def parse_rate(text: str) -> int:
    """Parse an exchange rate, such as 11,4325 kroner for one euro, to ten-thousandths. Raises UnreadableInputError."""
    rate = parse_scaled(text, RATE_DECIMALS)
    if not 0 < rate < MAX_RATE_E4:
        raise UnreadableInputError(_("Enter how many kroner one euro costs, like 11,4325."))
    return rate


def format_amount(minor: int, currency: str) -> str:
    """Format an amount with its currency, with decimals unless they are zero: "1 234,50 kr", "80 000 €"."""
    whole = Decimal(minor) / MINOR_UNITS
    number = format_number(whole)
    if minor % MINOR_UNITS and minor % 10 == 0:
        number += "0"
    if current_locale() == "en":
        return f"{currency}\N{NO-BREAK SPACE}{number}"
    return f"{number}\N{NO-BREAK SPACE}{'kr' if currency == 'NOK' else '€'}"


def format_rate(rate_e4: int) -> str:
    """Format an exchange rate with its decimals: "11,4325" in Norwegian."""
    return format_plain_scaled(rate_e4, RATE_DECIMALS)


def to_ore(minor: int, currency: str, rate_e4: int | None) -> int | None:
    """Convert an amount to øre with a rate, rounding half an øre up. None if a foreign currency has no rate."""
    if currency == "NOK":
        return minor
    return None if rate_e4 is None else (minor * rate_e4 + RATE_UNITS // 2) // RATE_UNITS


@dataclass(frozen=True, slots=True)
class Total:
    """Sum of amounts: by currency, and in øre. `without_rate` has the amounts without a rate, which the sum in øre leaves out."""

    by_currency: dict[str, int]
    ore: int
    without_rate: dict[str, int]


def add_up(amounts: Iterable[tuple[int, str, int | None]]) -> Total:
    """Add up amounts given as minor units, currency and rate. Currencies are never added without a rate."""
    by_currency: dict[str, int] = {}
    without_rate: dict[str, int] = {}
    ore = 0
    for minor, currency, rate_e4 in amounts:
        by_currency[currency] = by_currency.get(currency, 0) + minor
        converted = to_ore(minor, currency, rate_e4)
        if converted is None:
            without_rate[currency] = without_rate.get(currency, 0) + minor
        else:
            ore += converted
    return Total(by_currency, ore, without_rate)
