"""Deadlines of a brief as a calendar file."""

from marketplace.briefs.models import Brief
from marketplace.briefs.queries.briefs import display_title
from marketplace.core import clock
from marketplace.core.i18n import gettext as _
from marketplace.core.icalendar import CalendarEvent, calendar_file


def deadline_calendar(brief: Brief, url: str = "") -> str:
    """Return the deadlines for questions and offers of a published brief; empty if it has none."""
    if brief.deadline is None or brief.published_at is None:
        return ""
    title = display_title(brief)
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
            sequence=len(brief.versions) + (brief.deadline - brief.published_at).days,
        )
        for name, at, summary in moments
        if at is not None
    ]
    return calendar_file(events, clock.now())
