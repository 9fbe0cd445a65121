"""Whole numbers as people write them: "1 200", "35 %", "12 ansatte". Amounts of money are parsed by `money`."""

import re

from marketplace.core.errors import UnreadableInputError
from marketplace.core.i18n import format_number
from marketplace.core.i18n import gettext as _

MAX_DIGITS = 9
MAX_NUMBER = 10**MAX_DIGITS - 1
GROUPED = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+")
_UNIT = re.compile(
    r"\s*(?:%|poeng|points?|prosent|percent|stk\.?|ansatte?|tilsette?|employees|personer|personar|people|"
    r"årsverk|fast ansatte|leverandør(?:er|ar)|suppliers)\.?"
)
_RANGE = re.compile(r"[0-9]\s*(?:[-\u2010-\u2015]|til|to)\s*[0-9]")


def collapse_spaces(text: str) -> str:
    """Return a text trimmed, in lower case and with single plain spaces; no-break and thin spaces count as spaces."""
    return re.sub(r"\s+", " ", text).strip().casefold()


def parse_whole_number(text: str, low: int, high: int) -> int:
    """Parse a whole number from `low` to `high`; groups of thousands and a unit after it are accepted.

    Raises UnreadableInputError with a message that says what to write instead.
    """
    shown = collapse_spaces(text)
    bare = re.sub(r"^år ", "", shown)
    if unit := _UNIT.search(bare):
        bare = bare[: unit.start()] if unit.end() == len(bare) else bare
    if GROUPED.fullmatch(bare):
        bare = re.sub(r"[ .,]", "", bare)
    limits = {"low": low, "high": high if high <= 9999 else format_number(high)}  # noqa: PLR2004 because years have no separators
    if _RANGE.search(bare):
        raise UnreadableInputError(_("Enter one number, not a range."))
    if not re.fullmatch(rf"-?[0-9]{{1,{MAX_DIGITS}}}", bare):
        raise UnreadableInputError(_("Enter a whole number in digits, from %(low)s to %(high)s.", **limits))
    number = int(bare)
    if not low <= number <= high:
        raise UnreadableInputError(_("Enter a whole number from %(low)s to %(high)s.", **limits))
    return number
