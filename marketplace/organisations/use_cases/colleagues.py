"""Inviting colleagues, joining, changing roles and leaving."""

import datetime as dt

from sqlalchemy import func, select

from marketplace.accounts import queries as people, use_cases as accounts
from marketplace.accounts.use_cases import HashCost, NewPerson
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.email_address import normalize_email
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, or_404
from marketplace.core.i18n import gettext as _
from marketplace.core.identifiers import new_token, token_hash
from marketplace.core.viewer import Viewer
from marketplace.organisations import notices, queries
from marketplace.organisations.limits import INVITATION_DAYS, MAX_UNANSWERED
from marketplace.organisations.models import LEADER_ROLE, ColleagueInvitation, Membership
from marketplace.organisations.use_cases.memberships import ROLES, add_membership
from marketplace.outbox.use_cases import send, send_mail


def invite_colleague(viewer: Viewer, email: str, role: str) -> None:
    """E-mail a colleague a link to join the viewer's organisation.

    Responds the same for known and unknown addresses. Raises RuleBroken, and TooMany if the address's quota is used up.
    """
    _require_leader(viewer)
    email = normalize_email(email)
    if role not in ROLES[str(viewer.organisation_kind)]:
        raise RuleBroken(_("Choose one from the list."), "role")
    with transaction():
        queries.lock_organisation(viewer.organisation_id)
        for invitation in queries.open_invitations(viewer.organisation_id or 0):
            if invitation.email == email:
                invitation.withdrawn_at = clock.now()
        already = any(m.user.email == email for m in queries.members(viewer.organisation_id or 0))
        if already:
            raise RuleBroken(_("This person can already act on your behalf."), "email")
        _require_few_unanswered(viewer)
        accounts.require_mail_quota(email, f"user {viewer.user_id}")
        token, expires_at = new_token(), clock.now() + dt.timedelta(days=INVITATION_DAYS)
        session.add(
            ColleagueInvitation(
                token_hash=token_hash(token),
                organisation_id=viewer.organisation_id,
                email=email,
                role=role,
                invited_by_id=viewer.user_id,
                expires_at=expires_at,
            )
        )
        known = people.find_user_by_email(email)
        path = f"/invitations/{token}"
        message = notices.colleague_invited(viewer.name, viewer.organisation_name, path, expires_at)
        send_mail(message, email, known.locale if known else viewer.locale)
        record(viewer, "organisation.invite_colleague", "organisation", viewer.organisation_id, role=role)


def _require_few_unanswered(viewer: Viewer) -> None:
    """Raise RuleBroken if too many recent invitations have not been accepted. Those withdrawn count as well."""
    unanswered = (
        select(func.count())
        .select_from(ColleagueInvitation)
        .where(
            ColleagueInvitation.organisation_id == viewer.organisation_id,
            ColleagueInvitation.created_at > clock.now() - dt.timedelta(days=INVITATION_DAYS),
            ColleagueInvitation.accepted_at.is_(None),
        )
    )
    if (session.scalar(unanswered) or 0) >= MAX_UNANSWERED:
        raise RuleBroken(
            _(
                "You have invited many people in the last %(days)s days who have not answered. Wait until they do.",
                days=INVITATION_DAYS,
            ),
            "email",
        )


def withdraw_invitation(viewer: Viewer, invitation_id: int) -> None:
    """Withdraw an invitation to a colleague. Raises RuleBroken if the colleague has accepted it."""
    _require_leader(viewer)
    with transaction():
        queries.lock_organisation(viewer.organisation_id)
        invitation = queries.invitation_by_leader(viewer, invitation_id)
        if invitation.accepted_at is not None:
            raise RuleBroken(_("The invitation has already been accepted. Remove the colleague instead."))
        if invitation.withdrawn_at is None:
            invitation.withdrawn_at = clock.now()
            record(viewer, "organisation.withdraw_invitation", "organisation", viewer.organisation_id)


