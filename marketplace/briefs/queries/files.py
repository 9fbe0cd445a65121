"""Files attached to a brief, readable by everyone who can read the brief."""

from collections.abc import Sequence

from sqlalchemy import select

from marketplace.briefs.queries.briefs import brief_for
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.files.models import StoredFile


def files_of_brief(brief_id: int) -> Sequence[StoredFile]:
    """Return the files of a brief without their contents, oldest first."""
    query = select(StoredFile).where(StoredFile.brief_id == brief_id)
    return session.scalars(query.order_by(StoredFile.created_at, StoredFile.id)).all()


def brief_file(viewer: Viewer, reference: str, file_id: int) -> StoredFile:
    """Return a file of a brief that the viewer can read. Raises NotFound."""
    stored = session.get(StoredFile, file_id)
    if stored is None or stored.brief_id != brief_for(viewer, reference).id:
        raise NotFound
    return stored
