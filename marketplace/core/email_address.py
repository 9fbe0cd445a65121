"""E-mail addresses: one normal form for storage and comparison, and the ASCII form for SMTP.

The normal form is the readable one: lower case, NFC, internationalized domains in Unicode (`post@blåbærhagen.no`). In
envelopes and headers the domain is an A-label (`post@xn--blbrhagen-62am.no`), which every mail server accepts.
"""

import re
import unicodedata
from contextlib import suppress
from urllib.parse import quote

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from marketplace.core.text import clean_line


class InvalidEmailError(ValueError):
    """A text is not an e-mail address."""


class NonAsciiLocalPartError(InvalidEmailError):
    """The part before the @ contains letters that many mail servers cannot receive."""


_MAX_LOCAL_PART = 64
_PASTED = re.compile(r"(?:[^<>@]*<|mailto:)?\s*(?P<address>[^<>]*?)\s*[>.,;]*", re.IGNORECASE)
"""An address as it is pasted from an e-mail program: with a name, in angle brackets, or from a list."""


def _clean(text: str) -> str:
    plain = unicodedata.normalize("NFKC", clean_line(text) or "")
    pasted = _PASTED.fullmatch(plain)
    return pasted["address"] if pasted else plain


def _validate(text: str) -> ValidatedEmail:
    # No DNS lookup; reserved test domains are used by the demo and the tests.
    return validate_email(text[:300], check_deliverability=False, test_environment=True, allow_smtputf8=True)


def parse_email(text: str) -> str:
    """Return an address in its normal form. Raises NonAsciiLocalPartError or InvalidEmailError."""
    try:
        valid = _validate(_clean(text))
    except EmailNotValidError as error:
        raise InvalidEmailError(text) from error
    if not valid.local_part.isascii():
        raise NonAsciiLocalPartError(text)
    if len(valid.local_part) > _MAX_LOCAL_PART:  # RFC 5321, 4.5.3.1.1: servers refuse longer ones
        raise InvalidEmailError(text)
    return valid.normalized.lower()


def normalize_email(text: str) -> str:
    """Return an address in its normal form to look it up; an invalid one in lower case, which matches nothing."""
    try:
        return parse_email(text)
    except InvalidEmailError:
        return _clean(text).lower()


def ascii_email(address: str) -> str:
    """Return an address with its domain as A-label. Raises InvalidEmailError if it has no ASCII form."""
    if address.isascii():
        return address
    try:
        ascii_form = _validate(address).ascii_email
    except EmailNotValidError as error:
        raise InvalidEmailError(address) from error
    if ascii_form is None:
        raise NonAsciiLocalPartError(address)
    return ascii_form


def mailto_url(address: str) -> str:
    """Return the link to an address. An address that has no ASCII form is percent-encoded as it is."""
    with suppress(InvalidEmailError):
        address = ascii_email(address)
    # "?" and "&" are allowed in addresses and would begin header fields (RFC 6068).
    return f"mailto:{quote(address, safe='@+')}"
