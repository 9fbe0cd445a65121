"""Memberships and the organisations that a viewer can see."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, column, false, func, select, table
from sqlalchemy.orm import joinedload

from marketplace.accounts import use_cases as accounts
from marketplace.accounts.models import SignInSession, User
from marketplace.accounts.session_policy import SessionPolicy, SignInStage, is_expired, sign_in_stage
from marketplace.core import clock
from marketplace.core.database import best_effort_write, lock_row, session
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.identifiers import make_slug, token_hash
from marketplace.core.letters import contains_folded, norwegian_order
from marketplace.core.list_query import EVERYTHING, ListQuery
from marketplace.core.pagination import Page, paginate
from marketplace.core.viewer import GardenContact, Viewer
from marketplace.organisations.models import (
    LEADER_ROLE,
    BusinessGarden,
    ColleagueInvitation,
    Company,
    Membership,
    Organisation,
)
from marketplace.outbox.messages import Recipient
from marketplace.outbox.models import Notice


@dataclass(frozen=True, slots=True)
class SignedInPerson:
    """The signed-in user of a request and the stage of the sign-in."""

    viewer: Viewer
    unread: int
    memberships: int
    stage: SignInStage
    requires_two_factor: bool
    garden: GardenContact | None = None


def _session_query() -> Select[Any]:
    """Return the query for a session by its hash: one row for each active membership, the oldest first."""
    sign_in, user = SignInSession.__table__, User.__table__
    membership, organisation = Membership.__table__, Organisation.__table__
    company, garden, contact = Company.__table__, organisation.alias("garden"), BusinessGarden.__table__
    supplier = table("supplier", column("id"), column("garden_id"))  # its model belongs to a higher package
    # Not a nested join: SQLite would read all of it before filtering by user.
    joined = (
        sign_in.join(user)
        .outerjoin(membership, membership.c.user_id == user.c.id)
        .outerjoin(
            organisation, (organisation.c.id == membership.c.organisation_id) & organisation.c.is_active
        )
        .outerjoin(company, company.c.id == organisation.c.id)
        .outerjoin(supplier, supplier.c.id == organisation.c.id)
        .outerjoin(
            garden,
            (garden.c.id == func.coalesce(company.c.garden_id, supplier.c.garden_id)) & garden.c.is_active,
        )
        .outerjoin(contact, contact.c.id == garden.c.id)
    )
    unread = (
        select(func.count())
        .where(Notice.user_id == user.c.id, Notice.read_at.is_(None))
        .correlate(user)
        .scalar_subquery()
    )
    return (
        select(
            sign_in.c.created_at.label("began_at"), sign_in.c.last_seen_at, sign_in.c.acting_membership_id,
            sign_in.c.second_factor_at.label("code_verified_at"),
            user.c.id.label("user_id"), user.c.name, user.c.email, user.c.locale, user.c.is_admin,
            user.c.second_factor_at,
            membership.c.id.label("membership_id"), membership.c.role,
            organisation.c.id.label("organisation_id"), organisation.c.kind, organisation.c.name.label("of"),
            unread.label("unread"),
            garden.c.id.label("garden_id"), garden.c.name.label("garden"), garden.c.phone.label("garden_phone"),
            contact.c.email.label("garden_email"),
        )
        .select_from(joined)
        .where(sign_in.c.token_hash == bindparam("token_hash"), user.c.is_active)
        .order_by(membership.c.created_at, membership.c.id)
    )  # fmt: skip


_SESSION_QUERY = _session_query()
"""Built once, on tables rather than entities: every page of a signed-in user runs this single statement."""


def load_signed_in_person(token: str, policy: SessionPolicy) -> SignedInPerson | None:
    """Return the user with the given session token, or None if the session has expired.

    Permissions are derived from the current memberships at each request; the session stores none.
    """
    rows = session.execute(_SESSION_QUERY, {"token_hash": token_hash(token)}).all()
    if not rows:
        return None
    person, now = rows[0], clock.now()
    memberships = [row for row in rows if row.organisation_id is not None]
    trusted = person.is_admin or any(row.role == "curator" for row in memberships)
    if is_expired(person.began_at, person.last_seen_at, now, policy, trusted=trusted):
        return None
    if now - person.last_seen_at > dt.timedelta(minutes=1):
        with best_effort_write():
            accounts.touch_session(token)
    acting = person.acting_membership_id
    chosen = next((row for row in memberships if row.membership_id == acting), None)
    if chosen is None and memberships and not (person.is_admin and acting is None):
        chosen = memberships[0]
    requires_two_factor = policy.second_factor and trusted
    stage = sign_in_stage(
        has_factor=person.second_factor_at is not None,
        code_verified=person.code_verified_at is not None,
        requires_two_factor=requires_two_factor,
    )
    viewer = Viewer(
        user_id=person.user_id,
        name=person.name,
        email=person.email,
        locale=person.locale,
        is_admin=person.is_admin and chosen is None,
        membership_id=chosen.membership_id if chosen else None,
        organisation_id=chosen.organisation_id if chosen else None,
        organisation_kind=chosen.kind if chosen else None,
        organisation_name=chosen.of if chosen else "",
        role=chosen.role if chosen else None,
    )
    garden = (
        GardenContact(chosen.garden_id, chosen.garden, chosen.garden_phone, chosen.garden_email)
        if chosen and chosen.garden_id
        else None
    )
    return SignedInPerson(viewer, person.unread, len(memberships), stage, requires_two_factor, garden)


def organisation_names_of(user_id: int | None) -> tuple[str, ...]:
    """Return the names of the organisations that a user acts for, and of their gardens."""
    names: list[str] = []
    for membership in memberships_of(user_id or 0):
        names.append(membership.organisation.name)
        garden_id = getattr(membership.organisation, "garden_id", None)
        if garden_id is not None:
            names.append(garden(garden_id).name)
    return tuple(names)


def viewer_for(user: User, membership: Membership | None) -> Viewer:
    """Return a user as a viewer who acts through a membership, or for no organisation."""
    organisation = membership.organisation if membership else None
    return Viewer(
        user_id=user.id,
        name=user.name,
        email=user.email,
        locale=user.locale,
        is_admin=user.is_admin and membership is None,
        membership_id=membership.id if membership else None,
        organisation_id=organisation.id if organisation else None,
        organisation_kind=organisation.kind if organisation else None,
        organisation_name=organisation.name if organisation else "",
        role=membership.role if membership else None,
    )


def memberships_of(user_id: int) -> Sequence[Membership]:
    """Return a user's memberships in active organisations, the oldest first."""
    query = (
        select(Membership)
        .join(Membership.organisation)
        .options(joinedload(Membership.organisation))
        .where(Membership.user_id == user_id, Organisation.is_active)
        .order_by(Membership.created_at, Membership.id)
    )
    return session.scalars(query).all()


