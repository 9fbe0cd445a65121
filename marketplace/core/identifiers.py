"""Organisation numbers, slugs and secret tokens."""

import hashlib
import re
import secrets

from slugify import slugify
from stdnum.exceptions import ValidationError
from stdnum.no import orgnr

_DECORATION = re.compile(r"^(NO)?(.*?)(MVA)?$", re.IGNORECASE)


def parse_organisation_number(text: str) -> str:
    """Return the nine digits of an organisation number.

    Whitespace, dots, hyphens, a leading "NO" and a trailing "MVA" are ignored. Raises ValueError if the check digit
    (modulus 11, weights 3 2 7 6 5 4 3 2) is wrong.
    """
    compact = re.sub(r"[\s.\-\u200b\u00a0\u202f]", "", text)
    match = _DECORATION.match(compact)
    digits = match.group(2) if match else compact
    try:
        return str(orgnr.validate(digits))
    except ValidationError as error:
        raise ValueError(text) from error


def format_organisation_number(digits: str) -> str:
    """Return "974 760 673" for "974760673"."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}" if len(digits) == 9 else digits  # noqa: PLR2004 because a number has nine digits


def make_slug(name: str) -> str:
    """Return a URL slug for a name: lower case, hyphens, æøå transliterated."""
    replaced = [("æ", "ae"), ("ø", "o"), ("å", "a"), ("Æ", "ae"), ("Ø", "o"), ("Å", "a")]
    return slugify(name, replacements=replaced, max_length=80) or "uten-navn"


def new_token() -> str:
    """Return a random URL-safe token of 256 bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return the SHA-256 of a token. Only the hash is stored, so a stolen database contains no usable token."""
    return hashlib.sha256(token.encode()).hexdigest()
