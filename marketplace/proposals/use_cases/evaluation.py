"""Early opening of offers, and deadline extension when no offers were received."""

import datetime as dt

from sqlalchemy import select

from marketplace.audit.models import AuditEvent
from marketplace.audit.use_cases import record
from marketplace.briefs import deadlines
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import own_brief, phase_of
from marketplace.briefs.use_cases import extend_deadline
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import format_date
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.outbox.use_cases import send
from marketplace.proposals import notices
from marketplace.proposals.lifecycle import ProposalState
from marketplace.proposals.queries.offers import HIDDEN_STATES
from marketplace.proposals.use_cases.shared import (
    check_brief_transition,
    company_recipients,
    lock_brief,
    lock_brief_for_company,
    open_sealed_offers,
    proposals_of,
)
from marketplace.sourcing.models import Invitation


def open_early(viewer: Viewer, reference: str) -> bool:
    """Open the offers before the deadline if every invited supplier has answered. Return True if they were opened.

    The brief must be open to invited suppliers only, so that no unknown supplier can still be writing. A refusal reveals
    neither names nor numbers. Every attempt is recorded.
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
    asked = session.scalars(select(Invitation).where(Invitation.brief_id == brief.id)).all()
    return bool(sent) and all(one.supplier_id in sent or one.state == "declined" for one in asked)


def announce_opening(brief: Brief) -> None:
    """Open the sealed offers of a brief, and notify company and garden of the number of offers."""
    open_sealed_offers(brief)
    count = len(proposals_of(brief, ProposalState.SUBMITTED))
    title = brief.versions[-1].title
    send(notices.offers_opened(title, brief.reference, count), company_recipients(brief))
    record(None, "brief.opened", "brief", brief.reference)


def extend_without_offers(viewer: Viewer, reference: str, day: dt.date) -> None:
    """Extend the deadline once, after it passed without offers.

    Raises RuleBroken for a date outside the allowed range, Conflict if there are offers or it was extended before.
    """
    with transaction():
        brief = lock_brief(own_brief(viewer, reference))
        check_brief_transition(viewer, brief, "extend")
        if not can_extend_without_offers(brief):
            raise Conflict(_("The deadline can be extended once, and only if no offers were received."))
        earliest, latest = extension_range(brief)
        if not earliest <= day <= latest:
            allowed = {"first": format_date(earliest), "last": format_date(latest)}
            raise RuleBroken(_("Choose a date from %(first)s to %(last)s.", **allowed), "day")
        extend_deadline(viewer, reference, day, nobody_answered=True)
        record(viewer, "brief.extend_without_offers", "brief", brief.reference)


def can_extend_without_offers(brief: Brief) -> bool:
    """Return True if the deadline passed without offers and has not been extended for that reason before."""
    if phase_of(brief) is not Phase.EVALUATING or brief.published_at is None:
        return False
    if not deadlines.can_extend_again(brief.extensions) or was_extended_without_offers(brief):
        return False
    earliest, latest = extension_range(brief)
    return earliest <= latest and not proposals_of(brief, *(set(ProposalState) - set(HIDDEN_STATES)))


def extension_range(brief: Brief) -> tuple[dt.date, dt.date]:
    """Return the first and last date that the deadline can be extended to."""
    assert brief.published_at is not None
    return deadlines.extension_range_without_offers(clock.today(), brief.published_at)


def was_extended_without_offers(brief: Brief) -> bool:
    """Return True if the deadline was extended before because there were no offers."""
    from_log = select(AuditEvent.id).where(
        AuditEvent.object_type == "brief",
        AuditEvent.object_id == brief.reference,
        AuditEvent.action == "brief.extend_without_offers",
    )
    return session.scalar(from_log.limit(1)) is not None