def is_administrator(user_id: int | None) -> bool:
    """Return True if a user is an administrator, whatever organisation the user acts for now."""
    user = session.get(User, user_id) if user_id else None
    return bool(user and user.is_admin)


def members(organisation_id: int) -> Sequence[Membership]:
    """Return an organisation's memberships, by name of the user."""
    query = (
        select(Membership)
        .join(Membership.user)
        .options(joinedload(Membership.user))
        .where(Membership.organisation_id == organisation_id)
        .order_by(norwegian_order(User.name), Membership.id)
    )
    return session.scalars(query).all()


def membership_for(viewer: Viewer, membership_id: int) -> Membership:
    """Return a membership of the viewer's organisation that the viewer may end. Raises NotFound."""
    membership = session.get(Membership, membership_id)
    if membership is None or membership.organisation_id != viewer.organisation_id:
        raise NotFound
    if membership.user_id != viewer.user_id and viewer.role != LEADER_ROLE[str(viewer.organisation_kind)]:
        raise NotFound
    return membership


def invitation_by_leader(viewer: Viewer, invitation_id: int) -> ColleagueInvitation:
    """Return an invitation from the viewer's organisation. Raises NotFound, also unless the viewer leads."""
    invitation = session.get(ColleagueInvitation, invitation_id)
    leads = viewer.role == LEADER_ROLE.get(str(viewer.organisation_kind))
    if invitation is None or invitation.organisation_id != viewer.organisation_id or not leads:
        raise NotFound
    return invitation


