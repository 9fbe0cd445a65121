"""What is compared: a document is what a supplier says of itself, a query is what a brief asks for."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Self

from marketplace.matching.serialization import from_plain, to_plain

PRESENCE = ("must", "some", "remote")


@dataclass(frozen=True, slots=True)
class Position:
    """A point on the map, in degrees (WGS 84)."""

    lat: float
    lon: float

    def to_dict(self) -> dict[str, Any]:
        """Return the position as JSON values."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read a position from JSON values."""
        return cls(float(values["lat"]), float(values["lon"]))


@dataclass(frozen=True, slots=True)
class CaseText:
    """A job done, as the supplier tells it."""

    text: str
    services: tuple[str, ...] = ()
    sector: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the case as JSON values."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read a case from JSON values."""
        return cls(values["text"], tuple(values.get("services", ())), values.get("sector", ""))


@dataclass(frozen=True, slots=True)
class Document:
    """A supplier. `area` holds municipality numbers where it meets customers; money is NOK excluding VAT.

    What is None or empty was not stated, and is treated as unknown, never as a no. `looked_at` says that a person has
    read the texts as they stand and found them fair, so that nothing in them is held against the supplier.
    """

    id: str
    name: str
    text: str
    lang: str = "nb"
    services: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    position: Position | None = None
    municipality: str | None = None
    area: tuple[str, ...] = ()
    remote: bool = True
    price_from_nok: int | None = None
    languages: tuple[str, ...] = ()
    next_start: dt.date | None = None
    cases: tuple[CaseText, ...] = ()
    looked_at: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the document as JSON values."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read a document from JSON values; raises KeyError or ValueError where they do not fit."""
        own = from_plain(values, {field.name for field in fields(cls)}, dates=("next_start",))
        own["cases"] = tuple(CaseText.from_dict(case) for case in values.get("cases", ()))
        own["position"] = Position.from_dict(values["position"]) if values.get("position") else None
        return cls(**own)


def document_bytes(document: Document) -> bytes:
    """Return a document as JSON in UTF-8, the same bytes for equal ones."""
    values = document.to_dict()
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@lru_cache(maxsize=20_000)
def document_digest(document: Document) -> str:
    """Return the SHA-256 of a document, hexadecimal."""
    return hashlib.sha256(document_bytes(document)).hexdigest()


@dataclass(frozen=True, slots=True)
class Query:
    """A brief. `needs` are services that the company has confirmed; money is NOK excluding VAT.

    `presence` says whether the supplier has to come: "must" is a hard requirement, "some" and "remote" are not.
    A supplier that cannot begin before `finish_by` is left out.
    """

    id: str
    title: str
    text: str
    lang: str = "nb"
    needs: tuple[str, ...] = ()
    sector: str = ""
    municipality: str | None = None
    position: Position | None = None
    presence: str = "remote"
    budget_min_nok: int | None = None
    budget_max_nok: int | None = None
    languages: tuple[str, ...] = ()
    start_from: dt.date | None = None
    finish_by: dt.date | None = None
    must_haves: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a presence that is not one of the three words."""
        if self.presence not in PRESENCE:
            message = f"presence must be one of {', '.join(PRESENCE)}, not {self.presence!r}"
            raise ValueError(message)

    def to_dict(self) -> dict[str, Any]:
        """Return the query as JSON values."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read a query from JSON values; raises KeyError or ValueError where they do not fit."""
        own = from_plain(values, {field.name for field in fields(cls)}, dates=("start_from", "finish_by"))
        own["position"] = Position.from_dict(values["position"]) if values.get("position") else None
        return cls(**own)
