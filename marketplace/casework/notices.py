"""Notices about notes and tasks."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.core.i18n import format_date, ngettext
from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic

SHARED_NOTES = "/organisation/notes"


@dataclass(frozen=True, slots=True)
class DueTask:
    """A task in a reminder: the name of the company, what was agreed, and its date."""

    company: str
    what: str
    due_on: dt.date


@as_message("note_shared")
def note_shared(garden: str, happened_on: dt.date) -> Content:
    """A garden has given the company a copy of a note."""
    return Content(
        _("You have a copy of a note from %(garden)s", garden=garden),
        [
            _(
                "%(garden)s has given you a copy of their note of %(date)s, as you asked for.",
                garden=garden,
                date=format_date(happened_on),
            )
        ],
        SHARED_NOTES,
        _("Read the note"),
    )


@as_message("task_due", topic=Topic.TASKS)
def tasks_due(tasks: Sequence[DueTask]) -> Content:
    """Tasks of a member of a garden are due."""
    lines = [
        _(
            "%(company)s: %(what)s. Due %(date)s.",
            company=task.company,
            what=task.what.rstrip("."),
            date=format_date(task.due_on),
        )
        for task in tasks
    ]
    subject = (
        _("Task due: %(company)s", company=tasks[0].company)
        if len(tasks) == 1
        else ngettext("%(num)s task is due", "%(num)s tasks are due", len(tasks))
    )
    return Content(subject, lines, "/companies/next?who=mine", _("See your companies"))
