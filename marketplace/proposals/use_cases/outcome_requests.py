"""Scheduled questionnaires about the outcome of jobs."""

from sqlalchemy import and_, select

from marketplace.audit.models import AuditEvent
from marketplace.audit.use_cases import record
from marketplace.briefs.models import Brief
from marketplace.briefs.use_cases.authorization import company_recipients
from marketplace.core import clock
from marketplace.core.database import failure_logged, session, transaction
from marketplace.outbox.use_cases import send
from marketplace.proposals import notices
from marketplace.proposals.models.outcomes import Outcome
from marketplace.proposals.use_cases.transitions import lock_brief
from marketplace.proposals.use_cases.undecided_briefs import last_event, last_events


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
