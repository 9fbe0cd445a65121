"""Notices about the plan itself."""

import datetime as dt

from marketplace.core.i18n import format_date, gettext as _
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic


@as_message("plan_review_due", topic=Topic.STRATEGY)
def plan_review_due(review_on: dt.date) -> Content:
    """Remind the company that it wanted to go through its plan on this date."""
    return Content(
        _("Go through your plan"),
        [
            _("You chose %(date)s as the day to look at your plan again.", date=format_date(review_on)),
            _("Measure your objectives, drop what no longer fits, and set a new review date."),
        ],
        "/plan",
        _("Open the plan"),
    )


@as_message("strategy_half_done", topic=Topic.STRATEGY)
def strategy_half_done() -> Content:
    """Remind the company of a strategy that it has begun, and has not changed for a week."""
    return Content(
        _("Continue with your digital strategy"),
        [
            _("You started a digital strategy, but have not changed it for a week. What you wrote is saved."),
            _("The plan shows what is missing. Your business garden can help you."),
            _("You will get no more reminders of this."),
        ],
        "/plan",
        _("Open the plan"),
    )
