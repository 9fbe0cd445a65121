"""Notices about the plans of companies in a project."""

import datetime as dt

from marketplace.core import clock
from marketplace.core.i18n import format_date, gettext as _
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic


@as_message("plan_deadline", topic=Topic.STRATEGY)
def plan_deadline(project: str, ends_on: dt.date) -> Content:
    """Remind a company to complete its strategy before its project ends."""
    day = format_date(ends_on)
    return Content(
        _("Complete your digital strategy by %(date)s", date=day),
        [
            _(
                "%(project)s ends on %(date)s. Your strategy counts in its results if it is complete by then.",
                project=project,
                date=day,
            ),
            _("The plan shows what is missing. Your business garden can help you."),
        ],
        "/plan",
        _("Open the plan"),
        expires_at=clock.end_of_day(ends_on),
    )
