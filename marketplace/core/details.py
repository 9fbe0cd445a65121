"""Details: the columns of a row that a form edits, as a dataclass whose fields are named as the columns."""

from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

D = TypeVar("D", bound="DataclassInstance")


def details_of(kind: type[D], row: object) -> D:
    """Return the current details of a row."""
    return kind(**{field.name: getattr(row, field.name) for field in fields(kind)})


def write_details(row: object, details: "DataclassInstance") -> None:
    """Set the columns of a row that its details name."""
    for field in fields(details):
        setattr(row, field.name, getattr(details, field.name))
