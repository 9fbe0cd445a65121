"""Notices about notes and tasks, and reminders to companies."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.core.i18n import format_date, gettext as _, ngettext
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic

SHARED_NOTES = "/organisation/notes"


@dataclass(frozen=True, slots=True)
class DueTask:
    """A task in a reminder: the name of its company, the text of the task, and its due date."""

    company: str
    what: str
    due_on: dt.date


@as_message("note_shared")
def note_shared(garden: str, happened_on: dt.date) -> Content:
    """Notify a company that a garden has given it a copy of a note."""
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
    """Remind a member of a garden of due tasks."""
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


@as_message("company_reminder", topic=Topic.REMINDERS)
def company_reminder(kind: str, person: str, garden: str, own_line: str) -> Content:
    """Remind a company, on behalf of a garden, of its next step."""
    subject, text, path, label = _reminder_text(kind)
    return Content(
        subject,
        [
            _("This is a reminder from %(person)s at %(garden)s.", person=person, garden=garden),
            text,
            *([_("%(person)s writes: “%(text)s”", person=person, text=own_line)] if own_line else ()),
            _("Do you need help, or is it done already? Get in touch with %(garden)s.", garden=garden),
        ],
        path,
        label,
    )


def _reminder_text(kind: str) -> tuple[str, str, str, str]:
    """Return the subject, the text, the path of the link and the label of the link for a kind of reminder."""
    match kind:
        case "no_strategy":
            return (
                _("Begin your digital strategy"),
                _(
                    "You have not started a digital strategy yet. It takes an afternoon, and you can stop and continue whenever you like."
                ),
                "/plan",
                _("Begin the strategy"),
            )
        case "strategy_started":
            return (
                _("Complete your digital strategy"),
                _(
                    "You have started your digital strategy, but it is not complete. Your plan shows what is missing."
                ),
                "/plan",
                _("See what is missing"),
            )
        case "no_brief":
            return (
                _("Order your first digital service"),
                _(
                    "You have not published a brief yet. Begin with one small job. The guide helps you to describe it."
                ),
                "/briefs/new",
                _("Write a brief"),
            )
        case "few_invited":
            return (
                _("Invite more suppliers to your brief"),
                _(
                    "Your brief is open, but few suppliers have been invited. With three good offers it is easier to choose."
                ),
                "/briefs",
                _("See your briefs"),
            )
        case _:
            return (
                _("How did the job go?"),
                _(
                    "A job has been delivered, and you have not said whether it worked. The questions take two minutes."
                ),
                "/briefs",
                _("See your briefs"),
            )
