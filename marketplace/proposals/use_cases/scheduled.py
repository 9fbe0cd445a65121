"""Scheduled jobs: open offers at the deadline, send reminders, lapse undecided briefs, ask for outcomes.

Each job is idempotent: it reads from the audit log what has already been done.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select

from marketplace.audit.models import AuditEvent
from marketplace.audit.use_cases import record
from marketplace.briefs.deadlines import (
    GARDEN_REMINDER_DAYS,
    decision_reminder_due,
    is_unsent_reminder_due,
    lapses_at,
    opened_at,
)
from marketplace.briefs.lifecycle import BriefState, Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import phase_of
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.dates import local_date_after
from marketplace.core.viewer import Viewer
from marketplace.organisations.contacts import owner_contact
from marketplace.outbox.use_cases import send
from marketplace.proposals import notices
from marketplace.proposals.lifecycle import ProposalActor, ProposalState
from marketplace.proposals.models import Proposal
from marketplace.proposals.outcome_models import Outcome
from marketplace.proposals.queries.offers import count_offers
from marketplace.proposals.queries.supplier_offers import differs_from_sent
from marketplace.proposals.use_cases.evaluation import announce_opening
from marketplace.proposals.use_cases.shared import (
    apply_brief_transition,
    apply_transition,
    company_recipients,
    garden_recipients,
    lock_brief,
    proposals_of,
    record_action,
    supplier_recipients,
)


@dataclass(frozen=True, slots=True)
class UndecidedBrief:
    """A published brief whose deadline has passed, read without a lock."""

    id: int
    reference: str
    opened: dt.datetime


def _is_undecided() -> ColumnElement[bool]:
    now = clock.now()
    passed = (Brief.deadline < now) | (Brief.opened_early_at <= now)
    return and_(Brief.state == BriefState.PUBLISHED, Brief.deadline.is_not(None), passed)


def _undecided_briefs() -> list[UndecidedBrief]:
    """Return the published briefs whose deadline has passed, oldest first."""
    columns = (Brief.id, Brief.reference, Brief.deadline, Brief.opened_early_at)
    return [
        UndecidedBrief(number, reference, opened_at(deadline, early))
        for number, reference, deadline, early in session.execute(
            select(*columns).where(_is_undecided()).order_by(Brief.id)
        )
        if deadline is not None
    ]


def _last_events(action: ColumnElement[bool], references: Select[str]) -> dict[tuple[str, str], dt.datetime]:
    """Return the time of the last event of each kind for some briefs, by reference and action.

    One query without locks, so that only briefs with something due are locked: most wait for weeks, and the worker
    checks every minute.
    """
    query = (
        select(AuditEvent.object_id, AuditEvent.action, func.max(AuditEvent.at))
        .where(AuditEvent.object_type == "brief", AuditEvent.object_id.in_(references), action)
        .group_by(AuditEvent.object_id, AuditEvent.action)
    )
    found = {(reference, action): at for reference, action, at in session.execute(query)}
    session.rollback()
    return found


def _last_event(brief: Brief, action: str) -> dt.datetime | None:
    query = select(AuditEvent.at).where(
        AuditEvent.object_type == "brief",
        AuditEvent.object_id == brief.reference,
        AuditEvent.action == action,
    )
    return session.scalar(query.order_by(AuditEvent.id.desc()).limit(1))


def _lock_undecided(brief_id: int) -> Brief | None:
    """Lock and return a brief if it is still undecided."""
    brief = session.get(Brief, brief_id)
    if brief is None:
        return None
    lock_brief(brief)
    return brief if phase_of(brief) is Phase.EVALUATING else None


def _opened(brief: Brief) -> dt.datetime:
    assert brief.deadline is not None
    return opened_at(brief.deadline, brief.opened_early_at)


def open_due() -> int:
    """Open the offers of briefs whose deadline has passed and notify their companies; return the number opened."""
    opened_count, waiting = 0, _undecided_briefs()
    last_opened = _last_events(
        AuditEvent.action == "brief.opened", select(Brief.reference).where(_is_undecided())
    )
    for one in waiting:
        known = last_opened.get((one.reference, "brief.opened"))
        if known is not None and known >= one.opened:
            continue
        with transaction():
            brief = _lock_undecided(one.id)
            if brief is None:
                continue
            last = _last_event(brief, "brief.opened")
            if last is None or last < _opened(brief):
                announce_opening(brief)
                opened_count += 1
    return opened_count


def lapse_overdue() -> int:
    """Remind companies that have not decided, and close briefs after 45 days; return the number closed."""
    lapsed, waiting = 0, _undecided_briefs()
    looked_for = (AuditEvent.action == "brief.reopen") | AuditEvent.action.startswith(
        "brief.remind_", autoescape=True
    )
    events = _last_events(looked_for, select(Brief.reference).where(_is_undecided()))
    for one in waiting:
        since = max(one.opened, events.get((one.reference, "brief.reopen"), one.opened))
        due = decision_reminder_due(since, clock.now())
        notice = events.get((one.reference, f"brief.remind_{due}"))
        if clock.now() <= lapses_at(since) and (due is None or (notice is not None and notice >= since)):
            continue
        with transaction():
            brief = _lock_undecided(one.id)
            if brief is None:
                continue
            since = max(_opened(brief), _last_event(brief, "brief.reopen") or _opened(brief))
            if clock.now() > lapses_at(since):
                _lapse(brief)
                lapsed += 1
            else:
                _remind(brief, since)
    return lapsed


def _remind(brief: Brief, since: dt.datetime) -> None:
    """Send the latest due reminder, unless it or a later one has been sent."""
    days = decision_reminder_due(since, clock.now())
    if days is None:
        return
    last = _last_event(brief, f"brief.remind_{days}")
    if last is not None and last >= since:
        return
    title, count = brief.versions[-1].title, count_offers(brief.id)
    record(None, f"brief.remind_{days}", "brief", brief.reference)
    send(
        notices.decision_reminder(title, brief.reference, count, lapses_at(since)), company_recipients(brief)
    )
    garden = _last_event(brief, "brief.garden_told")
    if days >= GARDEN_REMINDER_DAYS and (garden is None or garden < since):
        record(None, "brief.garden_told", "brief", brief.reference)
        notice = notices.garden_decision_reminder(
            brief.company.name, title, brief.reference, lapses_at(since), owner_contact(brief.company)
        )
        send(notice, garden_recipients(brief))


def _lapse(brief: Brief) -> None:
    now, title = clock.now(), brief.versions[-1].title
    for proposal in proposals_of(brief, ProposalState.SUBMITTED):
        _close(None, brief, proposal, ProposalActor.CLOCK)
        name = "" if brief.name_hidden else brief.company.name
        send(notices.brief_lapsed(name, title, proposal.id), supplier_recipients(proposal))
    apply_brief_transition(brief, "lapse")
    brief.closed_at = now
    record(None, "brief.lapse", "brief", brief.reference)
    people = [*company_recipients(brief), *garden_recipients(brief)]
    send(notices.own_brief_lapsed(title, brief.reference), people)


def _close(viewer: Viewer | None, brief: Brief, proposal: Proposal, actor: ProposalActor) -> None:
    phase = phase_of(brief)
    apply_transition(proposal, "close", actor, phase)
    proposal.decided_at, proposal.outcome_seen_at = clock.now(), None
    record_action(viewer, "proposal.close", brief, proposal)


def close_with_brief(viewer: Viewer, brief: Brief) -> None:
    """Close the offers to a brief in the transaction that withdraws the brief.

    The notice of the withdrawal gives suppliers the reason. Offers to a brief withdrawn before its deadline stay sealed.
    """
    for proposal in proposals_of(brief, ProposalState.SUBMITTED):
        _close(viewer, brief, proposal, ProposalActor.COMPANY_OWNER)
        proposal.outcome_text = brief.closed_reason


def has_sent_offers(brief: Brief) -> bool:
    """Return True if an offer has been sent, so that the brief can no longer be paused."""
    return bool(proposals_of(brief, ProposalState.SUBMITTED))


def remind_about_results() -> int:
    """Send outcome questionnaires that are due, once per round; return the number sent."""
    is_due = and_(Outcome.due_on <= clock.today(), Outcome.answered_at.is_(None))
    query = select(Outcome.id, Outcome.round, Brief.reference).join(Outcome.brief).where(is_due)
    due = session.execute(query.order_by(Outcome.id)).all()
    done = AuditEvent.action.startswith("brief.ask_", autoescape=True)
    already = _last_events(done, select(Brief.reference).join(Outcome).where(is_due))
    asked = 0
    for outcome_id, number, reference in due:
        if (reference, f"brief.ask_{number}") in already:
            continue
        with transaction():
            outcome = session.get(Outcome, outcome_id)
            if outcome is None or outcome.answered_at is not None:
                continue
            brief = lock_brief(outcome.brief)
            if _last_event(brief, f"brief.ask_{outcome.round}") is not None:
                continue
            record(None, f"brief.ask_{outcome.round}", "brief", brief.reference)
            send(
                notices.outcome_request(brief.versions[-1].title, brief.reference, outcome.round),
                company_recipients(brief),
            )
            asked += 1
    return asked


def remind_about_unsent_changes() -> int:
    """Remind suppliers once, on the morning before the deadline, of changes that are not sent; return their number.

    The event is sealed like every event of an offer before the opening, so `reminded_at` prevents repetition. A later
    deadline gives a new reminder.
    """
    now = clock.now()
    query = (
        select(Proposal.id, Proposal.reminded_at, Brief.deadline)
        .join(Proposal.brief)
        .where(
            Brief.state == BriefState.PUBLISHED,
            Brief.deadline > now,
            Brief.deadline <= clock.end_of_day(local_date_after(now, days=1)),
            Proposal.state == ProposalState.SUBMITTED,
            Proposal.updated_at > Proposal.submitted_at,
        )
    )
    due = [
        proposal_id
        for proposal_id, reminded_at, deadline in session.execute(
            query.order_by(Brief.deadline, Proposal.supplier_id)
        )
        if deadline is not None and is_unsent_reminder_due(reminded_at, deadline, now)
    ]
    session.rollback()
    reminded = 0
    for proposal_id in due:
        with transaction():
            proposal = session.get(Proposal, proposal_id)
            if proposal is None:
                continue
            brief = lock_brief(proposal.brief)
            session.refresh(proposal)
            deadline = brief.deadline
            if phase_of(brief) is not Phase.OPEN or deadline is None:
                continue
            if not (
                is_unsent_reminder_due(proposal.reminded_at, deadline, clock.now())
                and differs_from_sent(proposal)
            ):
                continue
            proposal.reminded_at = clock.now()
            record_action(None, "proposal.remind", brief, proposal)
            notice = notices.unsent_changes(brief.versions[-1].title, brief.reference, deadline)
            send(notice, supplier_recipients(proposal))
            reminded += 1
    return reminded


JOBS = (open_due, lapse_overdue, remind_about_results, remind_about_unsent_changes)


def run_all() -> None:
    """Run every scheduled job of this package."""
    for job in JOBS:
        job()
