"""Writing, changing, deleting and sharing notes; deletion of all notes and tasks about a company."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, or_, select

from marketplace.audit.use_cases import record
from marketplace.casework.models import CaseNote, CaseTask, CompanyReminder
from marketplace.casework.notices import note_shared
from marketplace.casework.queries.notes import note_for, own_note, own_unshared_note
from marketplace.casework.queries.subjects import Subject
from marketplace.casework.use_cases.tasks import set_task_done
from marketplace.core import clock
from marketplace.core.database import lock_row, session, transaction
from marketplace.core.details import details_of, write_details
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.optimistic_lock import check_unchanged
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.use_cases import send
from marketplace.programme.models.participation import Participation


@dataclass(frozen=True, slots=True)
class NoteDetails:
    """Content of a note. `minutes` is the time spent, or None if it is not noted."""

    kind: str
    happened_on: dt.date
    text: str
    minutes: int | None


def add_note(
    viewer: Viewer, subject: Subject, details: NoteDetails, done_task_ids: Sequence[int] = ()
) -> CaseNote:
    """Add a note of the viewer's garden about a subject that the viewer may see, and set the tasks as done.

    Raises RuleBroken, and NotFound for a task that the viewer may not see.
    """
    _check(details)
    with transaction():
        note = CaseNote(
            garden_id=viewer.organisation_id, by_id=viewer.user_id, **subject.keys, **asdict(details)
        )
        session.add(note)
        session.flush()
        record(viewer, "case_note.add", "case_note", note.id)
        for task_id in done_task_ids:
            set_task_done(viewer, task_id, is_done=True)
        return note


def save_note(viewer: Viewer, note_id: int, details: NoteDetails, seen: str | None) -> None:
    """Change a note that the viewer has written. Raises NotFound, Forbidden, Conflict and RuleBroken."""
    _check(details)
    with transaction():
        lock_row(CaseNote.id, note_id)
        note, _subject = own_unshared_note(viewer, note_id)
        session.refresh(note)
        check_unchanged(seen, details_of(NoteDetails, note), details, is_own_change=lambda: True)
        write_details(note, details)
        record(viewer, "case_note.save", "case_note", note.id)


def delete_note(viewer: Viewer, note_id: int) -> Subject:
    """Delete a note that the viewer has written, and with it the company's copy; return the subject of the note."""
    with transaction():
        lock_row(CaseNote.id, note_id)
        note, subject = own_note(viewer, note_id)
        session.delete(note)
        record(viewer, "case_note.delete", "case_note", note_id)
        return subject


def share_note(viewer: Viewer, note_id: int) -> Subject:
    """Give the company a copy of a note, and notify the company once. Returns the subject. Raises NotFound and Conflict."""
    with transaction():
        lock_row(CaseNote.id, note_id)
        note, subject = note_for(viewer, note_id)
        session.refresh(note)
        if subject.company_id is None:
            raise Conflict(_("The company has no account, so it cannot read the note here."))
        if note.shared_at is None:
            note.shared_at = clock.now()
            record(viewer, "case_note.share", "case_note", note.id, company=subject.company_id)
            message = note_shared(viewer.organisation_name, note.happened_on)
            send(message, recipients_for(subject.company_id))
        return subject


def _check(details: NoteDetails) -> None:
    if details.happened_on > clock.today():
        raise RuleBroken(
            _("Choose a date that is not in the future. Plan it as a task instead."), "happened_on"
        )


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
