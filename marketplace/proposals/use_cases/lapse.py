"""Scheduled reminders to decide, the lapse of undecided briefs, and the closing of offers with their brief."""

import datetime as dt

from sqlalchemy import select

from marketplace.audit.models import AuditEvent
from marketplace.audit.use_cases import record
from marketplace.briefs.deadlines import GARDEN_REMINDER_DAYS, decision_reminder_due, lapses_at
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import opening_time, phase_of
from marketplace.briefs.use_cases.authorization import company_recipients, garden_recipients
from marketplace.core import clock
from marketplace.core.database import failure_logged, transaction
from marketplace.core.viewer import Viewer
from marketplace.organisations.contacts import owner_contact
from marketplace.outbox.use_cases import send
from marketplace.proposals import notices
from marketplace.proposals.lifecycle import ProposalActor, ProposalState
from marketplace.proposals.models.offers import Proposal
from marketplace.proposals.queries.offers import count_offers
from marketplace.proposals.use_cases.transitions import (
    apply_brief_transition,
    apply_transition,
    proposals_of,
    record_action,
    supplier_recipients,
)
from marketplace.proposals.use_cases.undecided_briefs import (
    is_undecided,
    last_event,
    last_events,
    lock_undecided,
    undecided_briefs,
)


def lapse_overdue() -> int:
    """Remind companies that have not decided, and let overdue briefs lapse. Return the number of lapsed briefs."""
    lapsed, waiting = 0, undecided_briefs()
    looked_for = (AuditEvent.action == "brief.reopen") | AuditEvent.action.startswith(
        "brief.remind_", autoescape=True
    )
    events = last_events(looked_for, select(Brief.reference).where(is_undecided()))
    for one in waiting:
        since = max(one.opened, events.get((one.reference, "brief.reopen"), one.opened))
        due = decision_reminder_due(since, clock.now(), one.decides_on)
        notice = events.get((one.reference, f"brief.remind_{due}"))
        if clock.now() <= lapses_at(since) and (due is None or (notice is not None and notice >= since)):
            continue
        with failure_logged(one.id), transaction():
            brief = lock_undecided(one.id)
            if brief is None:
                continue
            since = max(opening_time(brief), last_event(brief, "brief.reopen") or opening_time(brief))
            if clock.now() > lapses_at(since):
                _lapse(brief)
                lapsed += 1
            else:
                _remind(brief, since, one.decides_on)
    return lapsed


def _remind(brief: Brief, since: dt.datetime, decides_on: dt.date | None) -> None:
    """Send the latest due reminder, unless it or a later one has been sent."""
    days = decision_reminder_due(since, clock.now(), decides_on)
    if days is None:
        return
    last = last_event(brief, f"brief.remind_{days}")
    if last is not None and last >= since:
        return
    title, waiting = brief.versions[-1].title, len(proposals_of(brief, ProposalState.SUBMITTED))
    record(None, f"brief.remind_{days}", "brief", brief.reference)
    notice = notices.decision_reminder(
        title,
        brief.reference,
        waiting,
        lapses_at(since),
        has_offers=count_offers(brief.id) > 0,
        decides_on=decides_on if decides_on and decides_on <= clock.today() else None,
    )
    send(notice, company_recipients(brief))
    garden = last_event(brief, "brief.garden_told")
    if days >= GARDEN_REMINDER_DAYS and (garden is None or garden < since):
        record(None, "brief.garden_told", "brief", brief.reference)
        notice = notices.garden_decision_reminder(
            brief.company.name, title, brief.reference, lapses_at(since), owner_contact(brief.company)
        )
        send(notice, garden_recipients(brief))


def _lapse(brief: Brief) -> None:
    now, title = clock.now(), brief.versions[-1].title
    live = proposals_of(brief, ProposalState.SUBMITTED)
    for proposal in live:
        _close(None, brief, proposal, ProposalActor.CLOCK)
        name = "" if brief.name_hidden else brief.company.name
        send(notices.brief_lapsed(name, title, proposal.id), supplier_recipients(proposal))
    apply_brief_transition(brief, "lapse")
    brief.closed_at = now
    record(None, "brief.lapse", "brief", brief.reference)
    send(notices.own_brief_lapsed(title, brief.reference, has_offers=bool(live)), company_recipients(brief))
    notice = notices.garden_brief_lapsed(
        brief.company.name, title, brief.reference, owner_contact(brief.company)
    )
    send(notice, garden_recipients(brief))


def _close(viewer: Viewer | None, brief: Brief, proposal: Proposal, actor: ProposalActor) -> None:
    phase = phase_of(brief)
    apply_transition(proposal, "close", actor, phase)
    proposal.decided_at, proposal.outcome_seen_at = clock.now(), None
    record_action(viewer, "proposal.close", brief, proposal)


def close_with_brief(viewer: Viewer, brief: Brief) -> None:
    """Close the offers for a brief in the transaction that withdraws the brief.

    Suppliers read the reason in the notice of the withdrawal. Offers for a brief withdrawn before its deadline stay sealed.
    """
    for proposal in proposals_of(brief, ProposalState.SUBMITTED):
        _close(viewer, brief, proposal, ProposalActor.COMPANY_OWNER)
        proposal.outcome_text = brief.closed_reason


def has_sent_offers(brief: Brief) -> bool:
    """Return True if an offer has been sent, so that the brief can no longer be paused."""
    return bool(proposals_of(brief, ProposalState.SUBMITTED))
