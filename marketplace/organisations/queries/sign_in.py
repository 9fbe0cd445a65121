"""The user and the organisation behind a session token."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, column, func, select, table

from marketplace.accounts import use_cases as accounts
from marketplace.accounts.models import SignInSession, User
from marketplace.accounts.session_policy import SessionPolicy, SignInStage, is_expired, sign_in_stage
from marketplace.core import clock
from marketplace.core.database import best_effort_write, session
from marketplace.core.identifiers import token_hash
from marketplace.core.viewer import GardenContact, Viewer
from marketplace.organisations.models import BusinessGarden, Company, Membership, Organisation
from marketplace.outbox.models import Notice
from marketplace.outbox.queries import LINKS_TO_PAGE, link_params


@dataclass(frozen=True, slots=True)
class SignedInPerson:
    """The signed-in user of a request and the stage of the sign-in.

    `unread_here` is the number of unread notices that link to the page.
    """

    viewer: Viewer
    unread: int
    unread_here: int
    memberships: int
    stage: SignInStage
    requires_two_factor: bool
    garden: GardenContact | None = None
    acting_mandate_id: int | None = None


def _session_query() -> Select[Any]:
    """Return the query for a session by its hash: one row for each active membership, oldest first."""
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
    notice = Notice.__table__.c
    unread = select(func.count()).where(notice.user_id == user.c.id, notice.read_at.is_(None)).correlate(user)
    return (
        select(
            sign_in.c.created_at.label("began_at"), sign_in.c.last_seen_at, sign_in.c.acting_membership_id,
            sign_in.c.acting_mandate_id,
            sign_in.c.second_factor_at.label("code_verified_at"),
            user.c.id.label("user_id"), user.c.name, user.c.email, user.c.locale, user.c.is_admin,
            user.c.second_factor_at,
            membership.c.id.label("membership_id"), membership.c.role,
            organisation.c.id.label("organisation_id"), organisation.c.kind, organisation.c.name.label("of"),
            unread.scalar_subquery().label("unread"),
            unread.where(LINKS_TO_PAGE).scalar_subquery().label("unread_here"),
            garden.c.id.label("garden_id"), garden.c.name.label("garden"), garden.c.phone.label("garden_phone"),
            contact.c.email.label("garden_email"),
        )
        .select_from(joined)
        .where(sign_in.c.token_hash == bindparam("token_hash"), user.c.is_active)
        .order_by(membership.c.created_at, membership.c.id)
    )  # fmt: skip


_SESSION_QUERY = _session_query()
"""Built once, on tables rather than entities: every page of a signed-in user runs this single statement. One attribute
of an entity, in a subquery as well, would make SQLAlchemy load all columns like those of entities."""


def load_signed_in_person(token: str, policy: SessionPolicy, path: str) -> SignedInPerson | None:
    """Return the user with the given session token who opens a page, or None if the session has expired.

    Permissions are derived from the current memberships at each request; the session stores none.
    """
    rows = session.execute(_SESSION_QUERY, {"token_hash": token_hash(token), **link_params(path)}).all()
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
    return SignedInPerson(
        viewer,
        person.unread,
        person.unread_here,
        len(memberships),
        stage,
        requires_two_factor,
        garden,
        person.acting_mandate_id,
    )
