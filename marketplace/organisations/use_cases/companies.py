"""Registering companies and changing their details."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from marketplace.accounts import use_cases as accounts
from marketplace.accounts.use_cases import HashCost, NewOrganisation, NewPerson
from marketplace.audit.use_cases import check_object_unchanged, record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.viewer import Viewer
from marketplace.organisations import hooks, notices, queries
from marketplace.organisations.contacts import owner_contact
from marketplace.organisations.models import AREA, Company, Membership
from marketplace.organisations.use_cases.followers import follow_company, move_company
from marketplace.organisations.use_cases.memberships import add_membership
from marketplace.outbox.use_cases import send

BEGUN = "begun"
"""Key, in the stored details of a registration, of the work that the visitor started before registering."""


@dataclass(frozen=True, slots=True)
class CompanyDetails:
    """A company's registration details."""

    name: str
    organisation_number: str | None
    municipality_number: str
    sector_code: str
    employees: int | None = None
    website: str = ""
    phone: str = ""
    about: str = ""


def register_company(
    person: NewPerson, details: CompanyDetails, cost: HashCost, begun: Mapping[str, Any] | None = None
) -> str:
    """Store a registration and e-mail a confirmation link. Raises RuleBroken.

    Returns the key with which the browser can request the e-mail again. `begun` is the work that the visitor started
    before registering; see hooks.py.

    Account and company are created when the link is used. Does not reveal whether the address has an account: in that
    case its owner is notified.
    """
    garden = queries.garden_covering(details.municipality_number)
    prepared = accounts.prepare_account(person, cost, details.name, garden.name if garden else "")
    with transaction():
        queries.require_unused_number("company", details.organisation_number)
        values = asdict(details) | ({BEGUN: dict(begun)} if begun else {})
        return accounts.register(prepared, NewOrganisation("company", details.name, values))


def register_proven_company(
    person: NewPerson, details: CompanyDetails, cost: HashCost, begun: Mapping[str, Any] | None = None
) -> int:
    """Add an account and its company at once; return the user's id. Raises RuleBroken.

    The caller has checked that the visitor has opened a link e-mailed to the person's address.
    """
    garden = queries.garden_covering(details.municipality_number)
    prepared = accounts.prepare_account(person, cost, details.name, garden.name if garden else "")
    with transaction():
        user = accounts.add_proven(prepared, details.name)
        add_company(user.id, details, begun)
        return user.id


def add_registered_company(user_id: int, details: dict[str, Any]) -> None:
    """Add the company of a confirmed registration, inside the caller's transaction. Raises RuleBroken."""
    begun = details.get(BEGUN)
    add_company(user_id, CompanyDetails(**{key: details[key] for key in details if key != BEGUN}), begun)


def add_company(user_id: int, details: CompanyDetails, begun: Mapping[str, Any] | None = None) -> Membership:
    """Add a company owned by a user and notify its garden, inside the caller's transaction. Raises RuleBroken."""
    queries.require_unused_number("company", details.organisation_number)
    garden = queries.garden_covering(details.municipality_number)
    company = Company(
        slug=queries.unique_slug(details.name), garden_id=garden.id if garden else None, **asdict(details)
    )
    session.add(company)
    session.flush()
    membership = add_membership(user_id, company.id, "owner")
    registered_by = Viewer(user_id=user_id, organisation_id=company.id)
    record(registered_by, "company.register", "organisation", company.id)
    if garden:
        follow_company(company.id, garden.id, AREA, registered_by)
        send(
            notices.company_registered(company.name, company.place, company.id, owner_contact(company)),
            queries.recipients_for(garden.id),
        )
    _announce_identity(company)
    if begun:
        owner = Viewer(
            user_id=user_id,
            membership_id=membership.id,
            organisation_id=company.id,
            organisation_kind="company",
            organisation_name=company.name,
            role="owner",
        )
        for callback in hooks.company_registered:
            callback(owner, begun)
    return membership


def _announce_identity(company: Company) -> None:
    for callback in hooks.identity_changed:
        callback(company.id)


def change_company(viewer: Viewer, details: CompanyDetails, expected_fingerprint: str | None = None) -> None:
    """Change the details of the viewer's company, and its garden if it has moved. Raises RuleBroken.

    Raises Conflict if the details have changed since the form was rendered, with `expected_fingerprint`.
    """
    with transaction():
        queries.lock_organisation(viewer.organisation_id)
        company = queries.own_company(viewer)
        check_object_unchanged(viewer, "organisation", company.id, expected_fingerprint, company, details)
        queries.require_unused_number("company", details.organisation_number, company.id)
        company.name = details.name
        has_new_number = company.organisation_number != details.organisation_number
        company.organisation_number = details.organisation_number
        if has_new_number:
            _announce_identity(company)
        company.sector_code = details.sector_code
        company.employees = details.employees
        company.website = details.website
        company.phone = details.phone
        company.about = details.about
        if company.municipality_number != details.municipality_number:
            move_company(viewer, company, details.municipality_number)
        record(viewer, "company.change", "organisation", company.id)


def create_own_company(
    viewer: Viewer, details: CompanyDetails, begun: Mapping[str, Any] | None = None
) -> int:
    """Add a company for a signed-in user and return the id of the membership. Raises RuleBroken."""
    with transaction():
        return add_company(viewer.user_id or 0, details, begun).id


def mark_company_known(viewer: Viewer, company_id: int) -> Company:
    """Record that the viewer's garden knows a company, so that its briefs open at once. Later calls change nothing.

    Raises NotFound for another garden's company.
    """
    with transaction():
        company = queries.company_for(viewer, company_id)
        queries.lock_organisation(company.id)
        if company.known_at is None:
            company.known_at = clock.now()
            record(viewer, "company.known", "organisation", company.id)
        return company
