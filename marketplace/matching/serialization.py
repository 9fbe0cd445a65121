"""Convert the library's frozen dataclasses to JSON values and back."""

import datetime as dt
from collections.abc import Mapping, Sequence, Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import Any

STORED_AS = "stored_as"
"""Metadata key of a field that is stored under another name, because it was renamed after rankings had been stored."""


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {
            field.metadata.get(STORED_AS, field.name): _plain(getattr(value, field.name))
            for field in fields(value)
        }
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


def to_plain(record: Any) -> dict[str, Any]:
    """Return a dataclass as JSON values: dates become ISO strings, tuples become lists."""
    plain: dict[str, Any] = _plain(record)
    return plain


def from_plain(
    values: Mapping[str, Any], names: AbstractSet[str], *, dates: Sequence[str] = ()
) -> dict[str, Any]:
    """Return constructor arguments from JSON values: lists become tuples, the named ISO strings become dates.

    Raises ValueError for a key that is not in `names`, so that a misspelt field is not lost silently.
    """
    unknown = values.keys() - names
    if unknown:
        message = f"unknown field: {', '.join(sorted(unknown))}"
        raise ValueError(message)
    arguments: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
    }
    for key in dates:
        if arguments.get(key):
            arguments[key] = dt.date.fromisoformat(arguments[key])
    return arguments
