"""Opening of sealed offers: scheduled at the deadline, or early when every invited supplier has answered."""

from sqlalchemy import exists, select

from marketplace.audit.models import AuditEvent
from marketplace.audit.use_cases import record
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import opening_time
from marketplace.briefs.use_cases.authorization import company_recipients
from marketplace.core import clock
from marketplace.core.database import failure_logged, session, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.outbox.use_cases import send
from marketplace.proposals import notices
from marketplace.proposals.lifecycle import ProposalState
from marketplace.proposals.use_cases.transitions import (
    lock_brief_for_company,
    open_sealed_offers,
    proposals_of,
)
from marketplace.proposals.use_cases.undecided_briefs import (
    is_undecided,
    last_event,
    last_events,
    lock_undecided,
    undecided_briefs,
)
from marketplace.sourcing.models import Invitation, OutsideInvitation


def open_due() -> int:
    """Open the offers of briefs whose deadline has passed and notify their companies; return the number opened."""
    opened_count, waiting = 0, undecided_briefs()
    last_opened = last_events(
        AuditEvent.action == "brief.opened", select(Brief.reference).where(is_undecided())
    )
    for one in waiting:
        known = last_opened.get((one.reference, "brief.opened"))
        if known is not None and known >= one.opened:
            continue
        with failure_logged(one.id), transaction():
            brief = lock_undecided(one.id)
            if brief is None:
                continue
            last = last_event(brief, "brief.opened")
            if last is None or last < opening_time(brief):
                announce_opening(brief)
                opened_count += 1
    return opened_count


def open_early(viewer: Viewer, reference: str) -> bool:
    """Open the offers before the deadline if every invited supplier has answered. Return True if they were opened.

    The brief must be open to invited suppliers only, so that no other supplier can still be writing an offer. Suppliers
    invited by e-mail that wait for approval have not answered. A refusal reveals neither names nor numbers. Every attempt
    is recorded.
    """
    with transaction():
        brief = lock_brief_for_company(viewer, reference, "close_early")
        if brief.open_door:
            raise RuleBroken(
                _(
                    "The brief is open to all approved suppliers, so the offers stay sealed until the deadline."
                )
            )
        if not _all_have_answered(brief):
            record(viewer, "brief.open_early_refused", "brief", brief.reference)
            return False
        brief.opened_early_at = clock.now()
        brief.updated_at = clock.now()
        record(viewer, "brief.open_early", "brief", brief.reference)
        announce_opening(brief)
        return True


def _all_have_answered(brief: Brief) -> bool:
    sent = {proposal.supplier_id for proposal in proposals_of(brief, ProposalState.SUBMITTED)}
    invitations = session.scalars(select(Invitation).where(Invitation.brief_id == brief.id)).all()
    is_pending = exists().where(OutsideInvitation.brief_id == brief.id, OutsideInvitation.result == "")
    if session.scalar(select(is_pending)):
        return False
    return bool(sent) and all(one.supplier_id in sent or one.state == "declined" for one in invitations)


def announce_opening(brief: Brief) -> None:
    """Open the sealed offers of a brief, and notify its company of the number of offers."""
    open_sealed_offers(brief)
    count = len(proposals_of(brief, ProposalState.SUBMITTED))
    title = brief.versions[-1].title
    send(notices.offers_opened(title, brief.reference, count), company_recipients(brief))
    record(None, "brief.opened", "brief", brief.reference)
