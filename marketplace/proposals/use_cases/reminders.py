"""Scheduled reminders: to suppliers of changes to an offer that are not sent, to companies of the outcome of a job."""

from sqlalchemy import and_, select

from marketplace.audit.models import AuditEvent
from marketplace.audit.use_cases import record
from marketplace.briefs.deadlines import is_unsent_reminder_due
from marketplace.briefs.lifecycle import BriefState, Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import phase_of
from marketplace.briefs.use_cases.authorization import company_recipients
from marketplace.core import clock
from marketplace.core.database import failure_logged, session, transaction
from marketplace.core.dates import local_date_after
from marketplace.outbox.use_cases import send
from marketplace.proposals import notices
from marketplace.proposals.lifecycle import ProposalState
from marketplace.proposals.models.offers import Proposal
from marketplace.proposals.models.outcomes import Outcome
from marketplace.proposals.queries.supplier_offers import differs_from_sent
from marketplace.proposals.use_cases.transitions import lock_brief, record_action, supplier_recipients
from marketplace.proposals.use_cases.undecided_briefs import last_event, last_events


def remind_about_unsent_changes() -> int:
    """Remind suppliers once, on the day before the deadline, of changes that are not sent. Return the number of reminders.

    `reminded_at` prevents repetition, because the audit event is sealed and cannot be looked up. After an extension of
    the deadline, suppliers are reminded again.
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
        with failure_logged(proposal_id), transaction():
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


def remind_about_results() -> int:
    """Send outcome questionnaires that are due, once per round; return the number sent."""
    is_due = and_(Outcome.due_on <= clock.today(), Outcome.answered_at.is_(None))
    query = select(Outcome.id, Outcome.round, Brief.reference).join(Outcome.brief).where(is_due)
    due = session.execute(query.order_by(Outcome.id)).all()
    done = AuditEvent.action.startswith("brief.ask_", autoescape=True)
    already = last_events(done, select(Brief.reference).join(Outcome).where(is_due))
    asked = 0
    for outcome_id, number, reference in due:
        if (reference, f"brief.ask_{number}") in already:
            continue
        with failure_logged(outcome_id), transaction():
            outcome = session.get(Outcome, outcome_id)
            if outcome is None or outcome.answered_at is not None:
                continue
            brief = lock_brief(outcome.brief)
            if last_event(brief, f"brief.ask_{outcome.round}") is not None:
                continue
            record(None, f"brief.ask_{outcome.round}", "brief", brief.reference)
            send(
                notices.outcome_request(brief.versions[-1].title, brief.reference, outcome.round),
                company_recipients(brief),
            )
            asked += 1
    return asked
