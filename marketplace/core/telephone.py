"""Telephone numbers as people write them: "22 33 44 55", "+47 22334455", "22 33 44 55 (etter kl. 16)"."""

import re
import unicodedata

SHORT_DIGITS, MIN_DIGITS = 5, 8
"""Norwegian numbers have eight digits, or five. Numbers with a country code have more."""
_NUMBER = re.compile(r"\+?[0-9](?:[ ().\-\u2010-\u2015]*[0-9])+")


def has_number(text: str) -> bool:
    """Return True if a text contains a complete telephone number."""
    return bool(_first_number(text))


def tel_url(text: str) -> str:
    """Return the link that calls the first complete number of a text."""
    return f"tel:{_first_number(text)}"


def _first_number(text: str) -> str:
    found = (
        re.sub(r"[^0-9+]", "", match.group())
        for match in _NUMBER.finditer(unicodedata.normalize("NFKC", text))
    )
    return next(filter(_is_complete, found), "")


def _is_complete(number: str) -> bool:
    digits = len(number.removeprefix("+"))
    return digits == SHORT_DIGITS or digits >= MIN_DIGITS
