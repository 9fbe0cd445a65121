"""A ranking run as it is stored: compressed JSON with a digest, so that a changed byte is seen. Pure."""

import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import Any


class DamagedRunError(ValueError):
    """A kept run is not what was stored."""


def pack(value: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return a value as compressed JSON, and the SHA-256 of the JSON in hexadecimal."""
    plain = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return zlib.compress(plain, 6), hashlib.sha256(plain).hexdigest()


def unpack(packed: bytes, digest: str) -> dict[str, Any]:
    """Return the value. Raises DamagedRunError when it does not fit its digest."""
    try:
        plain = zlib.decompress(packed)
    except zlib.error as error:
        message = "the kept run cannot be unpacked"
        raise DamagedRunError(message) from error
    if hashlib.sha256(plain).hexdigest() != digest:
        message = "the kept run does not fit its digest"
        raise DamagedRunError(message)
    value: dict[str, Any] = json.loads(plain)
    return value
