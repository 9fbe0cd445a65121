"""Forms for notes, tasks and reminders to companies."""

from collections.abc import Mapping, Sequence

from marketplace.casework.labels import ACTIVITIES, REMINDER_KINDS
from marketplace.casework.limits import MAX_MINUTES, MAX_OWN_LINE, MAX_TEXT, MAX_WHAT
from marketplace.casework.use_cases.notes import NoteDetails
from marketplace.casework.use_cases.tasks import TaskDetails
from marketplace.core.i18n import gettext as _, lazy_gettext as _l, ngettext
from marketplace.core.numbers import MINUTES
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    ChoicesField,
    DayField,
    LongTextField,
    NumberChoiceField,
    NumberField,
    TextField,
    length,
    required,
)


class NoteForm(BaseForm):
    """A note about what was done for a company."""

    kind = ChoiceField(_l("Activity"), [required()], choices=list(ACTIVITIES.items()))
    happened_on = DayField(_l("Date"), [required()])
    text = LongTextField(
        _l("What was it about?"), [required(_l("Write what it was about.")), length(high=MAX_TEXT)]
    )
    minutes = NumberField(
        _l("Minutes"), high=MAX_MINUTES, unit=MINUTES, description=_l("The time you spent on it.")
    )

    def details(self) -> NoteDetails:
        """Return the submitted details."""
        return self.details_as(NoteDetails)


class NewNoteForm(NoteForm):
    """A new note, with the tasks about the company that it completes."""

    done_tasks = ChoicesField(_l("Tasks that are now done"))

    def __init__(self, tasks: Sequence[tuple[int, str]], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.done_tasks.set_choices(tasks)

    def done_task_ids(self) -> list[int]:
        """Return the ids of the chosen tasks."""
        return [int(task_id) for task_id in self.done_tasks.data or ()]


class TaskForm(BaseForm):
    """A task, its due date and the person responsible."""

    what = TextField(
        _l("What have you agreed?"),
        [required(_l("Write what is to be done.")), length(2, MAX_WHAT)],
        description=_l("For example: send the list of photographers."),
    )
    due_on = DayField(_l("Due date"), [required(_l("Choose a date."))])
    assignee_id = NumberChoiceField(_l("Who does it?"))

    def __init__(self, people: Sequence[tuple[int, str]], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.assignee_id.set_choices([("", _("Nobody in particular")), *people])

    def details(self) -> TaskDetails:
        """Return the submitted details."""
        return self.details_as(TaskDetails)


class ReminderForm(BaseForm):
    """Kind of a reminder, and an optional text that the sender adds. `counts` has the number of companies by kind."""

    kind = ChoiceField(_l("What do you remind them of?"), [required(_l("Choose one from the list."))])
    own_line = LongTextField(
        _l("A line of your own"),
        [length(high=MAX_OWN_LINE)],
        description=_l("Your text is shown in the e-mail with your name, and is not translated."),
        render_kw={"rows": 3},
    )

    def __init__(self, counts: Mapping[str, int], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind.set_choices(
            [
                (kind, f"{label} ({ngettext('%(num)s company', '%(num)s companies', counts.get(kind, 0))})")
                for kind, label in REMINDER_KINDS.items()
            ]
        )
