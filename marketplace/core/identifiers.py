"""Keys of rows, slugs and secret tokens."""

import hashlib
import secrets

from slugify import slugify

MAX_ID = 2**31 - 1
"""Largest key of a row: INTEGER in PostgreSQL."""


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


def random_id() -> int:
    """Return a random key of a row. Consecutive keys would reveal how many rows other organisations have added."""
    return 1 + secrets.randbelow(MAX_ID)


def parse_id(text: str) -> int | None:
    """Parse the key of a row from a form field; None if no row can have that key."""
    if not text.isascii() or not text.isdigit() or len(text) > len(str(MAX_ID)):
        return None
    return int(text) if int(text) <= MAX_ID else None
