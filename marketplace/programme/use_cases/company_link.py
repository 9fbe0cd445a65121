"""Linking participations to registered companies: by organisation number, or by name and contact person."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from marketplace.accounts.models import User
from marketplace.audit.use_cases import record
from marketplace.core.database import session
from marketplace.core.text import name_key
from marketplace.organisations.models import Company, Membership
from marketplace.programme.models.participation import Participation
from marketplace.programme.use_cases.seating import update_follower

_OWNERS = (
    select(Membership.organisation_id, User.email)
    .join(User, User.id == Membership.user_id)
    .where(Membership.role == "owner")
    .subquery()
)


def link_registered_companies(participations: Sequence[Participation]) -> None:
    """Link participations to their companies, where these are registered, inside the caller's transaction."""
    # Empty values are left out: None would match all companies without a number.
    numbers = {one.organisation_number for one in participations if one.organisation_number}
    emails = {one.contact_email for one in participations if one.contact_email}
    owned = select(_OWNERS.c.organisation_id, _OWNERS.c.email).where(_OWNERS.c.email.in_(emails))
    owners: dict[int, set[str]] = {}
    for company_id, email in session.execute(owned):
        owners.setdefault(company_id, set()).add(email)
    is_candidate = or_(Company.organisation_number.in_(numbers), Company.id.in_(owners))
    query = select(Company).where(Company.is_active, is_candidate).order_by(Company.id)
    companies = session.scalars(query).all()
    for participation in participations:
        for company in companies:
            number = participation.organisation_number
            has_number = number is not None and company.organisation_number == number
            if has_number or participation.contact_email in owners.get(company.id, ()):
                _link_if_same(participation, company)


def link_participations(company_id: int) -> None:
    """Link a company to its participations, inside the caller's transaction."""
    company = session.get_one(Company, company_id)
    emails = select(_OWNERS.c.email).where(_OWNERS.c.organisation_id == company_id)
    numbers = filter(None, [company.organisation_number])
    is_candidate = or_(
        Participation.organisation_number.in_(numbers), Participation.contact_email.in_(emails)
    )
    for participation in session.scalars(
        select(Participation).where(is_candidate).order_by(Participation.id)
    ):
        _link_if_same(participation, company)


def _link_if_same(participation: Participation, company: Company) -> None:
    """Link a participation to a company if they are the same, unless one of them already has a link in the project.

    A link to a closed company is replaced: its organisation number is free for a new registration.
    """
    is_linked = participation.company is not None and participation.company.is_active
    if is_linked or not _is_same(participation, company):
        return
    linked = select(Participation.id).where(
        Participation.project_id == participation.project_id, Participation.company_id == company.id
    )
    if session.scalar(linked) is not None:
        return
    participation.company = company
    session.flush()
    record(None, "participation.link_company", "participation", participation.id, company=company.id)
    update_follower(participation)


def _is_same(participation: Participation, company: Company) -> bool:
    """Return True if the organisation numbers are equal, or if one has no number and the names are equal.

    Names are only compared if the contact person has the e-mail address of an owner of the company.
    """
    if participation.organisation_number and company.organisation_number:
        return participation.organisation_number == company.organisation_number
    return name_key(participation.company_name) == name_key(company.name)
