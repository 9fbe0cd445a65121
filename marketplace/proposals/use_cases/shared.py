"""Shared by all use cases: the lock on the brief, state transitions, receivers and the sealed event log."""

from collections.abc import Sequence

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.briefs import lifecycle as brief_life
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import actor_of, brief_for, own_brief, phase_of
from marketplace.core import clock
from marketplace.core.database import lock_row, session
from marketplace.core.errors import Conflict, Forbidden
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.messages import Recipient
from marketplace.proposals import lifecycle
from marketplace.proposals.lifecycle import Actor, State
from marketplace.proposals.models import Proposal, SealedEvent
from marketplace.proposals.queries import count_duplicate_offers, is_opened


def lock_brief(brief: Brief) -> Brief:
    """Lock a brief's row until the transaction ends, and reload it."""
    lock_row(Brief.id, brief.id)
    session.refresh(brief)
    return brief


def lock_brief_for_supplier(viewer: Viewer, reference: str) -> Brief:
    """Return a brief that the viewer's supplier may see, locked. Raises NotFound."""
    return lock_brief(brief_for(viewer, reference))


def lock_brief_for_company(viewer: Viewer, reference: str, move: str) -> Brief:
    """Return a brief of the viewer's company, locked, when the viewer may make a move with it now.

    Raises NotFound, Forbidden for a member's attempt at what owners do, and Conflict when the time for it is
    over, as when a colleague was first.
    """
    brief = lock_brief(own_brief(viewer, reference))
    check_brief_transition(viewer, brief, move)
    if is_opened(brief):
        open_sealed_offers(brief)  # the company may be quicker than the clock's job
    return brief


def check_brief_transition(viewer: Viewer, brief: Brief, move: str) -> None:
    """Raise Forbidden or Conflict when the viewer may not make a move with a brief as it is now."""
    actor = actor_of(viewer, brief)
    if actor is None or actor not in brief_life.TRANSITIONS[move].actors:
        raise Forbidden
    phase = phase_of(brief)
    if not brief_life.can(move, phase, actor):
        label = str(brief_life.PHASE_LABELS[phase])
        raise Conflict(_("You can no longer do this. The brief's status is now: %(phase)s.", phase=label))


def apply_brief_transition(brief: Brief, move: str) -> None:
    """Give a brief the state that a move leads to, once the move is checked."""
    brief.state = brief_life.TRANSITIONS[move].target
    brief.updated_at = clock.now()


def supplier_actor(viewer: Viewer) -> Actor:
    """Return the viewer's role in the supplier."""
    return Actor.SUPPLIER_OWNER if viewer.is_owner else Actor.SUPPLIER_MEMBER


def apply_transition(proposal: Proposal, move: str, actor: Actor, phase: brief_life.Phase) -> None:
    """Give an offer the state that a move leads to. Raises Conflict when the move cannot be made now."""
    if not lifecycle.can(move, proposal.state, actor, phase):
        raise Conflict(_("You cannot do this with the offer's current status. Reload the page."))
    target = lifecycle.TRANSITIONS[move].target
    if target is not None:
        proposal.state = target
    proposal.updated_at = clock.now()


def proposals_of(brief: Brief, *states: State) -> Sequence[Proposal]:
    """Return the offers to a brief in some states, in the order they were begun."""
    query = (
        select(Proposal)
        .where(Proposal.brief_id == brief.id, Proposal.state.in_(states))
        .order_by(Proposal.created_at, Proposal.id)
    )
    return session.scalars(query).all()


def record_action(viewer: Viewer | None, action: str, brief: Brief, proposal: Proposal) -> None:
    """Record an act on an offer: in the audit log, or under seal while nobody may know that the offer exists."""
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
    """Move what was recorded under seal to the audit log, each with its own time, and let what was sent stand.

    From now on the database refuses to change what was sent. Does nothing the second time.
    """
    query = select(SealedEvent).where(SealedEvent.brief_id == brief.id).order_by(SealedEvent.id)
    for event in session.scalars(query).all():
        act = event.content
        actor = Viewer(user_id=act["actor_id"], organisation_id=act["organisation_id"])
        record(actor, act["action"], "proposal", event.proposal_id, brief=brief.reference, at=act["at"])
        session.delete(event)
    freeze_submitted_offers(brief)


def freeze_submitted_offers(brief: Brief) -> None:
    """Let the sent offers to an opened brief stand as they are, for good. Does nothing the second time."""
    for proposal in proposals_of(brief, State.SUBMITTED):
        if proposal.opened_at is None:
            proposal.opened_at = clock.now()
            proposal.repeats = count_duplicate_offers(proposal, opened=True)


def company_receivers(brief: Brief) -> list[Recipient]:
    """Return the recipients in the brief's company."""
    return recipients_for(brief.company_id)


def garden_receivers(brief: Brief) -> list[Recipient]:
    """Return the recipients in the company's garden."""
    return recipients_for(brief.company.garden_id)


def supplier_receivers(proposal: Proposal) -> list[Recipient]:
    """Return the recipients at the offer's supplier."""
    return recipients_for(proposal.supplier_id)
