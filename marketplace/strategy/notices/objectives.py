"""Notices about objectives."""

from collections.abc import Sequence

from marketplace.core.i18n import format_date, gettext as _, ngettext
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic
from marketplace.strategy.models.objectives import Objective


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
