"""Adding, changing, completing and deleting tasks, and scheduled reminders of them."""

import datetime as dt
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, select

from marketplace.audit.use_cases import check_object_unchanged, record
from marketplace.casework.models import CaseTask
from marketplace.casework.notices import DueTask, tasks_due
from marketplace.casework.queries.subjects import Subject, subject_of
from marketplace.casework.queries.tasks import assignees, task_for
from marketplace.core import clock
from marketplace.core.database import lock_row, session, sum_over_rows, transaction
from marketplace.core.details import write_details
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send


@dataclass(frozen=True, slots=True)
class TaskDetails:
    """Content of a task. `assignee_id` is None if no person in particular is responsible."""

    what: str
    due_on: dt.date
    assignee_id: int | None


def add_task(viewer: Viewer, subject: Subject, details: TaskDetails) -> CaseTask:
    """Add a task of the viewer's garden about a subject that the viewer may see. Raises RuleBroken."""
    with transaction():
        _check(viewer, details, None)
        task = CaseTask(
            garden_id=viewer.organisation_id, created_by_id=viewer.user_id, **subject.keys, **asdict(details)
        )
        session.add(task)
        session.flush()
        record(viewer, "case_task.add", "case_task", task.id)
        return task


def save_task(viewer: Viewer, task_id: int, details: TaskDetails, seen: str | None) -> None:
    """Change a task of the viewer's garden. A new due date or assignee leads to another reminder.

    Raises Conflict and RuleBroken.
    """
    with transaction():
        task, _subject = _locked(viewer, task_id)
        check_object_unchanged(viewer, "case_task", task.id, seen, task, details)
        _check(viewer, details, task)
        if (details.due_on, details.assignee_id) != (task.due_on, task.assignee_id):
            task.reminded_at = None
        write_details(task, details)
        record(viewer, "case_task.save", "case_task", task.id)


def set_task_done(viewer: Viewer, task_id: int, *, is_done: bool) -> tuple[CaseTask, Subject]:
    """Mark a task as done or not done; return the task and its subject. Idempotent."""
    with transaction():
        task, subject = _locked(viewer, task_id)
        if (task.done_at is not None) != is_done:
            task.done_at = clock.now() if is_done else None
            task.done_by_id = viewer.user_id if is_done else None
            record(viewer, "case_task.do" if is_done else "case_task.undo", "case_task", task.id)
        return task, subject


def delete_task(viewer: Viewer, task_id: int) -> Subject:
    """Delete a task of the viewer's garden; return its subject."""
    with transaction():
        task, subject = _locked(viewer, task_id)
        session.delete(task)
        record(viewer, "case_task.delete", "case_task", task_id)
        return subject


def _locked(viewer: Viewer, task_id: int) -> tuple[CaseTask, Subject]:
    lock_row(CaseTask.id, task_id)
    task, subject = task_for(viewer, task_id)
    session.refresh(task)
    return task, subject


def _check(viewer: Viewer, details: TaskDetails, task: CaseTask | None) -> None:
    is_new_date = task is None or task.due_on != details.due_on
    if is_new_date and details.due_on < clock.today():
        raise RuleBroken(_("Choose today or a later date."), "due_on")
    is_new_person = task is None or task.assignee_id != details.assignee_id
    people = {user_id for user_id, _name in assignees(viewer)}
    if is_new_person and details.assignee_id is not None and details.assignee_id not in people:
        raise RuleBroken(_("Choose one from the list."), "assignee_id")


@clock.not_before(7)
def remind_of_tasks() -> int:
    """Remind each person of the tasks that are due today or overdue; return the number of people. A scheduled job.

    Idempotent: each task is included in one reminder, and again only if its date or its assignee changes.
    """
    query = select(CaseTask.garden_id, CaseTask.assignee_id).where(*_due_conditions()).distinct()
    found = [(garden_id, user_id) for garden_id, user_id in session.execute(query) if user_id]
    session.rollback()
    return sum_over_rows(_remind_of_tasks, sorted(found))


def _due_conditions() -> tuple[ColumnElement[bool], ...]:
    return (
        CaseTask.due_on <= clock.today(),
        CaseTask.done_at.is_(None),
        CaseTask.reminded_at.is_(None),
        CaseTask.assignee_id.is_not(None),
    )


def _remind_of_tasks(person: tuple[int, int]) -> bool:
    """Send a person one reminder of all due tasks; return False if the person has left the garden or no task remains."""
    garden_id, user_id = person
    with transaction():
        query = select(CaseTask).where(
            CaseTask.garden_id == garden_id, CaseTask.assignee_id == user_id, *_due_conditions()
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
