"""Reminders of self-assessments, objectives and the plan itself."""

import datetime as dt
from collections.abc import Sequence

from marketplace.core.i18n import format_date, gettext as _, ngettext
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic
from marketplace.strategy.models.objectives import Objective


@as_message("assessment_asked", topic=Topic.STRATEGY)
def assessment_asked() -> Content:
    """Tell the company that it can take the self-assessment again."""
    return Content(
        _("Take the self-assessment again"),
        [
            _("It is time to see what has changed since the last time. It takes about 6 minutes."),
            _("You get the same questions, and see the change in each subject."),
        ],
        "/plan/assessment",
        _("Begin the self-assessment"),
    )


@as_message("assessment_half_done", topic=Topic.STRATEGY)
def assessment_half_done() -> Content:
    """Remind the company of a self-assessment that it has not continued for a week."""
    return Content(
        _("Finish the self-assessment"),
        [
            _("You started the self-assessment, but have not answered for a week. Your answers are saved."),
            _("You may answer that you don't know, or skip a question. It does not lower your result."),
            _("You will get no more reminders of this."),
        ],
        "/plan/assessment",
        _("Continue"),
    )


@as_message("measure_due", topic=Topic.MEASUREMENTS)
def measurements_due(due: Sequence[Objective]) -> Content:
    """Remind the company of all its objectives whose measurement is due."""
    lines = [_("It takes a few minutes. Open each objective and write the number.")]
    for one in due:
        name = one.indicator_name or one.text
        source = one.source
        target = _("%(name)s, target %(date)s", name=name, date=format_date(one.target_on))
        lines.append(f"{target} ({source})" if source else target)
    return Content(
        ngettext("Measure %(num)s objective", "Measure %(num)s objectives", len(due)),
        lines,
        "/plan/objectives",
        _("Open your objectives"),
    )


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
