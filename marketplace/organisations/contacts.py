"""The people whom a page or message asks the reader to contact."""

from dataclasses import dataclass

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.database import session
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden, Company, Membership


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or business garden to contact. `phone` is the organisation's, and empty if it has none."""

    name: str
    email: str
    phone: str


def owner_contact(company: Company) -> Contact | None:
    """Return the first owner of a company, or None. Only for the gardens that follow the company."""
    query = (
        select(User.name, User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == company.id, Membership.role == "owner", User.is_active)
        .order_by(Membership.created_at, Membership.id)
        .limit(1)
    )
    owner = session.execute(query).first()
    return Contact(owner.name, owner.email, company.phone) if owner else None


def adviser_contact(viewer: Viewer) -> Contact:
    """Return the viewer, who is an adviser, as a contact with the telephone number of the garden."""
    garden = session.get(BusinessGarden, viewer.organisation_id)
    return Contact(viewer.name, viewer.email, garden.phone if garden else "")


def contact_lines(contact: Contact | None) -> list[str]:
    """Return the paragraph of a message that says how to reach a contact, or no paragraph if that is unknown."""
    if contact is None:
        return []
    details = ", ".join(detail for detail in (contact.phone, contact.email) if detail)
    if not details:
        return []
    return [_("Contact %(name)s: %(details)s.", name=contact.name, details=details)]
