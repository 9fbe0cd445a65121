"""Pages to write, change, delete and share notes about a company, and the company's page with its copies of notes."""

from flask import render_template, request

from marketplace.casework.forms import NewNoteForm, NoteForm
from marketplace.casework.labels import ACTIVITIES
from marketplace.casework.queries import notes as queries
from marketplace.casework.queries.subjects import subject_for
from marketplace.casework.queries.tasks import tasks_about
from marketplace.casework.use_cases import notes as use_cases
from marketplace.casework.views.base import ADVISERS, back_to, blueprint, subject_url
from marketplace.core import clock
from marketplace.core.details import details_of
from marketplace.core.errors import Conflict
from marketplace.core.i18n import gettext as _
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.confirmation import confirmation_page
from marketplace.web.forms.editing import add, edit
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.route("/companies/<int:company_id>/notes/new", methods=["GET", "POST"])
@blueprint.route("/programme/<slug>/companies/<int:participation_id>/notes/new", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=ADVISERS)
def new_note(company_id: int | None = None, slug: str = "", participation_id: int = 0) -> ViewResponse:
    """Write a note about a company, or about a participation in a project."""
    viewer = current_viewer()
    subject = subject_for(viewer, company_id, slug, participation_id)
    tasks, done = tasks_about(viewer, subject)
    # A colleague may have done a chosen task since the form was opened.
    tasks += [task for task in done if str(task.id) in request.form.getlist("done_tasks")]
    form = NewNoteForm([(task.id, task.what) for task in tasks], data={"happened_on": clock.today()})
    if add(form, lambda form: use_cases.add_note(viewer, subject, form.details(), form.done_task_ids())):
        flashes.done(_("The note has been saved."))
        return back_to(subject)
    return render_template(
        "casework/edit_note.html", form=form, subject=subject, back=subject_url(subject), note=None
    )


@blueprint.route("/casework/notes/<int:note_id>", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=ADVISERS)
def edit_note(note_id: int) -> ViewResponse:
    """Change a note that the viewer has written."""
    viewer = current_viewer()
    note, subject = queries.own_note(viewer, note_id)
    if note.shared_at is not None and request.method == "GET":
        flashes.warn(_("The company has a copy of this note. Write a new one instead of changing it."))
        return back_to(subject)
    form = edit(
        NoteForm,
        lambda: details_of(use_cases.NoteDetails, queries.own_note(viewer, note_id)[0]),
        lambda form: use_cases.save_note(viewer, note_id, form.details(), form.expected_fingerprint()),
    )
    if form.is_saved:
        flashes.done(_("The note has been saved."))
        return back_to(subject)
    return render_template(
        "casework/edit_note.html", form=form, subject=subject, back=subject_url(subject), note=note
    )


@blueprint.route("/casework/notes/<int:note_id>/delete", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=ADVISERS)
def delete_note(note_id: int) -> ViewResponse:
    """Delete a note that the viewer has written, after confirmation."""
    viewer = current_viewer()
    if request.method == "GET":
        note, subject = queries.own_note(viewer, note_id)
        lines = [_("The note is deleted for good, also for your colleagues.")]
        if note.minutes:
            lines.append(_("The minutes of the note are no longer counted."))
        if note.shared_at is not None:
            lines.append(_("The company loses its copy."))
        return confirmation_page(
            _("Delete the note about %(company)s", company=subject.name),
            lines,
            _("Delete the note"),
            subject_url(subject),
        )
    subject = use_cases.delete_note(viewer, note_id)
    flashes.done(_("The note has been deleted."))
    return back_to(subject)


@blueprint.route("/casework/notes/<int:note_id>/share", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=ADVISERS)
def share_note(note_id: int) -> ViewResponse:
    """Give the company a copy of a note, after confirmation."""
    viewer = current_viewer()
    note, subject = queries.note_for(viewer, note_id)
    if request.method == "GET":
        return render_template(
            "casework/share_note.html", note=note, subject=subject, back=subject_url(subject)
        )
    with flashes.catch_refusal(Conflict):
        use_cases.share_note(viewer, note_id)
        flashes.done(_("%(company)s has a copy of the note.", company=subject.name))
    return back_to(subject)


@blueprint.get("/organisation/notes")
@access.company
def shared_notes() -> ViewResponse:
    """List the notes that the viewer's company has received a copy of."""
    found = queries.shared_notes(current_viewer().organisation_id)
    return render_template("casework/shared_notes.html", notes=found, activities=ACTIVITIES)
