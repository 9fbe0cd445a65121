"""Invite a supplier outside the network by e-mail; it applies first, and is invited once it is approved in time."""

from typing import Any

from sqlalchemy import Select, func, select

from marketplace.accounts import queries as people, use_cases as accounts
from marketplace.accounts.models import User
from marketplace.audit.use_cases import record
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import own_brief, phase_of
from marketplace.briefs.use_cases.authorization import lock
from marketplace.core import clock
from marketplace.core.database import failure_logged, load_locked, read_and_release, session, transaction
from marketplace.core.email_address import normalize_email
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken, or_404
from marketplace.core.i18n import gettext as _
from marketplace.core.identifiers import new_token, token_hash
from marketplace.core.viewer import Viewer
from marketplace.core.web_address import contains_link
from marketplace.organisations.models import Membership
from marketplace.organisations.queries import lock_organisation, recipients_for
from marketplace.outbox.messages import Message
from marketplace.outbox.use_cases import send, send_mail
from marketplace.sourcing import notices
from marketplace.sourcing.limits import MAX_OUTSIDE_MESSAGE, MAX_OUTSIDE_PER_DAY
from marketplace.sourcing.models import OutsideInvitation
from marketplace.sourcing.outside_invitation_tokens import confirmation_path
from marketplace.sourcing.queries.rankings import latest_run
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.sourcing.use_cases.invitations import (
    add_invitation,
    check_limits,
    invitations_of,
    require_invitable,
)
from marketplace.suppliers.models import Supplier


def invite_outside(viewer: Viewer, reference: str, email: str, message: str = "") -> None:
    """E-mail a link to apply, with a short message, to a supplier outside the network.

    Responds the same for known and unknown addresses. Raises RuleBroken, Conflict if the brief is not open, and TooMany
    if the address's quota is used up.
    """
    address = normalize_email(email)
    with transaction():
        lock_organisation(viewer.organisation_id)
        lock(reference)
        brief = own_brief(viewer, reference)
        if not viewer.is_owner:
            raise Forbidden
        if phase_of(brief) is not Phase.OPEN or brief.deadline is None:
            raise Conflict(_("The brief is not open, so nobody can be invited now."))
        if not brief.company.is_known:
            raise RuleBroken(
                _("You can invite by e-mail once your business garden has confirmed your company.")
            )
        if len(message) > MAX_OUTSIDE_MESSAGE or contains_link(message):
            raise RuleBroken(_("Keep the message short, without links and addresses."), "message")
        same = select(OutsideInvitation.id).filter_by(brief_id=brief.id, email=address)
        if session.scalar(same) is not None:
            raise RuleBroken(_("This address has already been invited to this brief."), "email")
        check_limits(brief, 1, invitations_of(brief))
        _check_daily_limit(viewer)
        accounts.require_mail_quota(address, f"user {viewer.user_id}")
        token = new_token()
        session.add(
            OutsideInvitation(
                token_hash=token_hash(token),
                brief_id=brief.id,
                email=address,
                message=message,
                invited_by_id=viewer.user_id,
            )
        )
        record(viewer, "brief.invite_outside", "brief", brief.reference)
        notice = notices.outside_invited(brief, message, brief.deadline, f"/invited/{token}")
        _send_to_address(notice, address, viewer.locale)


def _send_to_address(message: Message, email: str, sender_locale: str) -> None:
    """E-mail an invited address in the language of the account that has it, or else in the sender's."""
    known = people.find_user_by_email(email)
    send_mail(message, email, known.locale if known else sender_locale)


def _check_daily_limit(viewer: Viewer) -> None:
    query = (
        select(func.count())
        .select_from(OutsideInvitation)
        .join(Brief, Brief.id == OutsideInvitation.brief_id)
        .where(
            Brief.company_id == viewer.organisation_id,
            OutsideInvitation.invited_at >= clock.start_of_day(clock.today()),
        )
    )
    if (session.scalar(query) or 0) >= MAX_OUTSIDE_PER_DAY:
        raise RuleBroken(_("You have sent many invitations by e-mail today. Try again tomorrow."))


def accept_outside_invitation(viewer: Viewer, token: str, secret_key: str) -> str:
    """Bind an invitation to the viewer's supplier; return "invited", or an empty text until the supplier is approved.

    A link can be forwarded, so it is not enough: unless somebody who acts for the supplier has confirmed the invited
    address, that address is e-mailed a link to confirm with, and the result is "unconfirmed".

    Raises NotFound, Forbidden unless the viewer acts for a supplier, Conflict if it is closed or used by another, and
    TooMany if the address's quota is used up.
    """
    corpus()
    with transaction():
        invitation = or_404(
            load_locked(select(OutsideInvitation).where(OutsideInvitation.token_hash == token_hash(token)))
        )
        if not viewer.is_supplier or viewer.organisation_id is None:
            raise Forbidden
        _require_usable(invitation, viewer.organisation_id)
        if invitation.supplier_id is None and not _acts_for(viewer.organisation_id, invitation.email):
            accounts.require_mail_quota(invitation.email, f"user {viewer.user_id}")
            path = confirmation_path(secret_key, invitation.id, viewer.organisation_id)
            sender = session.get_one(User, invitation.invited_by_id)
            notice = notices.outside_confirmation(viewer.organisation_name, viewer.email, path)
            _send_to_address(notice, invitation.email, sender.locale)
            record(viewer, "brief.ask_to_use_outside", "brief", invitation.brief.reference)
            return "unconfirmed"
        return _use(viewer, invitation, viewer.organisation_id)