def recipients_for(organisation_id: int | None, *, roles: Sequence[str] = ()) -> list[Recipient]:
    """Return an organisation's active users, or those with certain roles, as recipients of notices."""
    if organisation_id is None:
        return []
    query = select(User).join(Membership, Membership.user_id == User.id)
    query = query.where(Membership.organisation_id == organisation_id, User.is_active)
    if roles:
        query = query.where(Membership.role.in_(roles))
    return [accounts.as_recipient(user) for user in session.scalars(query.order_by(User.id))]


def recipients_of_all(organisation_ids: Sequence[int]) -> list[Recipient]:
    """Return the active users of several organisations as recipients of notices, each user once."""
    members = select(Membership.user_id).where(Membership.organisation_id.in_(organisation_ids))
    query = select(User).where(User.id.in_(members), User.is_active).order_by(User.id)
    return [accounts.as_recipient(user) for user in session.scalars(query)]


def open_invitations(organisation_id: int) -> Sequence[ColleagueInvitation]:
    """Return an organisation's pending invitations to colleagues."""
    query = select(ColleagueInvitation).where(
        ColleagueInvitation.organisation_id == organisation_id,
        ColleagueInvitation.accepted_at.is_(None),
        ColleagueInvitation.withdrawn_at.is_(None),
        ColleagueInvitation.expires_at > clock.now(),
    )
    return session.scalars(query.order_by(ColleagueInvitation.created_at)).all()


def find_past_invitation(token: str) -> ColleagueInvitation | None:
    """Return the invitation with the given token, also if it can no longer be accepted; None for an unknown token."""
    return session.scalar(
        select(ColleagueInvitation).where(ColleagueInvitation.token_hash == token_hash(token))
    )


def find_invitation(token: str) -> ColleagueInvitation | None:
    """Return the pending invitation with the given token, or None.

    It is valid only while its sender could still send it: not after the sender has left or lost the leading role.
    """
    query = select(ColleagueInvitation).where(ColleagueInvitation.token_hash == token_hash(token))
    invitation = session.scalar(query.with_for_update())
    if (
        invitation is None
        or invitation.accepted_at
        or invitation.withdrawn_at
        or invitation.expires_at <= clock.now()
    ):
        return None
    return invitation if invitation.organisation.is_active and _sender_still_leads(invitation) else None


def _sender_still_leads(invitation: ColleagueInvitation) -> bool:
    sender = invitation.invited_by
    if not sender.is_active:
        return False
    if sender.is_admin and invitation.organisation.kind == "garden":
        return True
    query = select(Membership.id).where(
        Membership.user_id == sender.id,
        Membership.organisation_id == invitation.organisation_id,
        Membership.role == LEADER_ROLE[invitation.organisation.kind],
    )
    return session.scalar(query) is not None


@dataclass(frozen=True, slots=True)
class CompanyContact:
    """The person to call in a company, with the company's telephone number."""

    name: str
    email: str
    phone: str


def company_contact(viewer: Viewer, company: Company) -> CompanyContact | None:
    """Return the first owner of a company of the viewer's garden, None if there is none or for other viewers."""
    if not viewer.is_garden or company.garden_id != viewer.organisation_id:
        return None
    query = (
        select(User.name, User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == company.id, Membership.role == "owner", User.is_active)
        .order_by(Membership.created_at, Membership.id)
        .limit(1)
    )
    owner = session.execute(query).first()
    return CompanyContact(owner.name, owner.email, company.phone) if owner else None


def gardens() -> Sequence[BusinessGarden]:
    """Return the active business gardens, by name."""
    query = (
        select(BusinessGarden).where(BusinessGarden.is_active).order_by(norwegian_order(BusinessGarden.name))
    )
    return session.scalars(query).all()


def all_gardens() -> Sequence[BusinessGarden]:
    """Return all business gardens, including closed ones, for administrators."""
    return session.scalars(select(BusinessGarden).order_by(norwegian_order(BusinessGarden.name))).all()


def garden(garden_id: int) -> BusinessGarden:
    """Return a business garden by id. Raises NotFound."""
    business_garden = session.get(BusinessGarden, garden_id)
    if business_garden is None:
        raise NotFound
    return business_garden


