"""Who is asking: a plain value that queries and use cases take, so that they run without a web request."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person asking, and the organisation that he or she acts for."""

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

    @property
    def is_signed_in(self) -> bool:
        """Say whether the viewer is a known person."""
        return self.user_id is not None

    @property
    def is_company(self) -> bool:
        """Say whether the viewer acts for a company."""
        return self.organisation_kind == "company"

    @property
    def is_supplier(self) -> bool:
        """Say whether the viewer acts for a supplier."""
        return self.organisation_kind == "supplier"

    @property
    def is_garden(self) -> bool:
        """Say whether the viewer acts for a business garden."""
        return self.organisation_kind == "garden"

    @property
    def is_curator(self) -> bool:
        """Say whether the viewer may decide on suppliers for a business garden."""
        return self.is_garden and self.role == "curator"

    @property
    def is_owner(self) -> bool:
        """Say whether the viewer may act with full right for the company or the supplier."""
        return self.role == "owner"

    @property
    def first_name(self) -> str:
        """Return the name to greet with."""
        return self.name.split(" ", 1)[0]


ANONYMOUS = Viewer()
