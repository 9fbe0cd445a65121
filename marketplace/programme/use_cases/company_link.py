"""Linking participations to registered companies by organisation number."""

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.core.database import session
from marketplace.organisations.models import Company
from marketplace.programme.models.participation import Participation
from marketplace.programme.use_cases.seating import update_follower


def link_registered_company(participation: Participation) -> None:
    """Link a participation to the company with its organisation number, if one is registered.

    Joins the caller's transaction.
    """
    if participation.organisation_number is None:
        return
    query = select(Company).where(
        Company.organisation_number == participation.organisation_number, Company.is_active
    )
    company = session.scalar(query)
    if company is not None:
        _link(participation, company)


def link_participations(company_id: int) -> None:
    """Link a company to the participations with its organisation number, inside the caller's transaction."""
    company = session.get_one(Company, company_id)
    if company.organisation_number is None:
        return
    query = select(Participation).where(
        Participation.organisation_number == company.organisation_number, Participation.company_id.is_(None)
    )
    for participation in session.scalars(query.order_by(Participation.id)):
        _link(participation, company)


def _link(participation: Participation, company: Company) -> None:
    participation.company = company
    session.flush()
    record(None, "participation.link_company", "participation", participation.id, company=company.id)
    update_follower(participation)
