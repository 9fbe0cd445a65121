"""Registering, colleagues, and for whom one acts."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select

from marketplace.accounts import queries as people
from marketplace.accounts import use_cases as accounts
from marketplace.accounts.use_cases import HashCost
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.identifiers import new_token, token_hash
from marketplace.core.viewer import Viewer
from marketplace.organisations import notices, queries
from marketplace.organisations.models import (
    BusinessGarden,
    ColleagueInvitation,
    Company,
    Membership,
    Organisation,
)
from marketplace.outbox.use_cases import send, send_mail

INVITATION_HOURS = 48
ROLES = {"company": ("owner", "member"), "supplier": ("owner", "member"), "garden": ("curator", "adviser")}
LEADING = {"company": "owner", "supplier": "owner", "garden": "curator"}


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What a person gives when making an account."""

    name: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class CompanyDetails:
    """What a company tells of itself."""

    name: str
    organisation_number: str | None
    municipality_number: str
    sector_code: str
    employees: int | None = None
    website: str = ""
    phone: str = ""
    about: str = ""


def add_membership(user_id: int, organisation_id: int, role: str) -> Membership:
    """Let a person act for an organisation, inside the caller's transaction."""
    membership = Membership(user_id=user_id, organisation_id=organisation_id, role=role)
    session.add(membership)
    session.flush()
    return membership


def register_company(person: NewPerson, details: CompanyDetails, cost: HashCost) -> tuple[int, int]:
    """Make an account and a company in one step; return the ids of user and membership. Raises RuleBroken."""
    with transaction():
        user = accounts.add_user(name=person.name, email=person.email, password=person.password, cost=cost)
        membership = add_company(user.id, details)
        return user.id, membership.id


def add_company(user_id: int, details: CompanyDetails) -> Membership:
    """Add a company owned by a person, inside the caller's transaction, and tell its garden. Raises RuleBroken."""
    _check_number("company", details.organisation_number)
    garden = queries.garden_for(details.municipality_number)
    company = Company(
        name=details.name,
        slug=queries.free_slug(details.name),
        organisation_number=details.organisation_number,
        municipality_number=details.municipality_number,
        sector_code=details.sector_code,
        employees=details.employees,
        website=details.website,
        phone=details.phone,
        about=details.about,
        garden_id=garden.id if garden else None,
    )
    session.add(company)
    session.flush()
    membership = add_membership(user_id, company.id, "owner")
    record(
        Viewer(user_id=user_id, organisation_id=company.id), "company.register", "organisation", company.id
    )
    if garden:
        send(notices.company_registered(company.name, company.place), queries.receivers_for(garden.id))
    return membership


def _check_number(kind: str, number: str | None, except_id: int | None = None) -> None:
    if queries.number_taken(kind, number, except_id):
        raise RuleBroken(
            _("This organisation number is already registered. Ask a colleague for an invitation."),
            "organisation_number",
        )


def change_company(viewer: Viewer, details: CompanyDetails) -> None:
    """Change what the viewer's company tells of itself. Raises RuleBroken."""
    with transaction():
        company = queries.own_company(viewer)
        _check_number("company", details.organisation_number, company.id)
        company.name = details.name
        company.organisation_number = details.organisation_number
        company.sector_code = details.sector_code
        company.employees = details.employees
        company.website = details.website
        company.phone = details.phone
        company.about = details.about
        if company.municipality_number != details.municipality_number:
            company.municipality_number = details.municipality_number
            garden = queries.garden_for(details.municipality_number)
            company.garden_id = garden.id if garden else None
        record(viewer, "company.change", "organisation", company.id)


def invite_colleague(viewer: Viewer, email: str, role: str) -> None:
    """Mail a colleague a link that lets him or her act for the viewer's organisation. Raises RuleBroken."""
    _must_lead(viewer)
    if role not in ROLES[str(viewer.organisation_kind)]:
        raise RuleBroken(_("Choose one from the list."), "role")
    with transaction():
        for open_one in queries.open_invitations(viewer.organisation_id or 0):
            if open_one.email == email:
                open_one.withdrawn_at = clock.now()
        already = any(m.user.email == email for m in queries.members(viewer.organisation_id or 0))
        if already:
            raise RuleBroken(_("This person can already act for you."), "email")
        token = new_token()
        session.add(
            ColleagueInvitation(
                token_hash=token_hash(token),
                organisation_id=viewer.organisation_id,
                email=email,
                role=role,
                invited_by_id=viewer.user_id,
                expires_at=clock.now() + dt.timedelta(hours=INVITATION_HOURS),
            )
        )
        known = people.find_user_by_email(email)
        message = notices.colleague_invited(viewer.name, viewer.organisation_name, f"/invitations/{token}")
        send_mail(message, email, known.locale if known else viewer.locale)
        record(viewer, "organisation.invite_colleague", "organisation", viewer.organisation_id, role=role)


def withdraw_invitation(viewer: Viewer, invitation_id: int) -> None:
    """Take back an invitation to a colleague."""
    _must_lead(viewer)
    with transaction():
        invitation = session.get(ColleagueInvitation, invitation_id)
        if invitation is None or invitation.organisation_id != viewer.organisation_id:
            raise NotFound
        invitation.withdrawn_at = clock.now()
        record(viewer, "organisation.withdraw_invitation", "organisation", viewer.organisation_id)