def confirm_outside_invitation(viewer: Viewer, invitation_id: int, supplier_id: int) -> str:
    """Bind an invitation to a supplier on behalf of the invited address. Returns as `accept_outside_invitation` does.

    Raises NotFound, and Conflict if the invitation is closed or used by another supplier.
    """
    corpus()
    with transaction():
        invitation = load_locked(select(OutsideInvitation).where(OutsideInvitation.id == invitation_id))
        if invitation is None or session.get(Supplier, supplier_id) is None:
            raise NotFound
        _require_usable(invitation, supplier_id)
        return _use(viewer, invitation, supplier_id)


def _require_usable(invitation: OutsideInvitation, supplier_id: int) -> None:
    if phase_of(invitation.brief) is not Phase.OPEN and invitation.result != "invited":
        raise Conflict(_("The deadline has passed, so the invitation can no longer be used."))
    if invitation.supplier_id not in {None, supplier_id}:
        raise Conflict(_("The invitation has been used by another supplier."))


def _use(viewer: Viewer, invitation: OutsideInvitation, supplier_id: int) -> str:
    if invitation.supplier_id is None:
        record(viewer, "brief.accept_outside", "brief", invitation.brief.reference)
        _set_supplier(invitation, supplier_id)
    if not invitation.result:
        _settle(invitation)
    return invitation.result


def settle_outside_invitations() -> int:
    """Invite applicants that are approved by now, answer those that are too late, and return their number. Idempotent."""
    query = select(OutsideInvitation.id).where(OutsideInvitation.result == "").order_by(OutsideInvitation.id)
    pending = read_and_release(query)
    if pending:
        corpus()
    settled = 0
    for invitation_id in pending:
        with failure_logged(invitation_id), transaction():
            invitation = load_locked(select(OutsideInvitation).where(OutsideInvitation.id == invitation_id))
            if invitation is not None and not invitation.result:
                settled += _settle(invitation)
    return settled


def _settle(invitation: OutsideInvitation) -> bool:
    """Turn a pending invitation into an invitation, or close it if the brief has closed; return True if it did."""
    brief = invitation.brief
    if invitation.supplier_id is None:
        supplier_id = _supplier_of(invitation.email)
        if supplier_id is not None:
            _set_supplier(invitation, supplier_id)
    if phase_of(brief) is not Phase.OPEN:
        _close(invitation)
        return True
    run = latest_run(brief)
    if invitation.supplier_id is None or run is None:
        return False
    try:
        require_invitable(brief, invitation.supplier_id)
    except RuleBroken:
        return False
    if all(row.supplier_id != invitation.supplier_id for row in invitations_of(brief)):
        add_invitation(None, brief, run, invitation.supplier_id, invitation.invited_by_id)
        name = session.get_one(Supplier, invitation.supplier_id).name
        send(notices.outside_approved(name, brief.title, brief.reference), recipients_for(brief.company_id))
    invitation.result, invitation.settled_at = "invited", clock.now()
    return True


def _close(invitation: OutsideInvitation) -> None:
    """Answer a supplier that was not approved before the brief closed, and notify the company."""
    brief = invitation.brief
    invitation.result, invitation.settled_at = "late", clock.now()
    record(None, "brief.outside_late", "brief", brief.reference)
    company = None if brief.name_hidden else brief.company.name
    answer = notices.outside_late(company, brief.company.place)
    if invitation.supplier_id is None:
        sender = session.get_one(User, invitation.invited_by_id)
        _send_to_address(answer, invitation.email, sender.locale)
    else:
        send(answer, recipients_for(invitation.supplier_id))
    applied = invitation.supplier_id is not None
    notice = notices.outside_not_in_time(invitation.email, brief.title, brief.reference, applied=applied)
    send(notice, recipients_for(brief.company_id))


def _set_supplier(invitation: OutsideInvitation, supplier_id: int) -> None:
    """Tie an invitation to an applicant, and notify its garden of the deadline."""
    invitation.supplier_id = supplier_id
    supplier, deadline = session.get_one(Supplier, supplier_id), invitation.brief.deadline
    if deadline is not None and phase_of(invitation.brief) is Phase.OPEN:
        send(notices.applicant_is_invited(supplier.name, deadline), recipients_for(supplier.garden_id))


def _supplier_of(email: str) -> int | None:
    """Return the supplier that a user with this confirmed address acts for, or None."""
    found: int | None = session.scalar(_suppliers_with(email).order_by(Supplier.id).limit(1))
    return found


def _acts_for(supplier_id: int, email: str) -> bool:
    """Return True if a user with this confirmed address acts for the supplier."""
    return session.scalar(_suppliers_with(email).where(Supplier.id == supplier_id)) is not None


def _suppliers_with(email: str) -> Select[Any]:
    return (
        select(Supplier.id)
        .join(Membership, Membership.organisation_id == Supplier.id)
        .join(User, User.id == Membership.user_id)
        .where(User.email == email, User.email_verified_at.is_not(None), User.is_active)
    )
