"""Links and files for the participants of a session."""

from dataclasses import asdict, dataclass

from sqlalchemy import func, select

from marketplace.audit.use_cases import record
from marketplace.core.database import session, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.files.checks import check_document
from marketplace.files.models import StoredFile
from marketplace.programme.limits import MAX_MATERIAL
from marketplace.programme.models.sessions import SessionMaterial
from marketplace.programme.queries.projects import project_for
from marketplace.programme.queries.sessions import material_for, session_for
from marketplace.programme.use_cases.seating import lock_project


@dataclass(frozen=True, slots=True)
class MaterialDetails:
    """Title of a piece of material, when to use it ("before", "during" or "after" the session), and the URL of a link."""

    title: str
    use: str
    url: str = ""


def add_link(viewer: Viewer, slug: str, session_id: int, material: MaterialDetails) -> None:
    """Add a link to a session."""
    with transaction():
        _add(viewer, slug, session_id, material)


def add_file(
    viewer: Viewer, slug: str, session_id: int, material: MaterialDetails, upload: tuple[str, bytes]
) -> None:
    """Add a file to a session. `upload` is its name and content. Raises RuleBroken for a refused file or too many files."""
    checked = check_document(*upload)
    with transaction():
        added = _add(viewer, slug, session_id, material)
        stored = StoredFile.from_checked(checked)
        stored.material_id = added.id
        session.add(stored)
        session.flush()


def remove_material(viewer: Viewer, slug: str, session_id: int, material_id: int) -> None:
    """Remove a link or file from a session. Raises NotFound."""
    with transaction():
        access = project_for(viewer, slug)
        lock_project(access.project.id)
        session.delete(material_for(session_for(access, session_id), material_id))
        record(viewer, "session.remove_material", "session", session_id, material=material_id)


def _add(viewer: Viewer, slug: str, session_id: int, details: MaterialDetails) -> SessionMaterial:
    access = project_for(viewer, slug)
    lock_project(access.project.id)
    course_session = session_for(access, session_id)
    query = select(func.count()).select_from(SessionMaterial).where(SessionMaterial.session_id == session_id)
    if (session.scalar(query) or 0) >= MAX_MATERIAL:
        raise RuleBroken(_("A session can have %(num)s links and files. Remove one first.", num=MAX_MATERIAL))
    added = SessionMaterial(session_id=course_session.id, **asdict(details))
    session.add(added)
    session.flush()
    record(viewer, "session.add_material", "session", session_id, material=added.id)
    return added
