"""Input of the matcher: a document is a supplier's profile, a query is a brief."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from .serialization import from_plain, to_plain

PRESENCE = ("must", "some", "remote")


@dataclass(frozen=True, slots=True)
class Position:
    """A geographical position in degrees (WGS 84)."""

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
    """A completed job, as described by the supplier."""

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
    """A supplier. `area` contains municipality numbers where it meets customers; money is NOK excluding VAT.

    None and empty values mean not stated, and are treated as unknown. `lang` is nb, nn or en; texts in any other language
    are read as bokmål. `looked_at` is true if a person has reviewed
    the current texts and approved them, which lifts all spam penalties.
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
        """Read a document from JSON values. Raises KeyError or ValueError if they are invalid."""
        own = from_plain(values, cls.__dataclass_fields__.keys(), dates=("next_start",))
        own["cases"] = tuple(CaseText.from_dict(case) for case in values.get("cases", ()))
        own["position"] = Position.from_dict(values["position"]) if values.get("position") else None
        return cls(**own)


def document_bytes(document: Document) -> bytes:
    """Return a document as canonical JSON in UTF-8: equal documents give equal bytes."""
    values = document.to_dict()
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@lru_cache(maxsize=20_000)
def document_digest(document: Document) -> str:
    """Return the SHA-256 digest of a document in hexadecimal."""
    return hashlib.sha256(document_bytes(document)).hexdigest()


@dataclass(frozen=True, slots=True)
class Query:
    """A brief. `needs` are the services that the company has confirmed; money is NOK excluding VAT.

    `lang` is nb, nn or en; a text in any other language is read as bokmål.

    `presence` is whether the supplier has to meet the company in person: "must" is a hard requirement, "some" and
    "remote" are not. Suppliers that cannot start before `finish_by` are excluded.
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
        """Raise ValueError if `presence` is not one of the three values, or a budget is negative."""
        if self.presence not in PRESENCE:
            message = f"presence must be one of {', '.join(PRESENCE)}, not {self.presence!r}"
            raise ValueError(message)
        if min(self.budget_min_nok or 0, self.budget_max_nok or 0) < 0:
            message = f"a budget must not be negative: {self.budget_min_nok} to {self.budget_max_nok}"
            raise ValueError(message)

    def to_dict(self) -> dict[str, Any]:
        """Return the query as JSON values."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read a query from JSON values. Raises KeyError or ValueError if they are invalid."""
        own = from_plain(values, cls.__dataclass_fields__.keys(), dates=("start_from", "finish_by"))
        own["position"] = Position.from_dict(values["position"]) if values.get("position") else None
        return cls(**own)
