"""Scheduled deletion after the end of projects: contact persons without an account, lecturers, and finances."""

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from marketplace.audit.use_cases import record
from marketplace.core.database import session, transaction
from marketplace.core.dates import cutoff_passed
from marketplace.finance.models import AidGrant, FundingSource, HoursEntry, MoneyEntry, ParticipationFee
from marketplace.finance.queries.retention import FINANCE_MONTHS
from marketplace.privacy import retention_periods
from marketplace.programme.lifecycle import ENROLLED_STATES, ParticipationState
from marketplace.programme.models.participation import Participation, ParticipationEvent
from marketplace.programme.models.projects import Cohort
from marketplace.programme.models.sessions import AttendanceMark, CourseSession
from marketplace.programme.queries.project_periods import ended_projects
from marketplace.programme.use_cases.contact_data import clear_contact


def erase_old_participations() -> int:
    """Erase contact persons and lecturers past their retention period; return the number of rows. A scheduled job.

    Companies, their numbers, events and attendance remain, so that the figures of a project do not change.
    """
    with transaction():
        old = select(Participation).where(
            or_(
                Participation.contact_name != "",
                Participation.contact_email != "",
                Participation.contact_phone != "",
                Participation.withdrawal_text != "",
            ),
            or_(
                Participation.project_id.in_(ended_projects(retention_periods.PROJECT_MONTHS)),
                _never_took_part(),
            ),
        )
        participations = session.scalars(old.order_by(Participation.id)).all()
        for participation in participations:
            clear_contact(participation)
        return len(participations) + _erase_lecturers()


def _erase_lecturers() -> int:
    cohorts = select(Cohort.id).where(Cohort.project_id.in_(ended_projects(retention_periods.PROJECT_MONTHS)))
    named = and_(
        CourseSession.cohort_id.in_(cohorts),
        or_(CourseSession.lecturer != "", CourseSession.lecturer_email != ""),
    )
    erased = (
        session.connection()
        .execute(update(CourseSession).where(named).values(lecturer="", lecturer_email=""))
        .rowcount
    )
    if erased:
        record(None, "privacy.delete_old", "table", "lecturers", rows=erased)
    return erased


def delete_old_finances() -> int:
    """Delete hours, money, fees and aid of projects that ended ten years ago; return the number of rows. A scheduled job.

    All rows of a project are deleted together, so that no correction is left without the row that it replaces.
    """
    ended = ended_projects(FINANCE_MONTHS)
    seats = select(Participation.id).where(Participation.project_id.in_(ended))
    with transaction():
        count = 0
        for query in (
            delete(ParticipationFee).where(ParticipationFee.participation_id.in_(seats)),
            # Booked income refers to funding sources, so the entries are deleted first.
            *(
                delete(table).where(table.project_id.in_(ended))
                for table in (MoneyEntry, FundingSource, HoursEntry, AidGrant)
            ),
        ):
            count += session.connection().execute(query).rowcount
        if count:
            record(None, "privacy.delete_old", "table", "finances", rows=count)
        return count


def _never_took_part() -> ColumnElement[bool]:
    """Return the condition that a company never attended and its time in the project is over.

    It has had no seat for 12 months, or was still on the waiting list when the project ended that long ago.
    """
    months = retention_periods.NO_SEAT_MONTHS
    last_change = (
        select(func.max(ParticipationEvent.at))
        .where(ParticipationEvent.participation_id == Participation.id)
        .correlate(Participation)
        .scalar_subquery()
    )
    attended = select(AttendanceMark.id).where(AttendanceMark.participation_id == Participation.id)
    return and_(
        ~attended.correlate(Participation).exists(),
        or_(
            and_(
                Participation.state.not_in(ENROLLED_STATES),
                func.coalesce(last_change, Participation.created_at) < cutoff_passed(months=months),
            ),
            and_(
                Participation.state == ParticipationState.WAITING,
                Participation.project_id.in_(ended_projects(months)),
            ),
        ),
    )
