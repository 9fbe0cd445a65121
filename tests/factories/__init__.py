"""Factories for users, organisations and viewers."""

from typing import Any

from marketplace.accounts import password_hashing
from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries
from marketplace.organisations.models import (
    AREA,
    BusinessGarden,
    Company,
    CompanyFollower,
    Membership,
    Organisation,
)
from marketplace.organisations.queries import viewer_for

PASSWORD = "granbar myrull kvistverk"
PASSWORD_HASH = password_hashing.hasher(1, 1024).hash(PASSWORD)
COMPANY_FORM = {
    "person_name": "Marit Bjørkvold",
    "email": "marit@bjorkvollen.example",
    "password": "grønn traktor på jordet",
    "name": "Bjørkvollen ysteri",
    "organisation_number": "310 000 019",
    "municipality": "5021",
    "sector": "food-drink",
    "employees": "4",
    "website": "bjorkvollen.example",
}
"""Form with which a person registers a company in Oppdal."""
_counter = iter(range(1, 1_000_000))


def user(name: str = "Kari Lyngstad", *, email: str | None = None, **values: Any) -> User:
    """Add a user with a confirmed e-mail address and the password PASSWORD."""
    address = email or f"person{next(_counter)}@fjordnett.example"
    details = {"email_verified_at": clock.now()} | values
    added = User(name=name, email=address, password_hash=PASSWORD_HASH, **details)
    session.add(added)
    session.flush()
    return added


def garden(name: str = "Fjellfoten næringshage", **values: Any) -> BusinessGarden:
    """Add a business garden in Oppdal that covers Oppdal and Rennebu, and reads no brief of a known company first."""
    details = {
        "municipality_number": "5021",
        "covered_municipalities": ["5021", "5022"],
        "reviews_first_brief": False,
        "reviews_unsure": False,
        "reviews_no_budget": False,
    }
    added = BusinessGarden(name=name, slug=queries.unique_slug(name), **(details | values))
    session.add(added)
    session.flush()
    return added


def company(name: str = "Bjørkvollen ysteri", *, of: BusinessGarden | None = None, **values: Any) -> Company:
    """Add a company in Oppdal that its garden knows."""
    details: dict[str, Any] = {
        "municipality_number": "5021",
        "sector_code": "food-drink",
        "garden_id": of.id if of else None,
        "known_at": clock.now(),
    }
    added = Company(name=name, slug=queries.unique_slug(name), **(details | values))
    session.add(added)
    session.flush()
    if added.garden_id is not None:
        follow(added, added.garden_id)
    return added


def follow(company: Company, garden_id: int, why: str = AREA) -> CompanyFollower:
    """Add a garden that follows a company."""
    added = CompanyFollower(garden_id=garden_id, why=why)
    company.followers.append(added)
    session.flush()
    return added


def member(
    organisation: Organisation, role: str = "owner", *, person: User | None = None, **values: Any
) -> Viewer:
    """Add a membership for a user, and return the user as a viewer."""
    person = person or user(**values)
    membership = Membership(user_id=person.id, organisation_id=organisation.id, role=role)
    session.add(membership)
    session.flush()
    return viewer_for(person, membership)


def administrator(**values: Any) -> Viewer:
    """Add an administrator, and return the user as a viewer."""
    return viewer_for(user(is_admin=True, **values), None)
