"""Suppliers that a business garden invites to a company's brief, and withdrawal of the invitation by the company."""

from sqlalchemy import select

from marketplace.audit.queries import is_recorded
from marketplace.audit.use_cases import record
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.limits import MIN_REASON_LENGTH
from marketplace.briefs.queries import brief_for, current_answers, own_brief, phase_of
from marketplace.briefs.use_cases.authorization import company_recipients, lock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, Forbidden, RuleBroken, or_404
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send
from marketplace.sourcing import notices
from marketplace.sourcing.lifecycle import InvitationState
from marketplace.sourcing.models import Invitation
from marketplace.sourcing.queries.outside_invitations import count_pending
from marketplace.sourcing.queries.rankings import latest_run
from marketplace.sourcing.supplier_counts import invitation_counts
from marketplace.sourcing.use_cases.invitations import (
    Suggestion,
    add_invitation,
    invitations_of,
    require_invitable,
)
from marketplace.suppliers.models import Supplier
from marketplace.vetting.queries import has_conflict_of_interest


def suggest_supplier(viewer: Viewer, reference: str, supplier_id: int, reason: str) -> None:
    """Invite a supplier to an open brief of a company that the viewer's garden follows; the company is notified.

    Raises RuleBroken without a reason, for a supplier that the viewer has a conflict of interest with or the company has
    withdrawn before, and if the company wants no more.
    """
    with transaction():
        lock(reference)
        brief = brief_for(viewer, reference)
        if not viewer.is_garden or viewer.organisation_id is None:
            raise Forbidden
        if phase_of(brief) is not Phase.OPEN:
            raise Conflict(_("The brief is not open, so nobody can be invited now."))
        run = or_404(latest_run(brief))
        if len(reason) < MIN_REASON_LENGTH:
            raise RuleBroken(_("Give a reason. The company and the supplier read it."), "reason")
        existing = invitations_of(brief)
        if any(invitation.supplier_id == supplier_id for invitation in existing):
            raise RuleBroken(_("This supplier has already been invited."), "supplier")
        if has_conflict_of_interest(viewer, supplier_id):
            raise RuleBroken(
                _("You have a connection to this supplier. Ask a colleague to add it."), "supplier"
            )
        if is_recorded("invitation.withdraw", "brief", brief.reference, supplier=supplier_id):
            raise RuleBroken(
                _("The company has withdrawn this invitation before. Talk to the company."), "supplier"
            )
        limit = int(current_answers(brief).get("invite_count") or 0)
        if invitation_counts(existing, count_pending(brief.id), limit).left < 1:
            raise RuleBroken(
                _("The company has invited as many suppliers as it wants. Talk to the company."), "supplier"
            )
        require_invitable(brief, supplier_id)
        suggestion = Suggestion(viewer.organisation_id, viewer.organisation_name, reason)
        add_invitation(viewer, brief, run, supplier_id, viewer.user_id, suggestion=suggestion)
        supplier = session.get_one(Supplier, supplier_id)
        notice = notices.supplier_suggested(
            viewer.organisation_name, supplier.name, brief.title, brief.reference, reason
        )
        send(notice, company_recipients(brief))


def suggested_invitation(viewer: Viewer, reference: str, supplier_id: int) -> Invitation:
    """Return an invitation to a brief of the viewer's company that a garden added and can be withdrawn.

    Raises NotFound, Forbidden if the viewer is not an owner, and Conflict if the brief is not open.
    """
    brief = own_brief(viewer, reference)
    if not viewer.is_owner:
        raise Forbidden
    query = select(Invitation).where(
        Invitation.brief_id == brief.id,
        Invitation.supplier_id == supplier_id,
        Invitation.suggested_by_id.is_not(None),
        Invitation.state != InvitationState.DECLINED,
    )
    invitation = or_404(session.scalar(query))
    if phase_of(brief) is not Phase.OPEN:
        raise Conflict(_("Suppliers can no longer answer the brief."))
    return invitation


def withdraw_suggested(viewer: Viewer, reference: str, supplier_id: int) -> str:
    """Withdraw an invitation that a garden added, notify supplier and garden, and return the supplier's name.

    An offer that the supplier has begun stays: a refusal would reveal to the company who is answering.
    """
    with transaction():
        lock(reference)
        invitation = suggested_invitation(viewer, reference, supplier_id)
        brief, supplier = invitation.brief, invitation.supplier
        company = None if brief.name_hidden else brief.company.name
        record(viewer, "invitation.withdraw", "brief", brief.reference, supplier=supplier_id)
        send(notices.invitation_withdrawn(company, brief.title, brief.reference), recipients_for(supplier_id))
        if invitation.suggested_by_id is not None:
            notice = notices.suggestion_withdrawn(
                brief.company.name, supplier.name, brief.title, brief.reference
            )
            send(notice, recipients_for(invitation.suggested_by_id))
        session.delete(invitation)
        return supplier.name
