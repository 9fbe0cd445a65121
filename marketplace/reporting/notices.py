"""Notices about issued reports."""

from marketplace.core.i18n import format_date, gettext as _
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic
from marketplace.reporting.models import ReportIssue


@as_message("report_issued", topic=Topic.PROJECTS, throttled=True)
def report_issued(person: str, name: str, issue: ReportIssue, path: str) -> Content:
    """Tell the colleagues that somebody has issued the report of a project or of the garden. `path` leads to the issue."""
    return Content(
        _("Issue %(number)s of the report for %(name)s", number=issue.number, name=name),
        [
            _(
                "%(person)s has issued the report for %(name)s from %(first)s to %(last)s.",
                person=person,
                name=name,
                first=format_date(issue.from_on),
                last=format_date(issue.to_on),
            ),
            _("Its figures no longer change. Everyone with a link to the reports can read it now."),
        ],
        path,
        _("Read the report"),
    )
