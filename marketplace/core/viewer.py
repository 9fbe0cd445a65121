"""The viewer: the user on whose behalf queries and use cases run, independent of a web request."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Viewer:
    """A user and the organisation that the user currently acts for."""

    user_id: int | None = None
    name: str = ""
    email: str = ""
    locale: str = "nb"
    is_admin: bool = False
    membership_id: int | None = None
    organisation_id: int | None = None
    organisation_kind: str | None = None
    organisation_name: str = ""
    role: str | None = None
    mandate_id: int | None = None
    """The mandate through which an adviser writes for the company, or None. Such a viewer is never an owner."""
    mandate_garden_id: int | None = None
    mandate_reads_offers: bool = False
    """True if the company lets the adviser read opened offers and prepare the choice."""

    @property
    def is_signed_in(self) -> bool:
        """True if the viewer is signed in."""
        return self.user_id is not None

    @property
    def is_company(self) -> bool:
        """True if the viewer acts for a company."""
        return self.organisation_kind == "company"

    @property
    def is_supplier(self) -> bool:
        """True if the viewer acts for a supplier."""
        return self.organisation_kind == "supplier"

    @property
    def is_garden(self) -> bool:
        """True if the viewer acts for a business garden."""
        return self.organisation_kind == "garden"

    @property
    def is_curator(self) -> bool:
        """True if the viewer is a curator, who may decide on suppliers, of a business garden."""
        return self.is_garden and self.role == "curator"

    @property
    def is_owner(self) -> bool:
        """True if the viewer is an owner of the company or supplier."""
        return self.role == "owner"

    @property
    def is_mandated(self) -> bool:
        """True if an adviser of a business garden writes for the company through a mandate."""
        return self.mandate_id is not None

    @property
    def may_read_offers(self) -> bool:
        """True if the viewer may read opened offers of the own company: its members, and advisers with access."""
        return self.is_company and (not self.is_mandated or self.mandate_reads_offers)

    @property
    def first_name(self) -> str:
        """First name, for greetings."""
        return self.name.split(" ", 1)[0]


@dataclass(frozen=True, slots=True)
class GardenContact:
    """The business garden that advises the viewer's organisation."""

    id: int
    name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class MandateInfo:
    """The mandate that a session writes through. `end_reason` is empty while it is valid; see mandates/rules.py."""

    mandate_id: int
    company_id: int | None
    company: str
    until: dt.date | None
    end_reason: str = ""
    reads_offers: bool = False


ANONYMOUS = Viewer()
