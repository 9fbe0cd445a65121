"""Serialization of ranking runs as zlib-compressed JSON with a SHA-256 checksum. Pure."""

import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import Any


class DamagedRunError(ValueError):
    """A stored run or directory version is missing data or does not match its checksum."""


def serialize(value: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return a value as compressed JSON, and the SHA-256 of the JSON in hexadecimal."""
    raw = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return zlib.compress(raw, 6), hashlib.sha256(raw).hexdigest()


def deserialize(data: bytes, digest: str) -> dict[str, Any]:
    """Return the serialized value. Raises DamagedRunError if it does not match its checksum."""
    try:
        raw = zlib.decompress(data)
    except zlib.error as error:
        message = "the stored run cannot be decompressed"
        raise DamagedRunError(message) from error
    if hashlib.sha256(raw).hexdigest() != digest:
        message = "the stored run does not match its checksum"
        raise DamagedRunError(message)
    value: dict[str, Any] = json.loads(raw)
    return value
