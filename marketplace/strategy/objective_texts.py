"""Texts about the status of objectives, and the warnings about them."""

from marketplace.core.i18n import lazy_gettext as _l
from marketplace.strategy.limits import MAX_OBJECTIVES
from marketplace.strategy.objective_state import Status
from marketplace.strategy.objective_warnings import ObjectiveWarning

STATUS_LABELS = {
    Status.NOT_MEASURED: _l("Not measured"),
    Status.ON_THE_WAY: _l("On the way"),
    Status.REACHED: _l("Reached"),
    Status.NOT_REACHED: _l("Not reached"),
}
WARNING_TEXTS = {
    ObjectiveWarning.TARGET_EQUALS_BASELINE: _l("The target is the same as the number today."),
    ObjectiveWarning.TARGET_WORSE: _l("The target is worse than the number today. Check the direction."),
    ObjectiveWarning.TARGET_IN_PAST: _l("The target date has passed."),
    ObjectiveWarning.TARGET_BEFORE_BASELINE: _l("The target date is not after the date of the number today."),
    ObjectiveWarning.OUTSIDE_PROJECT: _l(
        "The target date is outside the course project. Choose one inside it if the result should count there."
    ),
    ObjectiveWarning.NO_BASELINE: _l("The number today is not known yet."),
    ObjectiveWarning.NO_SOURCE: _l("Write where the number comes from, so that a colleague finds it too."),
    ObjectiveWarning.TOO_MANY: _l(
        "You have more than %(num)s objectives. Fewer are easier to reach: which ones can wait?",
        num=MAX_OBJECTIVES,
    ),
    ObjectiveWarning.ONLY_VISITS: _l(
        "All your objectives count visits. Add one about sales or service, so that you see whether visitors become customers."
    ),
}
