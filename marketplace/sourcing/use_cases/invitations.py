"""Invite suppliers to answer a brief, and record their answers to the invitation."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import brief_for, current_answers, own_brief, phase_of
from marketplace.briefs.use_cases.authorization import lock
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, Forbidden, RuleBroken, or_404
from marketplace.core.i18n import gettext as _, ngettext
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send
from marketplace.sourcing import notices
from marketplace.sourcing.decline_reasons import DECLINE_REASONS
from marketplace.sourcing.lifecycle import InvitationState
from marketplace.sourcing.limits import MAX_INVITED
from marketplace.sourcing.models import Invitation, RankingRun
from marketplace.sourcing.queries.outside_invitations import count_pending
from marketplace.sourcing.queries.rankings import latest_run
from marketplace.sourcing.ranking.corpus import corpus
from marketplace.sourcing.ranking.stored_ranking import open_run
from marketplace.sourcing.ranking.unlisted_suppliers import unlisted_supplier


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A business garden that adds an invited supplier, and its reason."""

    garden_id: int
    garden: str
    reason: str


def invite_suppliers(viewer: Viewer, reference: str, supplier_ids: Sequence[int]) -> int:
    """Invite approved suppliers, and return the number of new invitations.

    A supplier that the stored ranking does not list gets the score that the ranking would have given it. Suppliers that
    were invited before are skipped, so a double click changes nothing and returns 0. Raises RuleBroken if no supplier is
    selected, if one is not approved for any of the brief's services, or if there would be more invitations than the brief
    allows; MAX_INVITED is the limit.
    """
    with transaction():
        lock(reference)
        brief = own_brief(viewer, reference)
        if not viewer.is_owner:
            raise Forbidden
        if phase_of(brief) is not Phase.OPEN:
            raise Conflict(_("The brief is not open, so nobody can be invited now."))
        run = or_404(latest_run(brief))
        existing = {row.supplier_id: row for row in invitations_of(brief)}
        chosen = [supplier_id for supplier_id in dict.fromkeys(supplier_ids) if supplier_id not in existing]
        if not chosen and existing.keys() & set(supplier_ids):
            return 0
        if not chosen:
            raise RuleBroken(_("Select the suppliers you want to invite."), "supplier")
        check_limits(brief, len(chosen), list(existing.values()))
        for supplier_id in chosen:
            require_invitable(brief, supplier_id)
            add_invitation(viewer, brief, run, supplier_id, viewer.user_id)
        return len(chosen)


def add_invitation(  # noqa: PLR0913 because each is a column of the invitation
    viewer: Viewer | None,
    brief: Brief,
    run: RankingRun,
    supplier_id: int,
    invited_by_id: int | None,
    *,
    suggestion: Suggestion | None = None,
) -> None:
    """Add an invitation with the supplier's rank or score, and notify the supplier. `viewer` is None in a scheduled job."""
    rank = open_run(run).ranks().get(supplier_id)
    late = unlisted_supplier(run, supplier_id) if rank is None else None
    session.add(
        Invitation(
            brief_id=brief.id,
            supplier_id=supplier_id,
            ranking_run_id=run.id,
            place=rank,
            score=late.score if late else None,
            invited_by_id=invited_by_id,
            suggested_by_id=suggestion.garden_id if suggestion else None,
            suggestion=suggestion.reason if suggestion else "",
        )
    )
    action = "brief.suggest" if suggestion else "brief.invite"
    record(viewer, action, "brief", brief.reference, supplier=supplier_id, place=rank)
    company = None if brief.name_hidden else brief.company.name
    message = notices.invited(
        company,
        brief.company.place,
        brief,
        brief.deadline or clock.now(),
        (suggestion.garden, suggestion.reason) if suggestion else None,
    )
    send(message, recipients_for(supplier_id))


def require_invitable(brief: Brief, supplier_id: int) -> None:
    """Raise RuleBroken if a supplier cannot answer a brief: not approved for its services, or paused."""
    current, key = corpus(), str(supplier_id)
    if key not in current.listings:
        raise RuleBroken(
            _(
                "One of the selected suppliers is no longer approved or has paused its profile. Choose another."
            )
        )
    if not current.categories[key] & {service.category for service in brief.services}:
        raise RuleBroken(
            _(
                "%(supplier)s is not approved for any of the services in the brief, and could not send an offer.",
                supplier=current.listings[key].name,
            )
        )


