"""Numbers as people write them: "1 200", "35 %", "12 ansatte", "4,5". Amounts of money are parsed by `money`."""

import re
from decimal import Decimal

from marketplace.core.errors import UnreadableInputError
from marketplace.core.i18n import current_locale, format_number, gettext as _

MAX_DIGITS = 9
MAX_NUMBER = 10**MAX_DIGITS - 1
GROUPED = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+")
COUNTED = re.compile(
    r"\s*(?:%|poeng|points?|prosent|percent|stk\.?|ansatte?|tilsette?|employees|personer|personar|people|"
    r"årsverk|fast ansatte|leverandør(?:er|ar)|suppliers|pers|stykk(?:er)?|bedrift(?:er|ar)?|verksemd(?:er)?|compan(?:y|ies)|"
    r"deltaker(?:e|ne)?|deltakar(?:ar|ane)?|participants?|plass(?:er|ar)?|seats?|uker?|veker?|weeks?|dag(?:er|ar)?|days?|"
    r"samling(?:er|ar)?|sessions?|møter?|meetings?)\.?"
)
_RANGE = re.compile(r"[0-9]\s*(?:[-\u2010-\u2015]|til|to)\s*[0-9]")


def collapse_spaces(text: str) -> str:
    """Return a text trimmed, in lower case and with single plain spaces; no-break and thin spaces count as spaces."""
    return re.sub(r"\s+", " ", text).strip().casefold()


HOURS = re.compile(r"\s*(?:timer?|timar|t|hours?|h)\.?")
MINUTES = re.compile(r"\s*(?:min|minutt(?:er)?|minutes?)\.?")


def parse_whole_number(text: str, low: int, high: int, unit: re.Pattern[str] = COUNTED) -> int:
    """Parse a whole number from `low` to `high`; groups of thousands and a unit after it are accepted.

    Raises UnreadableInputError with a message that says what to write instead.
    """
    shown = collapse_spaces(text).replace("\N{MINUS SIGN}", "-")
    bare = re.sub(r"^år ", "", shown)
    if after := unit.search(bare):
        bare = bare[: after.start()] if after.end() == len(bare) else bare
    bare = re.sub(r"(?<=[0-9])[.,]0{1,2}$", "", bare)  # spreadsheets write whole numbers with decimals
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


MILLI = 1000
MAX_DECIMALS = 3
MAX_DECIMAL_DIGITS = 15
_DECIMAL_UNIT = re.compile(
    r"\s*(?:%|poeng|points?|prosent|percent|stk\.?|kr\.?|kroner|nok|timer?|timar|t|hours?|h|min\.?|minutter?|minutt|minutes?"
    r"|sek\.?|sekunder|sekund|seconds?|,-)\.?$"
)


_TOO_MANY_DECIMALS = {
    2: lambda: _("Enter a number with at most two decimals."),
    3: lambda: _("Enter a number with at most three decimals."),
    4: lambda: _("Enter a number with at most four decimals."),
}


def parse_milli(text: str) -> int:
    """Parse a number with up to three decimals to thousandths: "4,5", "4.5", "1 200", "-3", "35 %". See `parse_scaled`."""
    return parse_scaled(text, MAX_DECIMALS)


def parse_scaled(text: str, max_decimals: int) -> int:
    """Parse a number with up to `max_decimals` decimals to an integer in units of the last decimal.

    A single comma or point is the decimal mark, except that the thousands separator of the current language before
    exactly three digits groups them: "1.200" is 1200 in Norwegian, and "1,200" is 1200 in English. Raises
    UnreadableInputError with a message that says what to write instead.
    """
    shown = collapse_spaces(text).replace("\N{MINUS SIGN}", "-")
    shown = re.sub(r"^(?:kr\.?|nok)\s*", "", shown)
    bare = _DECIMAL_UNIT.sub("", shown) if re.search(r"[0-9]", shown) else shown
    if _RANGE.search(bare):
        raise UnreadableInputError(_("Enter one number, not a range."))
    match = re.fullmatch(r"(?P<sign>-? ?)(?P<digits>[0-9.,][0-9 .,]*)", bare)
    number = _plain_decimal(match["digits"]) if match else None
    if match is None or number is None:
        raise UnreadableInputError(_("Enter a number in digits, like 40 or 4,5."))
    whole, _mark, decimals = number.partition(".")
    if len(decimals.rstrip("0")) > max_decimals:
        raise UnreadableInputError(_TOO_MANY_DECIMALS[max_decimals]())
    if len(whole.lstrip("0")) > MAX_DECIMAL_DIGITS:
        raise UnreadableInputError(_("The number is too high."))
    scaled = int(Decimal(number) * 10**max_decimals)
    return -scaled if match["sign"].strip() else scaled


def _plain_decimal(digits: str) -> str | None:
    """Return digits without separators and with a point before the decimals, or None if they cannot be read."""
    marks = [mark for mark in digits if mark in ".,"]
    grouping = "," if current_locale() == "en" else "."
    if not marks:
        decimal_mark = ""
    elif len(set(marks)) > 1:
        decimal_mark = marks[-1]
    elif len(marks) > 1 or (marks[0] == grouping and re.fullmatch(r"[1-9][0-9]{0,2}.[0-9]{3}", digits)):
        decimal_mark = ""
    else:
        decimal_mark = marks[0]
    whole, mark, decimals = digits.rpartition(decimal_mark) if decimal_mark else (digits, "", "")
    if not re.fullmatch(r"[0-9]+", whole) and not GROUPED.fullmatch(whole) and not (mark and whole == ""):
        return None
    if mark and not re.fullmatch(r"[0-9]+", decimals):
        return None
    return re.sub(r"[ .,]", "", whole or "0") + (f".{decimals}" if mark else "")


def percentage_milli(numerator: int, denominator: int) -> int:
    """Return a share in thousandths of a percent, rounded half up. Raises ValueError for an impossible share."""
    if denominator <= 0 or not 0 <= numerator <= denominator:
        message = "A share needs a numerator from zero to its denominator."
        raise ValueError(message)
    return (2 * 100 * MILLI * numerator + denominator) // (2 * denominator)


def format_plain_milli(milli: int) -> str:
    """Format thousandths for a form field, without separators of thousands: "1234,5" in Norwegian, "1234.5" in English."""
    return format_plain_scaled(milli, MAX_DECIMALS)


def format_plain_scaled(scaled: int, decimals: int) -> str:
    """Format an integer in units of the last decimal for a form field; see `parse_scaled`."""
    text = format(Decimal(scaled) / 10**decimals, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if current_locale() == "en" else text.replace(".", ",")