def garden_covering(municipality_number: str) -> BusinessGarden | None:
    """Return the garden that covers a municipality, or None."""
    return next((g for g in gardens() if municipality_number in g.covered_municipalities), None)


def lock_organisation(organisation_id: int | None) -> None:
    """Lock an organisation's row until the end of the transaction."""
    lock_row(Organisation.id, organisation_id)


def own_company(viewer: Viewer) -> Company:
    """Return the company that the viewer acts for. Raises NotFound."""
    company = session.get(Company, viewer.organisation_id) if viewer.is_company else None
    if company is None:
        raise NotFound
    return company


def companies_of(viewer: Viewer, page: int = 1, wanted: ListQuery = EVERYTHING) -> Page[Company]:
    """Return the companies of the viewer's garden, by name unless another order is chosen."""
    return paginate(companies_query(viewer, wanted), page, size=25)


def all_companies_of(viewer: Viewer, wanted: ListQuery) -> Iterator[Company]:
    """Yield all companies of the viewer's garden that match, in batches."""
    yield from session.scalars(companies_query(viewer, wanted).execution_options(yield_per=200))


def companies_query(viewer: Viewer, wanted: ListQuery) -> Select[Company]:
    """Build the query for the active companies of the viewer's garden. Raises NotFound for other viewers."""
    if not viewer.is_garden:
        raise NotFound
    query = select(Company).where(Company.garden_id == viewer.organisation_id, Company.is_active)
    if wanted.text:
        number = "".join(wanted.text.split())
        by_number = Company.organisation_number.startswith(number) if number.isdigit() else false()
        query = query.where(contains_folded(Company.name, wanted.text) | by_number)
    if wanted["place"]:
        query = query.where(Company.municipality_number == wanted["place"])
    if wanted["sector"]:
        query = query.where(Company.sector_code == wanted["sector"])
    if wanted["state"]:
        query = query.where(
            Company.known_at.is_(None) if wanted["state"] == "new" else Company.known_at.is_not(None)
        )
    orders: dict[str, tuple[Any, ...]] = {
        "newest": (Company.created_at.desc(), Company.id.desc()),
        "size": (func.coalesce(Company.employees, 0).desc(), norwegian_order(Company.name)),
    }
    return query.order_by(*orders.get(wanted.sort, (norwegian_order(Company.name),)), Company.id)


def company_for(viewer: Viewer, company_id: int) -> Company:
    """Return a company of the viewer's garden. Raises NotFound."""
    company = session.get(Company, company_id)
    if company is None or not viewer.is_garden or company.garden_id != viewer.organisation_id:
        raise NotFound
    return company


def unique_slug(name: str) -> str:
    """Return an unused URL slug for a new organisation."""
    base = make_slug(name)
    taken = set(
        session.scalars(select(Organisation.slug).where(Organisation.slug.startswith(base, autoescape=True)))
    )
    candidates = (base, *(f"{base}-{suffix}" for suffix in range(2, len(taken) + 2)))
    return next(slug for slug in candidates if slug not in taken)


def has_organisation_number(kind: str, number: str | None, except_id: int | None = None) -> bool:
    """Return True if another organisation of the same kind has the organisation number."""
    if not number:
        return False
    query = select(Organisation.id).where(
        Organisation.kind == kind, Organisation.organisation_number == number
    )
    if except_id is not None:
        query = query.where(Organisation.id != except_id)
    return session.scalar(query) is not None


def require_unused_number(kind: str, number: str | None, except_id: int | None = None) -> None:
    """Raise RuleBroken if another organisation of the same kind has the organisation number."""
    if has_organisation_number(kind, number, except_id):
        raise RuleBroken(
            _("This organisation number is already registered. Ask a colleague for an invitation."),
            "organisation_number",
        )


def names_of(organisation_ids: Iterable[int | None]) -> dict[int | None, str]:
    """Return organisations' names by id."""
    ids = {organisation_id for organisation_id in organisation_ids if organisation_id is not None}
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    rows = session.execute(query).all() if ids else []
    return {row.id: row.name for row in rows}
