"""A supplier in the directory, as plain values."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Approval:
    """A kind of service that a supplier is approved for, by which garden and since when."""

    category: str
    garden: str
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Logo:
    """A supplier's logo. `id` is the id of the stored file."""

    id: int
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class SupplierEntry:
    """A supplier in the directory. `services` are only those it is approved for."""

    id: int
    fingerprint: tuple[object, ...]
    slug: str
    name: str
    about: str
    locale: str
    municipality: str
    services: tuple[str, ...]
    sectors: tuple[str, ...]
    area: tuple[str, ...]
    languages: tuple[str, ...]
    price_from: int | None
    remote: bool
    on_site: bool
    approvals: tuple[Approval, ...]
    words: str
    logo: Logo | None = None

    @property
    def places(self) -> frozenset[str]:
        """Municipalities where the supplier takes jobs with meetings: those it lists, and its own."""
        return frozenset((*self.area, self.municipality))
