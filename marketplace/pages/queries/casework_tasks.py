"""Tasks for companies on the home page of a business garden."""

from collections.abc import Iterator

from marketplace.casework.queries.tasks import tasks_waiting_for
from marketplace.core import clock
from marketplace.core.i18n import format_date, gettext as _, ngettext
from marketplace.core.viewer import Viewer
from marketplace.pages.dashboard import MAX_TASKS_PER_GROUP, Priority, Task


def garden_casework_tasks(viewer: Viewer) -> Iterator[Task]:
    """Yield the tasks for companies that are due within a week and assigned to the viewer or to nobody, overdue first."""
    tasks = tasks_waiting_for(viewer)
    today = clock.today()
    for task in tasks[:MAX_TASKS_PER_GROUP]:
        when = _("Due today") if task.due_on == today else _("Due %(date)s", date=format_date(task.due_on))
        if task.due_on < today:
            when = _("Overdue since %(date)s", date=format_date(task.due_on))
        is_now = task.due_on <= today
        yield Task(
            Priority.NOW if is_now else Priority.SOON,
            f"{task.name}: {task.what}",
            task.url,
            "",
            when,
            is_imminent=is_now,
        )
    more = len(tasks) - MAX_TASKS_PER_GROUP
    if more > 0:
        yield Task(
            Priority.SOON,
            ngettext("See %(num)s more task for companies", "See %(num)s more tasks for companies", more),
            "/companies/next?who=mine&state=task_due",
        )
