"""Notices about the plan itself."""

import datetime as dt

from marketplace.core.i18n import format_date
from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic


@as_message("plan_review_due", topic=Topic.STRATEGY)
def plan_review_due(review_on: dt.date) -> Content:
    """To the company: the date on which it wanted to go through its plan has come."""
    return Content(
        _("Go through your plan"),
        [
            _("You chose %(date)s as the day to look at your plan again.", date=format_date(review_on)),
            _("Measure your objectives, drop what no longer fits, and set a new review date."),
        ],
        "/plan",
        _("Open the plan"),
    )
