"""Retention of the accounts of projects."""

from sqlalchemy import literal, select, union_all

from marketplace.core.database import session
from marketplace.finance.models import AidGrant, FundingSource, HoursEntry, MoneyEntry, ParticipationFee
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Project
from marketplace.programme.queries.project_periods import ended_projects

FINANCE_MONTHS = 120
"""Months after the end of a project for which its hours, money, fees and aid are kept."""


def are_finances_deleted(project_id: int) -> bool:
    """Return True if the retention period of a project's accounts is over, and they have been deleted."""
    is_over = select(literal(1)).where(
        Project.id == project_id, Project.id.in_(ended_projects(FINANCE_MONTHS))
    )
    if session.scalar(is_over) is None:
        return False
    seats = select(Participation.id).where(Participation.project_id == project_id)
    left = union_all(
        *(
            select(table.id).where(table.project_id == project_id)
            for table in (MoneyEntry, FundingSource, HoursEntry, AidGrant)
        ),
        select(ParticipationFee.id).where(ParticipationFee.participation_id.in_(seats)),
    )
    return session.scalar(left.limit(1)) is None
