"""Published briefs whose deadline has passed, and times of their audit events, for scheduled jobs."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select

from marketplace.audit.models import AuditEvent
from marketplace.audit.queries import last_recorded_at
from marketplace.briefs.deadlines import opened_at
from marketplace.briefs.lifecycle import BriefState, Phase
from marketplace.briefs.models import Brief, BriefVersion
from marketplace.briefs.queries import phase_of
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.proposals.use_cases.transitions import lock_brief


@dataclass(frozen=True, slots=True)
class UndecidedBrief:
    """A published brief whose deadline has passed, read without a lock.

    `decides_on` is the day on which the company wanted to decide, as suppliers were told.
    """

    id: int
    reference: str
    opened: dt.datetime
    decides_on: dt.date | None


def is_undecided() -> ColumnElement[bool]:
    """Build the SQL condition that a brief is published and the time for opening its offers has passed."""
    now = clock.now()
    passed = (Brief.deadline < now) | (Brief.opened_early_at <= now)
    return and_(Brief.state == BriefState.PUBLISHED, Brief.deadline.is_not(None), passed)


def undecided_briefs() -> list[UndecidedBrief]:
    """Return the published briefs whose deadline has passed, oldest first."""
    decides_on = (
        select(BriefVersion.answers["decision_date"].as_string())
        .where(BriefVersion.brief_id == Brief.id)
        .order_by(BriefVersion.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = (Brief.id, Brief.reference, Brief.deadline, Brief.opened_early_at, decides_on)
    query = select(*columns).where(is_undecided()).order_by(Brief.id)
    return [
        UndecidedBrief(
            number, reference, opened_at(deadline, early), dt.date.fromisoformat(day) if day else None
        )
        for number, reference, deadline, early, day in session.execute(query)
        if deadline is not None
    ]


def last_events(action: ColumnElement[bool], references: Select[str]) -> dict[tuple[str, str], dt.datetime]:
    """Return the time of the last event of each kind for the selected briefs, by reference and action.

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


def last_event(brief: Brief, action: str) -> dt.datetime | None:
    """Return the time of a brief's last event of one kind."""
    return last_recorded_at(action, "brief", brief.reference)


def lock_undecided(brief_id: int) -> Brief | None:
    """Lock and return a brief if it is still undecided."""
    brief = session.get(Brief, brief_id)
    if brief is None:
        return None
    lock_brief(brief)
    return brief if phase_of(brief) is Phase.EVALUATING else None
