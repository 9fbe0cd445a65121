"""Memberships, colleagues, recipients and invitations."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from marketplace.accounts import use_cases as accounts
from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.collation import norwegian_order
from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound
from marketplace.core.identifiers import token_hash
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import (
    LEADER_ROLE,
    ColleagueInvitation,
    Company,
    Membership,
    Organisation,
)
from marketplace.organisations.queries.followers import following_garden_ids
from marketplace.organisations.queries.organisations import garden
from marketplace.outbox.messages import Recipient


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
    """Return a user's memberships in active organisations, oldest first."""
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


_MEMBERS = prepared(
    select(Membership)
    .join(Membership.user)
    .options(contains_eager(Membership.user))
    .where(Membership.organisation_id == bindparam("organisation_id"))
    .order_by(norwegian_order(User.name), Membership.id)
)


def members(organisation_id: int) -> Sequence[Membership]:
    """Return an organisation's memberships, by name of the user."""
    return session.scalars(_MEMBERS, {"organisation_id": organisation_id}).all()


def memberships_led_alone(user_id: int) -> list[Membership]:
    """Return a user's memberships in active organisations that have no other active leader, by name."""
    other, person = aliased(Membership), aliased(User)
    others = (
        select(other.id)
        .join(person, person.id == other.user_id)
        .where(
            other.organisation_id == Membership.organisation_id,
            other.role == Membership.role,
            other.user_id != user_id,
            person.is_active,
        )
    )
    query = (
        select(Membership)
        .join(Membership.organisation)
        .options(joinedload(Membership.organisation))
        .where(
            Membership.user_id == user_id,
            Membership.role.in_(LEADER_ROLE.values()),
            Organisation.is_active,
            ~others.exists(),
        )
        .order_by(norwegian_order(Organisation.name), Membership.id)
    )
    return list(session.scalars(query))


def first_other_member(organisation_id: int, user_id: int) -> Membership | None:
    """Return the active member of an organisation who joined first, apart from a user; None if there is none."""
    query = (
        select(Membership)
        .join(Membership.user)
        .where(Membership.organisation_id == organisation_id, Membership.user_id != user_id, User.is_active)
        .order_by(Membership.created_at, Membership.id)
    )
    return session.scalar(query.limit(1))


def membership_for(viewer: Viewer, membership_id: int) -> Membership:
    """Return a membership of the viewer's organisation that the viewer may end. Raises NotFound."""
    membership = session.get(Membership, membership_id)
    if membership is None or membership.organisation_id != viewer.organisation_id:
        raise NotFound
    if membership.user_id != viewer.user_id and viewer.role != LEADER_ROLE[str(viewer.organisation_kind)]:
        raise NotFound
    return membership


def invitation_by_leader(viewer: Viewer, invitation_id: int) -> ColleagueInvitation:
    """Return an invitation from the organisation that the viewer leads. Raises NotFound."""
    invitation = session.get(ColleagueInvitation, invitation_id)
    leads = viewer.role == LEADER_ROLE.get(str(viewer.organisation_kind))
    if invitation is None or invitation.organisation_id != viewer.organisation_id or not leads:
        raise NotFound
    return invitation


def recipients_for(organisation_id: int | None, *, roles: Sequence[str] = ()) -> list[Recipient]:
    """Return an organisation's active users, or those with certain roles, as recipients of notices.

    A closed organisation has none, because nobody can act for it.
    """
    if organisation_id is None:
        return []
    query = select(User).join(Membership, Membership.user_id == User.id).join(Membership.organisation)
    query = query.where(Organisation.id == organisation_id, Organisation.is_active, User.is_active)
    if roles:
        query = query.where(Membership.role.in_(roles))
    return [accounts.as_recipient(user) for user in session.scalars(query.order_by(User.id))]


def recipients_of_all(organisation_ids: Sequence[int]) -> list[Recipient]:
    """Return the active users of several organisations that are open as recipients of notices, each user once."""
    members = select(Membership.user_id).join(Membership.organisation)
    members = members.where(Organisation.id.in_(organisation_ids), Organisation.is_active)
    query = select(User).where(User.id.in_(members), User.is_active).order_by(User.id)
    return [accounts.as_recipient(user) for user in session.scalars(query)]


def follower_recipients(company: Company) -> list[Recipient]:
    """Return the members of all gardens that follow a company as recipients of notices, without duplicates."""
    return recipients_of_all(sorted(following_garden_ids(company)))


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
    """Return the invitation with the given token, even if it can no longer be accepted; None for an unknown token."""
    return session.scalar(
        select(ColleagueInvitation).where(ColleagueInvitation.token_hash == token_hash(token))
    )


def inviting_organisation_id(token: str) -> int | None:
    """Return the id of the organisation that sent an invitation, valid or not; None for an unknown token."""
    return session.scalar(
        select(ColleagueInvitation.organisation_id).where(ColleagueInvitation.token_hash == token_hash(token))
    )


def find_invitation(token: str) -> ColleagueInvitation | None:
    """Return the pending invitation with the given token, or None.

    An invitation is valid only while its sender could still send it: not after the sender has left, or leads no more.
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
