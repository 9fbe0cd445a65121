"""Scheduled reminders of tasks on the day they are due: one message to each person."""

from sqlalchemy import ColumnElement, select

from marketplace.audit.use_cases import record
from marketplace.casework.models import CaseTask
from marketplace.casework.notices import DueTask, tasks_due
from marketplace.casework.queries.subjects import subject_of
from marketplace.core import clock
from marketplace.core.database import session, sum_over_rows, transaction
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send


@clock.not_before(7)
def remind_of_tasks() -> int:
    """Remind each person of the tasks that are due today or overdue; return the number of people. A scheduled job.

    Idempotent: each task is included in one reminder, and again only if its date or its assignee changes.
    """
    query = select(CaseTask.garden_id, CaseTask.assignee_id).where(*_is_due()).distinct()
    found = [(garden_id, user_id) for garden_id, user_id in session.execute(query) if user_id]
    session.rollback()
    return sum_over_rows(_remind, sorted(found))


def _is_due() -> tuple[ColumnElement[bool], ...]:
    return (
        CaseTask.due_on <= clock.today(),
        CaseTask.done_at.is_(None),
        CaseTask.reminded_at.is_(None),
        CaseTask.assignee_id.is_not(None),
    )


def _remind(person: tuple[int, int]) -> bool:
    """Send a person one reminder of all due tasks; return False if the person has left the garden or no task remains."""
    garden_id, user_id = person
    with transaction():
        query = select(CaseTask).where(
            CaseTask.garden_id == garden_id, CaseTask.assignee_id == user_id, *_is_due()
        )
        tasks = session.scalars(
            query.order_by(CaseTask.due_on, CaseTask.id).with_for_update(skip_locked=True)
        ).all()
        viewer = Viewer(user_id=user_id, organisation_id=garden_id, organisation_kind="garden")
        due = []
        for task in tasks:
            task.reminded_at = clock.now()
            try:
                due.append(DueTask(subject_of(viewer, task).name, task.what, task.due_on))
            except NotFound:  # the garden no longer follows the company
                continue
        recipients = [one for one in recipients_for(garden_id) if one.user_id == user_id]
        if not due or not recipients:
            return False
        send(tasks_due(due), recipients)
        record(None, "case_task.remind", "user", user_id, tasks=len(due))
        return True
