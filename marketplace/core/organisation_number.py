"""Organisation numbers of the Central Coordinating Register: reading and writing."""

import re

from stdnum.exceptions import ValidationError
from stdnum.no import orgnr

from marketplace.core.errors import UnreadableInputError
from marketplace.core.i18n import gettext as _

_DECORATION = re.compile(r"^(?:org(?:anisasjons)?(?:nr|nummer)?)?(?:NO)?(.*?)(?:MVA)?$", re.IGNORECASE)


def parse_organisation_number(text: str, *, allow_test_numbers: bool = False) -> str:
    """Return the nine digits of an organisation number.

    Whitespace, dots, hyphens, "Org.nr." or "NO" before it and "MVA" after it are ignored. The Central Coordinating
    Register gives out numbers that begin with 8 or 9; those beginning with 2 or 3 are test numbers. Raises
    UnreadableInputError if the number has another length or first digit, or if its check digit (modulus 11, weights
    3 2 7 6 5 4 3 2) is wrong.
    """
    compact = re.sub(r"[\s.:\-\u2010-\u2015\u200b]", "", text)
    match = _DECORATION.match(compact)
    digits = match.group(1) if match else compact
    if not re.fullmatch(r"[0-9]{9}", digits):
        raise UnreadableInputError(_("An organisation number has nine digits, like 974 760 673."))
    try:
        orgnr.validate(digits)
    except ValidationError as error:
        raise UnreadableInputError(
            _("This organisation number does not exist. Check the digits: one of them may be wrong.")
        ) from error
    if digits[0] in "89" or (allow_test_numbers and digits[0] in "23"):
        return digits
    if digits[0] in "23":
        raise UnreadableInputError(_("This is a test number. Enter the number of a registered organisation."))
    raise UnreadableInputError(_("A Norwegian organisation number begins with 8 or 9."))


def format_organisation_number(digits: str) -> str:
    """Return "974 760 673" for "974760673"."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}" if len(digits) == 9 else digits  # noqa: PLR2004 because a number has nine digits