def accept_invitation(
    token: str, viewer: Viewer, person: NewPerson | None, cost: HashCost
) -> tuple[int, int]:
    """Accept an invitation, with the viewer's account or a new one; return the ids of user and membership.

    Raises NotFound if it is no longer valid, and RuleBroken if the account has another address than the invited one.
    """
    prepared = accounts.prepare_account(person, cost, _organisation_name(token)) if person else None
    with transaction():
        queries.lock_organisation(queries.inviting_organisation_id(token))
        invitation = or_404(queries.find_invitation(token))
        if viewer.is_signed_in:
            user = people.get_user(viewer.user_id or 0)
        elif prepared and prepared.email == invitation.email:
            user = accounts.add_verified(prepared)
        else:
            raise NotFound
        if user.email != invitation.email:
            raise RuleBroken(_("The invitation was sent to another address. Sign in with that address."))
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
        inviter, members = invitation.invited_by, queries.members(invitation.organisation_id)
        is_colleague = any(member.user_id == inviter.id for member in members)
        administered = invitation.organisation_id if inviter.is_admin and not is_colleague else None
        joined = notices.colleague_joined(user.name, invitation.organisation.name, administered)
        send(joined, [accounts.as_recipient(inviter)])
        return user.id, membership.id


def _organisation_name(token: str) -> str:
    """Return the name of the organisation that an invitation is for. Raises NotFound."""
    invitation = or_404(queries.find_invitation(token))
    return invitation.organisation.name


def _lock_member(viewer: Viewer, membership_id: int) -> Membership:
    """Lock the viewer's organisation and return one of its memberships. Raises NotFound."""
    queries.lock_organisation(viewer.organisation_id)
    membership = session.get(Membership, membership_id)
    if membership is None or membership.organisation_id != viewer.organisation_id:
        raise NotFound
    return membership


def _require_another_leader(membership: Membership, kind: str) -> None:
    """Raise RuleBroken if the member is the only leader of an organisation, which the caller has locked."""
    leading = LEADER_ROLE[kind]
    if membership.role != leading:
        return
    others = select(Membership.id).where(
        Membership.organisation_id == membership.organisation_id,
        Membership.role == leading,
        Membership.id != membership.id,
    )
    if session.scalar(others.limit(1)) is None:
        raise RuleBroken(_("At least one person must have full rights. Give them to a colleague first."))


def remove_colleague(viewer: Viewer, membership_id: int) -> None:
    """End a colleague's membership. Raises RuleBroken for the last leader.

    The person loses access at the next request, and invitations sent by the person become invalid.
    """
    with transaction():
        membership = _lock_member(viewer, membership_id)
        if membership.user_id != viewer.user_id:
            _require_leader(viewer)
        _require_another_leader(membership, str(viewer.organisation_kind))
        session.delete(membership)
        record(
            viewer,
            "organisation.remove_colleague",
            "organisation",
            viewer.organisation_id,
            user=membership.user_id,
        )


def change_role(viewer: Viewer, membership_id: int, role: str) -> None:
    """Change a colleague's role. Only leaders can, so nobody grants a role above their own.

    Ends the colleague's sessions, so that the new permissions start with a new sign-in. Raises RuleBroken for an
    unknown role and for the last leader.
    """
    _require_leader(viewer)
    with transaction():
        membership = _lock_member(viewer, membership_id)
        if role not in ROLES[str(viewer.organisation_kind)]:
            raise RuleBroken(_("Choose one from the list."), "role")
        before = membership.role
        if role == before:
            return
        _require_another_leader(membership, str(viewer.organisation_kind))
        membership.role = role
        accounts.end_sessions_of(membership.user_id)
        record(
            viewer,
            "organisation.change_role",
            "organisation",
            viewer.organisation_id,
            user=membership.user_id,
            before=before,
            after=role,
        )


def _require_leader(viewer: Viewer) -> None:
    if viewer.organisation_kind is None or viewer.role != LEADER_ROLE[viewer.organisation_kind]:
        raise Forbidden
