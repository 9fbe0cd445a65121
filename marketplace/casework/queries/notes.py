"""Notes of a business garden, and the copies that a company has received."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, bindparam, or_, select
from sqlalchemy.orm import joinedload

from marketplace.casework.models import CaseNote
from marketplace.casework.queries.subjects import Subject, is_about, subject_of
from marketplace.core.database import prepared, session
from marketplace.core.errors import Conflict, Forbidden, or_404
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Organisation
from marketplace.programme.models.participation import Participation

_NOTES_ABOUT = prepared(
    select(CaseNote)
    .options(joinedload(CaseNote.by))
    .where(CaseNote.garden_id == bindparam("garden_id", type_=Integer()), is_about(CaseNote))
    .order_by(CaseNote.happened_on.desc(), CaseNote.id.desc())
)


def notes_about(viewer: Viewer, subject: Subject) -> Sequence[CaseNote]:
    """Return the notes of the viewer's garden about a subject, newest first."""
    return session.scalars(_NOTES_ABOUT, {"garden_id": viewer.organisation_id, **subject.keys}).all()


def note_for(viewer: Viewer, note_id: int) -> tuple[CaseNote, Subject]:
    """Return a note of the viewer's garden and its subject. Raises NotFound."""
    note = or_404(session.get(CaseNote, note_id))
    return note, subject_of(viewer, note)


def own_note(viewer: Viewer, note_id: int) -> tuple[CaseNote, Subject]:
    """Return a note that the viewer has written. Raises NotFound, or Forbidden for a colleague's note."""
    note, subject = note_for(viewer, note_id)
    if note.by_id != viewer.user_id:
        raise Forbidden
    return note, subject


def own_unshared_note(viewer: Viewer, note_id: int) -> tuple[CaseNote, Subject]:
    """Return a note that the viewer may change. Raises NotFound or Forbidden, and Conflict if the company has a copy."""
    note, subject = own_note(viewer, note_id)
    if note.shared_at is not None:
        raise Conflict(_("The company has a copy of this note. Write a new one instead of changing it."))
    return note, subject


def shared_notes(company_id: int | None) -> list[tuple[CaseNote, str]]:
    """Return the notes of which a company has received a copy, newest first, each with the name of its garden."""
    linked = select(Participation.id).where(Participation.company_id == company_id)
    query = (
        select(CaseNote, Organisation.name)
        .join(Organisation, Organisation.id == CaseNote.garden_id)
        .where(
            or_(CaseNote.company_id == company_id, CaseNote.participation_id.in_(linked)),
            CaseNote.shared_at.is_not(None),
        )
        .order_by(CaseNote.happened_on.desc(), CaseNote.id.desc())
    )
    return [(note, garden) for note, garden in session.execute(query)]


def exported_notes(company_id: int) -> list[dict[str, Any]]:
    """Return the notes of which a company has received a copy as JSON values, without the names of their authors."""
    return [
        {
            "business_garden": garden,
            "happened_on": note.happened_on.isoformat(),
            "kind": note.kind,
            "text": note.text,
            "minutes": note.minutes,
            "shared_at": note.shared_at.isoformat() if note.shared_at else None,
        }
        for note, garden in shared_notes(company_id)
    ]
