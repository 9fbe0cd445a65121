"""Periods of the projects that a company takes part in, inside which the dates of its objectives should be."""

from sqlalchemy import or_, select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.programme.lifecycle import ParticipationState
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Project
from marketplace.strategy.measuring import Period


def project_periods(company_id: int) -> list[Period]:
    """Return the periods of the projects in which a company has a seat and that have not ended."""
    query = (
        select(Project.starts_on, Project.ends_on)
        .join(Participation, Participation.project_id == Project.id)
        .where(
            Participation.company_id == company_id,
            Participation.state == ParticipationState.SIGNED_UP,
            Project.closed_at.is_(None),
            or_(Project.ends_on.is_(None), Project.ends_on >= clock.today()),
        )
        .order_by(Project.starts_on, Project.id)
    )
    return [Period(row.starts_on, row.ends_on) for row in session.execute(query)]
