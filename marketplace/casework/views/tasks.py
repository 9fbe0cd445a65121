"""Pages to add, change and delete tasks for a company, and to mark them as done."""

from functools import partial

from flask import render_template, request

from marketplace.casework.forms import TaskForm
from marketplace.casework.queries import tasks as queries
from marketplace.casework.queries.subjects import subject_for
from marketplace.casework.use_cases import tasks as use_cases
from marketplace.casework.views.base import ADVISERS, back_to, blueprint, subject_url
from marketplace.core.details import details_of
from marketplace.core.i18n import gettext as _
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.confirmation import confirmation_page
from marketplace.web.forms.editing import add, edit
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.route("/companies/<int:company_id>/tasks/new", methods=["GET", "POST"])
@blueprint.route("/programme/<slug>/companies/<int:participation_id>/tasks/new", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=ADVISERS)
def new_task(company_id: int | None = None, slug: str = "", participation_id: int = 0) -> ViewResponse:
    """Add a task about a company, or about a participation in a project."""
    subject = subject_for(current_viewer(), company_id, slug, participation_id)
    viewer = current_viewer()
    form = TaskForm(queries.assignees(viewer), data={"assignee_id": str(viewer.user_id)})
    if add(form, lambda form: use_cases.add_task(viewer, subject, form.details())):
        flashes.done(_("The task has been added."))
        return back_to(subject)
    return render_template(
        "casework/edit_task.html", form=form, subject=subject, back=subject_url(subject), task=None
    )


@blueprint.route("/casework/tasks/<int:task_id>", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=ADVISERS)
def edit_task(task_id: int) -> ViewResponse:
    """Change a task."""
    viewer = current_viewer()
    task, subject = queries.task_for(viewer, task_id)
    people = queries.assignees(viewer)
    if task.assignee is not None and task.assignee_id not in {user_id for user_id, _name in people}:
        people.append((task.assignee.id, task.assignee.name))
    form = edit(
        partial(TaskForm, people),
        lambda: details_of(use_cases.TaskDetails, queries.task_for(viewer, task_id)[0]),
        lambda form: use_cases.save_task(viewer, task_id, form.details(), form.expected_fingerprint()),
    )
    if form.is_saved:
        flashes.done(_("Saved."))
        return back_to(subject)
    return render_template(
        "casework/edit_task.html", form=form, subject=subject, back=subject_url(subject), task=task
    )


@blueprint.post("/casework/tasks/<int:task_id>/done")
@access.reads_and_writes(Level.GARDEN, because=ADVISERS)
def set_task_done(task_id: int) -> ViewResponse:
    """Mark a task as done, or as not done if the form field `done` is "no"."""
    is_done = request.form.get("done") != "no"
    task, subject = use_cases.set_task_done(current_viewer(), task_id, is_done=is_done)
    if is_done:
        flashes.done(_("Done: %(what)s. You can undo it in the list.", what=task.what.rstrip(".")))
    else:
        flashes.done(_("Not done: %(what)s", what=task.what))
    return back_to(subject)


@blueprint.route("/casework/tasks/<int:task_id>/delete", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=ADVISERS)
def delete_task(task_id: int) -> ViewResponse:
    """Delete a task after confirmation."""
    viewer = current_viewer()
    if request.method == "GET":
        task, subject = queries.task_for(viewer, task_id)
        return confirmation_page(
            _("Delete the task"),
            [
                f"{subject.name}: {task.what}",
                _("The task is deleted for good. If it has been done, mark it as done instead."),
            ],
            _("Delete the task"),
            subject_url(subject),
        )
    subject = use_cases.delete_task(viewer, task_id)
    flashes.done(_("The task has been deleted."))
    return back_to(subject)
