"""Deadlines of a brief as a calendar file."""

from marketplace.briefs.models import Brief
from marketplace.briefs.queries.briefs import display_title
from marketplace.core import clock
from marketplace.core.i18n import gettext as _
from marketplace.core.icalendar import CalendarEvent, calendar_file


def deadline_calendar(brief: Brief, url: str = "") -> str:
    """Return the deadlines for questions and offers of a published brief; empty if it has none."""
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
            sequence=len(brief.versions) + brief.extensions,
        )
        for name, at, summary in moments
        if at is not None
    ]
    return calendar_file(events, clock.now()) if events else ""
