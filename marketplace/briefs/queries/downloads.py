"""Files of a brief to download: attachments, and its deadlines for a calendar."""

from collections.abc import Sequence

from sqlalchemy import select

from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.models import Brief
from marketplace.briefs.queries.briefs import brief_for, display_title
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.i18n import gettext as _
from marketplace.core.icalendar import CalendarEvent, calendar_file
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


def deadline_calendar(brief: Brief, url: str = "") -> str:
    """Return the deadlines for questions and offers of a published brief, cancelled if it is withdrawn; empty if it has none."""
    if brief.deadline is None or brief.published_at is None:
        return ""
    title, is_cancelled = display_title(brief), brief.state == BriefState.WITHDRAWN
    moments = (
        ("questions", brief.question_deadline, _("Last day for questions: %(title)s", title=title)),
        ("offers", brief.deadline, _("Offers by: %(title)s", title=title)),
    )
    events = [
        CalendarEvent(
            uid=f"{brief.reference}-{name}@leverandortorget",
            at=at,
            summary=summary,
            url=url,
            # Increases with each new title or deadline, because a deadline is only ever moved to a later day.
            sequence=len(brief.versions) + (brief.deadline - brief.published_at).days + is_cancelled,
            is_cancelled=is_cancelled,
        )
        for name, at, summary in moments
        if at is not None
    ]
    return calendar_file(events, clock.now())


def withdrawal_calendar(brief: Brief) -> str:
    """Return a calendar file that cancels the deadlines of a withdrawn brief; empty if they have passed."""
    return deadline_calendar(brief) if brief.deadline and brief.deadline > clock.now() else ""
