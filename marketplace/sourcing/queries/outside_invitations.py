"""Invitations by e-mail to suppliers that are not approved yet."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import phase_of
from marketplace.core.database import session
from marketplace.core.errors import NotFound, or_404
from marketplace.core.identifiers import token_hash
from marketplace.core.viewer import Viewer
from marketplace.sourcing.labels import BriefSummary, brief_summary
from marketplace.sourcing.models import OutsideInvitation
from marketplace.suppliers.models import Supplier


def count_pending(brief_id: int) -> int:
    """Count a brief's pending invitations by e-mail: those that have neither become an invitation nor expired."""
    query = select(func.count()).where(OutsideInvitation.brief_id == brief_id, OutsideInvitation.result == "")
    return session.scalar(query) or 0


def outside_invitations(brief_id: int) -> Sequence[OutsideInvitation]:
    """Return a brief's invitations by e-mail, except those that became invitations, oldest first."""
    query = select(OutsideInvitation).where(
        OutsideInvitation.brief_id == brief_id, OutsideInvitation.result != "invited"
    )
    return session.scalars(query.order_by(OutsideInvitation.id)).all()


@dataclass(frozen=True)
class ReceivedInvitation:
    """The page behind the link of an invitation by e-mail. `company` is None if the brief hides its name."""

    brief: Brief
    company: str | None
    summary: BriefSummary
    message: str
    is_open: bool
    result: str
    is_used: bool
    is_own: bool


def received_invitation(viewer: Viewer, token: str) -> ReceivedInvitation:
    """Return the invitation behind a mailed link. Raises NotFound."""
    query = select(OutsideInvitation).where(OutsideInvitation.token_hash == token_hash(token))
    invitation = or_404(session.scalar(query))
    brief = invitation.brief
    return ReceivedInvitation(
        brief,
        None if brief.name_hidden else brief.company.name,
        brief_summary(brief),
        invitation.message,
        phase_of(brief) is Phase.OPEN,
        invitation.result,
        invitation.supplier_id is not None,
        viewer.is_supplier and invitation.supplier_id == viewer.organisation_id,
    )


@dataclass(frozen=True, slots=True)
class InvitationToConfirm:
    """An invitation by e-mail that a supplier wants to use. `company` is empty if the brief hides its name."""

    supplier: str
    company: str
    place: str
    is_open: bool
    is_used: bool
    is_confirmed: bool


def invitation_to_confirm(invitation_id: int, supplier_id: int) -> InvitationToConfirm:
    """Return an invitation as the owner of the invited address sees it before confirming. Raises NotFound."""
    invitation, supplier = session.get(OutsideInvitation, invitation_id), session.get(Supplier, supplier_id)
    if invitation is None or supplier is None:
        raise NotFound
    brief = invitation.brief
    return InvitationToConfirm(
        supplier.name,
        "" if brief.name_hidden else brief.company.name,
        brief.company.place,
        phase_of(brief) is Phase.OPEN,
        invitation.supplier_id is not None,
        invitation.supplier_id == supplier_id,
    )


@dataclass(frozen=True, slots=True)
class BriefAwaitingApproval:
    """An open brief that waits for the approval of a supplier. `company` is empty if the brief hides its name."""

    company: str
    deadline: dt.datetime


def briefs_awaiting_approval(supplier_id: int) -> list[BriefAwaitingApproval]:
    """Return the open briefs that invited an applicant by e-mail, first deadline first."""
    query = (
        select(OutsideInvitation)
        .join(OutsideInvitation.brief)
        .where(OutsideInvitation.supplier_id == supplier_id, OutsideInvitation.result == "")
        .order_by(Brief.deadline)
    )
    return [
        BriefAwaitingApproval("" if row.brief.name_hidden else row.brief.company.name, row.brief.deadline)
        for row in session.scalars(query)
        if row.brief.deadline is not None and phase_of(row.brief) is Phase.OPEN
    ]
