"""Texts about the status of objectives, and the warnings about them."""

from marketplace.core.i18n import lazy_gettext as _l
from marketplace.strategy.measuring import GoalWarning, Status

STATUS_LABELS = {
    Status.NOT_MEASURED: _l("Not measured"),
    Status.ON_THE_WAY: _l("On the way"),
    Status.REACHED: _l("Reached"),
    Status.NOT_REACHED: _l("Not reached"),
}
WARNING_TEXTS = {
    GoalWarning.TARGET_EQUALS_BASELINE: _l("The target is the same as the number today."),
    GoalWarning.TARGET_WORSE: _l("The target is worse than the number today. Check the direction."),
    GoalWarning.TARGET_IN_PAST: _l("The target date has passed."),
    GoalWarning.TARGET_BEFORE_BASELINE: _l("The target date is not after the date of the number today."),
    GoalWarning.OUTSIDE_PROJECT: _l(
        "The target date is outside the course project. Choose one inside it if the result should count there."
    ),
    GoalWarning.NO_BASELINE: _l("You do not know the number today yet."),
    GoalWarning.NO_SOURCE: _l("Write where the number comes from, so that a colleague finds it too."),
    GoalWarning.TOO_MANY: _l(
        "You have more than five objectives. Fewer are easier to reach: which ones can wait?"
    ),
    GoalWarning.ONLY_VISITS: _l(
        "All your objectives count visits. Add one about sales or service, so that you see whether visitors become customers."
    ),
}