def accept_invitation(
    token: str, viewer: Viewer, person: NewPerson | None, cost: HashCost
) -> tuple[int, int]:
    """Take an invitation, with the account one has or a new one; return the ids of user and membership.

    The invitation is bound to its address. Raises NotFound when it is used up, RuleBroken otherwise.
    """
    with transaction():
        invitation = queries.find_invitation(token)
        if invitation is None:
            raise NotFound
        if viewer.is_signed_in:
            user = people.get_user(viewer.user_id or 0)
        elif person:
            user = accounts.add_user(
                name=person.name, email=invitation.email, password=person.password, cost=cost, locale=None
            )
        else:
            raise NotFound
        if user.email != invitation.email:
            raise RuleBroken(_("The invitation was sent to another address. Log in with that one."))
        existing = [m for m in queries.members(invitation.organisation_id) if m.user_id == user.id]
        if existing:
            membership = existing[0]
        else:
            membership = add_membership(user.id, invitation.organisation_id, invitation.role)
        invitation.accepted_at = clock.now()
        record(
            queries.viewer_for(user, membership),
            "organisation.join",
            "organisation",
            invitation.organisation_id,
        )
        joined = notices.colleague_joined(user.name, invitation.organisation.name)
        send(joined, [accounts.receiver(invitation.invited_by)])
        return user.id, membership.id


def remove_colleague(viewer: Viewer, membership_id: int) -> None:
    """End a colleague's right to act for the viewer's organisation. Raises RuleBroken for the last who leads."""
    with transaction():
        membership = session.get(Membership, membership_id)
        if membership is None or membership.organisation_id != viewer.organisation_id:
            raise NotFound
        if membership.user_id != viewer.user_id:
            _must_lead(viewer)
        leading = LEADING[str(viewer.organisation_kind)]
        leaders = session.scalar(
            select(func.count()).where(
                Membership.organisation_id == viewer.organisation_id, Membership.role == leading
            )
        )
        if membership.role == leading and (leaders or 0) < 2:  # noqa: PLR2004 because one must stay
            raise RuleBroken(_("Someone must be able to lead. Invite another one first."))
        session.delete(membership)
        record(
            viewer,
            "organisation.remove_colleague",
            "organisation",
            viewer.organisation_id,
            user=membership.user_id,
        )


def _must_lead(viewer: Viewer) -> None:
    if viewer.organisation_kind is None or viewer.role != LEADING[viewer.organisation_kind]:
        raise Forbidden


def choose_organisation(viewer: Viewer, token: str, membership_id: int | None) -> None:
    """Let the session act for another of the viewer's organisations, or as administrator (None)."""
    own = {membership.id for membership in queries.memberships_of(viewer.user_id or 0)}
    if membership_id is None:
        if not queries.is_administrator(viewer.user_id):
            raise NotFound
    elif membership_id not in own:
        raise NotFound
    accounts.act_for(token, membership_id)


@dataclass(frozen=True, slots=True)
class GardenDetails:
    """What an administrator tells of a business garden."""

    name: str
    municipality_number: str
    covered_municipalities: list[str]
    email: str = ""
    phone: str = ""
    website: str = ""
    about: str = ""


def save_garden(viewer: Viewer, details: GardenDetails, garden_id: int | None = None) -> BusinessGarden:
    """Add or change a business garden. Raises RuleBroken when another garden covers a municipality."""
    with transaction():
        for other in queries.all_gardens():
            shared = set(other.covered_municipalities) & set(details.covered_municipalities)
            if other.id != garden_id and other.is_active and shared:
                raise RuleBroken(
                    _("%(garden)s already covers one of these municipalities.", garden=other.name),
                    "covered_municipalities",
                )
        if garden_id is None:
            garden = BusinessGarden(slug=queries.free_slug(details.name))
            session.add(garden)
        else:
            garden = queries.garden(garden_id)
        garden.name = details.name
        garden.municipality_number = details.municipality_number
        garden.covered_municipalities = details.covered_municipalities
        garden.email = details.email
        garden.phone = details.phone
        garden.website = details.website
        garden.about = details.about
        session.flush()
        record(viewer, "garden.save", "organisation", garden.id)
        return garden


def invite_curator(viewer: Viewer, garden_id: int, email: str, role: str) -> None:
    """Let an administrator invite the first people of a garden."""
    garden = queries.garden(garden_id)
    acting = Viewer(
        user_id=viewer.user_id,
        name=viewer.name,
        locale=viewer.locale,
        organisation_id=garden.id,
        organisation_kind="garden",
        organisation_name=garden.name,
        role="curator",
    )
    invite_colleague(acting, email, role)


def set_organisation_active(viewer: Viewer, organisation_id: int, *, active: bool) -> None:
    """Close or open an organisation; the rights of its people follow at their next request."""
    with transaction():
        organisation = session.get(Organisation, organisation_id)
        if organisation is None:
            raise NotFound
        organisation.is_active = active
        record(
            viewer, "organisation.open" if active else "organisation.close", "organisation", organisation.id
        )


def found_company(viewer: Viewer, details: CompanyDetails) -> int:
    """Add a company for a person who is signed in; return the id of the membership. Raises RuleBroken."""
    with transaction():
        return add_company(viewer.user_id or 0, details).id
