"""Files of a brief: added to a draft and to an open brief, removed from a draft only.

Changing the files of a draft invalidates a confirmation that an owner has been asked for, because the owner was asked
about the brief with its earlier files.
"""

from marketplace.audit.use_cases import record
from marketplace.briefs import notices
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.limits import MAX_FILES
from marketplace.briefs.queries import files_of_brief, own_brief, phase_of
from marketplace.briefs.use_cases.authorization import (
    brief_for_transition,
    bump_revision,
    involved_recipients,
)
from marketplace.core.database import session, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.files.checks import check_document
from marketplace.files.models import StoredFile
from marketplace.outbox.use_cases import send


def add_file(viewer: Viewer, reference: str, name: str, data: bytes) -> StoredFile:
    """Attach a file. While the brief is open, only an owner can, and the involved suppliers are notified.

    Raises RuleBroken for a file that is refused or too many files, and Conflict after the deadline.
    """
    checked = check_document(name, data)
    with transaction():
        is_open = phase_of(own_brief(viewer, reference)) is Phase.OPEN
        brief = brief_for_transition("amend" if is_open else "save", viewer, reference)
        if len(files_of_brief(brief.id)) >= MAX_FILES:
            raise RuleBroken(
                _("A brief can have %(num)s files. Put several together in one PDF.", num=MAX_FILES), "file"
            )
        stored = StoredFile.from_checked(checked)
        stored.brief_id = brief.id
        session.add(stored)
        session.flush()
        if not is_open:
            bump_revision(brief)
        record(viewer, "brief.add_file", "brief", brief.reference, file=stored.id)
        if is_open:
            send(notices.file_added(brief.title, brief.reference, checked.name), involved_recipients(brief))
        return stored


def remove_file(viewer: Viewer, reference: str, file_id: int) -> bool:
    """Remove a file from a draft. Returns False if it has been removed already. Raises Conflict after publication."""
    with transaction():
        brief = brief_for_transition("save", viewer, reference)
        stored = session.get(StoredFile, file_id)
        if stored is None or stored.brief_id != brief.id:
            return False
        session.delete(stored)
        bump_revision(brief)
        record(viewer, "brief.remove_file", "brief", brief.reference, file=file_id)
        return True
