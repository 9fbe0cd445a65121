"""Reminders to companies without a complete strategy, before their project ends."""

import datetime as dt
from functools import partial

from sqlalchemy import select

from marketplace.audit.queries import is_recorded
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, session, sum_over_rows, transaction
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send
from marketplace.programme.lifecycle import ParticipationState
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Project
from marketplace.programme.notices.reminders import plan_deadline
from marketplace.strategy.models.plan import Strategy

DAYS_BEFORE = (30, 7)
MAX_DELAY = dt.timedelta(days=2)
"""Longest delay of a reminder, so that it is not lost if the service is down on the day it is due."""
SENT = "project.remind_plans"


@clock.not_before(6)
def remind_of_plan_deadlines() -> int:
    """Remind companies before their project ends, by DAYS_BEFORE; return the number of reminders. A scheduled job.

    Idempotent: each reminder of a project is sent once, and again only if the end of the project is moved.
    """
    today = clock.today()
    count = 0
    for days in DAYS_BEFORE:
        last = today + dt.timedelta(days=days)
        query = select(Project).where(
            Project.closed_at.is_(None), Project.ends_on > last - MAX_DELAY, Project.ends_on <= last
        )
        due = [project.id for project in session.scalars(query) if not _is_sent(project, days)]
        session.rollback()
        count += sum_over_rows(partial(_remind, days), due)
    return count


def _remind(days: int, project_id: int) -> int:
    with transaction():
        # The lock makes a second process wait until the first has recorded that the project is handled.
        project = load_locked(select(Project).where(Project.id == project_id))
        if project is None or project.ends_on is None or _is_sent(project, days):
            return 0
        companies = (
            select(Participation.company_id)
            .join(Organisation, Organisation.id == Participation.company_id)
            .outerjoin(Strategy, Strategy.company_id == Participation.company_id)
            .where(
                Participation.project_id == project_id,
                Participation.state == ParticipationState.SIGNED_UP.value,
                Organisation.is_active,
                Strategy.completed_at.is_(None),
            )
            .order_by(Participation.id)
        )
        ids = session.scalars(companies).all()
        for company_id in ids:
            send(plan_deadline(project.name, project.ends_on), recipients_for(company_id))
        record(None, SENT, "project", project_id, days=days, ends_on=str(project.ends_on), companies=len(ids))
        return len(ids)


def _is_sent(project: Project, days: int) -> bool:
    return is_recorded(SENT, "project", project.id, days=days, ends_on=str(project.ends_on))
