"""Organisation numbers, slugs and secret tokens."""

import hashlib
import re
import secrets

from slugify import slugify
from stdnum.exceptions import ValidationError
from stdnum.no import orgnr

_DECORATION = re.compile(r"^(NO)?(.*?)(MVA)?$", re.IGNORECASE)


def parse_organisation_number(text: str) -> str:
    """Return the nine digits of an organisation number, read forgivingly.

    Spaces of all kinds, dots, a leading "NO" and a trailing "MVA" are let through. The last digit is
    checked by modulus 11 (weights 3 2 7 6 5 4 3 2). Raises ValueError when the number cannot exist.
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
    """Return a name as it stands in an address: small letters, æøå written out, hyphens."""
    replaced = [("æ", "ae"), ("ø", "o"), ("å", "a"), ("Æ", "ae"), ("Ø", "o"), ("Å", "a")]
    return slugify(name, replacements=replaced, max_length=80) or "uten-navn"


def new_token() -> str:
    """Return a fresh secret of 256 bits, safe in an address."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is stored of a secret: its SHA-256, so that a stolen database opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
