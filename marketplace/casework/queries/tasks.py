"""Tasks of a business garden, about one subject or for one person."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Integer, and_, bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.casework.limits import SOON_DAYS
from marketplace.casework.models import CaseTask
from marketplace.casework.queries.subjects import Subject, is_about, subject_of
from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.errors import or_404
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Membership, Organisation
from marketplace.organisations.queries import companies_followed_by, members
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Project

MAX_DONE = 5
_GARDEN_ID = bindparam("garden_id", type_=Integer())
_TASKS_ABOUT = prepared(
    select(CaseTask)
    .options(joinedload(CaseTask.assignee))
    .where(CaseTask.garden_id == _GARDEN_ID, is_about(CaseTask))
    .order_by(CaseTask.due_on, CaseTask.id)
)


def tasks_about(viewer: Viewer, subject: Subject) -> tuple[list[CaseTask], list[CaseTask]]:
    """Return the garden's tasks about a subject: its open tasks, most overdue first, and the tasks done last."""
    tasks = session.scalars(_TASKS_ABOUT, {"garden_id": viewer.organisation_id, **subject.keys}).all()
    done = [task for task in tasks if task.done_at is not None]
    done.sort(key=lambda task: (task.done_at, task.id), reverse=True)
    return [task for task in tasks if task.done_at is None], done[:MAX_DONE]


def task_for(viewer: Viewer, task_id: int) -> tuple[CaseTask, Subject]:
    """Return a task of the viewer's garden and its subject. Raises NotFound."""
    task = or_404(session.get(CaseTask, task_id))
    return task, subject_of(viewer, task)


def assignees(viewer: Viewer) -> list[tuple[int, str]]:
    """Return id and name of the active members of the viewer's garden."""
    found = members(viewer.organisation_id or 0)
    return [(one.user_id, one.user.name) for one in found if one.user.is_active]


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """An open task in a list with tasks about several companies. `company_id` is None for a participation without one.

    `assignee_id` is None if no member of the garden is responsible.
    """

    id: int
    what: str
    due_on: dt.date
    assignee_id: int | None
    company_id: int | None
    name: str
    slug: str
    participation_id: int | None

    @property
    def url(self) -> str:
        """Return the path of the page that shows the task."""
        if self.company_id is not None:
            return f"/companies/{self.company_id}#casework"
        return f"/programme/{self.slug}/companies/{self.participation_id}#casework"


_COMPANY_ID = func.coalesce(CaseTask.company_id, Participation.company_id)
_OPEN_TASKS = prepared(
    select(
        CaseTask.id,
        CaseTask.what,
        CaseTask.due_on,
        Membership.user_id,  # None for an assignee who has left the garden
        _COMPANY_ID,
        func.coalesce(Organisation.name, Participation.company_name),
        func.coalesce(Project.slug, ""),
        CaseTask.participation_id,
    )
    .outerjoin(Participation, Participation.id == CaseTask.participation_id)
    .outerjoin(Project, Project.id == Participation.project_id)
    .outerjoin(Organisation, Organisation.id == _COMPANY_ID)
    .outerjoin(
        Membership,
        and_(Membership.user_id == CaseTask.assignee_id, Membership.organisation_id == CaseTask.garden_id),
    )
    .where(
        CaseTask.garden_id == _GARDEN_ID,
        CaseTask.done_at.is_(None),
        or_(_COMPANY_ID.is_(None), _COMPANY_ID.in_(companies_followed_by(_GARDEN_ID))),
    )
    .order_by(CaseTask.due_on, CaseTask.id)
)


def tasks_waiting_for(viewer: Viewer) -> list[WaitingTask]:
    """Return the open tasks due within SOON_DAYS that are assigned to the viewer or to nobody, most overdue first."""
    last = clock.today() + dt.timedelta(days=SOON_DAYS)
    return [
        one
        for one in open_tasks_of_garden(viewer)
        if one.due_on <= last and one.assignee_id in {viewer.user_id, None}
    ]


def open_tasks_of_garden(viewer: Viewer) -> list[WaitingTask]:
    """Return the open tasks of the viewer's garden, most overdue first.

    Tasks about companies that the garden no longer follows are left out.
    """
    return [WaitingTask(*row) for row in session.execute(_OPEN_TASKS, {"garden_id": viewer.organisation_id})]
