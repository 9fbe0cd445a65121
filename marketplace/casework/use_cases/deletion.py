"""Deleting the notes, tasks and reminders about a company that is closed."""

from sqlalchemy import delete, or_, select

from marketplace.audit.use_cases import record
from marketplace.casework.models import CaseNote, CaseTask, CompanyReminder
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.programme.models.participation import Participation


def delete_casework_of(by: Viewer | None, company_id: int) -> None:
    """Delete all notes, tasks and reminders about a company, of all gardens, inside the caller's transaction."""
    linked = select(Participation.id).where(Participation.company_id == company_id)
    reminders = delete(CompanyReminder).where(CompanyReminder.company_id == company_id)
    count = session.connection().execute(reminders).rowcount
    for model in (CaseNote, CaseTask):
        about = or_(model.company_id == company_id, model.participation_id.in_(linked))
        count += session.connection().execute(delete(model).where(about)).rowcount
    if count:
        record(by, "casework.delete", "organisation", company_id, rows=count)