def check_limits(brief: Brief, added: int, existing: Sequence[Invitation]) -> None:
    """Raise RuleBroken if a brief would have too many invitations. Pending invitations by e-mail count as well."""
    pending = count_pending(brief.id)
    if len(existing) + pending + added > MAX_INVITED:
        raise RuleBroken(
            _(
                "At most %(most)s suppliers can be invited to one brief, including those who decline.",
                most=MAX_INVITED,
            ),
            "supplier",
        )
    invited = pending + sum(invitation.state != InvitationState.DECLINED for invitation in existing)
    limit = min(int(current_answers(brief).get("invite_count") or MAX_INVITED), MAX_INVITED)
    if invited + added > limit:
        raise RuleBroken(
            ngettext(
                "You have said that you will invite %(num)s supplier.",
                "You have said that you will invite %(num)s suppliers.",
                limit,
            )
            + " "
            + _("%(count)s are selected in total. Remove some.", count=invited + added),
            "supplier",
        )


def invitations_of(brief: Brief) -> Sequence[Invitation]:
    """Return a brief's invitations, those in the ranking first."""
    query = (
        select(Invitation)
        .where(Invitation.brief_id == brief.id)
        .order_by(Invitation.place.is_(None), Invitation.place, Invitation.id)
    )
    return session.scalars(query).all()


def _lock_own_invitation(viewer: Viewer, reference: str) -> tuple[Brief, Invitation]:
    lock(reference)
    brief = brief_for(viewer, reference)
    query = select(Invitation).where(
        Invitation.brief_id == brief.id, Invitation.supplier_id == viewer.organisation_id
    )
    invitation = or_404(session.scalar(query) if viewer.is_supplier else None)
    return brief, invitation


def mark_seen(viewer: Viewer, reference: str) -> None:
    """Record that an invited supplier has confirmed reading the brief. Later calls change nothing."""
    with transaction():
        brief, invitation = _lock_own_invitation(viewer, reference)
        if phase_of(brief) is not Phase.OPEN:
            raise Conflict(_("Suppliers can no longer answer the brief."))
        if invitation.state == InvitationState.INVITED:
            invitation.state, invitation.seen_at = InvitationState.SEEN, clock.now()


def decline(viewer: Viewer, reference: str, reason: str, text: str = "") -> None:
    """Decline an invitation and notify the company of the reason. Raises RuleBroken for an unknown reason."""
    with transaction():
        brief, invitation = _lock_own_invitation(viewer, reference)
        if reason not in DECLINE_REASONS:
            raise RuleBroken(_("Choose a reason."), "reason")
        if phase_of(brief) is not Phase.OPEN:
            raise Conflict(_("Suppliers can no longer answer the brief, so there is nothing to decline."))
        if invitation.state == InvitationState.DECLINED:
            return
        invitation.state, invitation.declined_at = InvitationState.DECLINED, clock.now()
        invitation.decline_reason, invitation.decline_text = reason, text
        record(viewer, "invitation.decline", "brief", brief.reference, reason=reason)
        message = notices.invitation_declined(viewer.organisation_name, brief.title, brief.reference, reason)
        send(message, recipients_for(brief.company_id))


def reconsider(viewer: Viewer, reference: str) -> None:
    """Undo a decline while the brief is open."""
    with transaction():
        brief, invitation = _lock_own_invitation(viewer, reference)
        if phase_of(brief) is not Phase.OPEN:
            raise Conflict(_("Suppliers can no longer answer the brief."))
        if invitation.state != InvitationState.DECLINED:
            return
        invitation.state, invitation.declined_at = InvitationState.SEEN, None
        invitation.decline_reason = invitation.decline_text = ""
        record(viewer, "invitation.reconsider", "brief", brief.reference)
        message = notices.invitation_reconsidered(viewer.organisation_name, brief.title, brief.reference)
        send(message, recipients_for(brief.company_id))
