"""State transitions of offers and of their brief, with locking, recipients and the sealed event log."""

from collections.abc import Sequence

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.briefs import lifecycle as brief_life
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import brief_for, is_opened, own_brief
from marketplace.briefs.use_cases.authorization import check_transition
from marketplace.core import clock
from marketplace.core.database import lock_row, session
from marketplace.core.errors import Conflict
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.messages import Recipient
from marketplace.proposals import lifecycle
from marketplace.proposals.lifecycle import ProposalActor, ProposalState
from marketplace.proposals.models.offers import Proposal, SealedEvent
from marketplace.proposals.queries import count_duplicate_offers


def lock_brief(brief: Brief) -> Brief:
    """Lock a brief's row until the transaction ends, and reload it."""
    lock_row(Brief.id, brief.id)
    session.refresh(brief)
    return brief


def lock_brief_for_supplier(viewer: Viewer, reference: str) -> Brief:
    """Lock and return a brief that the viewer's supplier may see. Raises NotFound."""
    return lock_brief(brief_for(viewer, reference))


def lock_brief_for_company(viewer: Viewer, reference: str, transition: str) -> Brief:
    """Lock and return a brief of the viewer's company, if the viewer may make the transition now.

    Raises NotFound, Forbidden if only an owner may do it, and Conflict if the brief is no longer in a state for it.
    """
    brief = lock_brief(own_brief(viewer, reference))
    check_transition(viewer, brief, transition)
    if is_opened(brief):
        open_sealed_offers(brief)  # the scheduled job may not have run yet
    return brief


def apply_brief_transition(brief: Brief, transition: str) -> None:
    """Set a brief to the resulting state of a transition that has been checked."""
    brief.state = brief_life.TRANSITIONS[transition].target
    brief.updated_at = clock.now()


def supplier_actor(viewer: Viewer) -> ProposalActor:
    """Return the viewer's role in the supplier."""
    return ProposalActor.SUPPLIER_OWNER if viewer.is_owner else ProposalActor.SUPPLIER_MEMBER


def apply_transition(
    proposal: Proposal, transition: str, actor: ProposalActor, phase: brief_life.Phase
) -> None:
    """Set an offer to the resulting state of a transition. Raises Conflict if it is not allowed now."""
    if not lifecycle.can(transition, proposal.state, actor, phase):
        raise Conflict(_("You cannot do this with the offer's current status. Reload the page."))
    target = lifecycle.TRANSITIONS[transition].target
    if target is not None:
        proposal.state = target
    proposal.updated_at = clock.now()


def proposals_of(brief: Brief, *states: ProposalState) -> Sequence[Proposal]:
    """Return the offers for a brief in the given states, in the order they were started."""
    query = (
        select(Proposal)
        .where(Proposal.brief_id == brief.id, Proposal.state.in_(states))
        .order_by(Proposal.created_at, Proposal.id)
    )
    return session.scalars(query).all()


def record_action(viewer: Viewer | None, action: str, brief: Brief, proposal: Proposal) -> None:
    """Record an action on an offer: encrypted while the offer's existence is secret, else in the audit log."""
    if is_opened(brief):
        record(viewer, action, "proposal", proposal.id, brief=brief.reference)
        return
    act = {
        "action": action,
        "actor_id": viewer.user_id if viewer else None,
        "organisation_id": viewer.organisation_id if viewer else None,
        "at": clock.now().isoformat(timespec="seconds"),
    }
    session.add(
        SealedEvent(brief_id=brief.id, proposal_id=proposal.id, sealed_content=proposal.seal("event", act))
    )


def open_sealed_offers(brief: Brief) -> None:
    """Move the sealed events to the audit log with their own times, and make submitted offers immutable. Idempotent.

    From now on database triggers refuse changes to submitted offers.
    """
    query = select(SealedEvent).where(SealedEvent.brief_id == brief.id).order_by(SealedEvent.id)
    for event in session.scalars(query).all():
        act = event.content
        actor = Viewer(user_id=act["actor_id"], organisation_id=act["organisation_id"])
        record(actor, act["action"], "proposal", event.proposal_id, brief=brief.reference, at=act["at"])
        session.delete(event)
    freeze_submitted_offers(brief)


def freeze_submitted_offers(brief: Brief) -> None:
    """Make the submitted offers of an opened brief immutable. Idempotent."""
    for proposal in proposals_of(brief, ProposalState.SUBMITTED):
        if proposal.opened_at is None:
            proposal.opened_at = clock.now()
            proposal.repeats = count_duplicate_offers(proposal, opened=True)


def supplier_recipients(proposal: Proposal) -> list[Recipient]:
    """Return the recipients at the offer's supplier."""
    return recipients_for(proposal.supplier_id)
