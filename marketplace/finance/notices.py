"""Reminders of hours that are missing or wait for approval."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.core.i18n import format_month_and_year, gettext as _, ngettext
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic


@dataclass(frozen=True, slots=True)
class DueHours:
    """Tasks of a person in a project that are not done. `waiting` is the number of entries that the person can approve."""

    slug: str
    project: str
    is_missing: bool
    waiting: int


@as_message("hours_due", topic=Topic.PROJECTS)
def hours_due(month: dt.date, due: Sequence[DueHours]) -> Content:
    """Remind a person to record the hours of a month, to approve hours of others, or to do both."""
    name = format_month_and_year(month)
    lines = []
    for one in due:
        if one.is_missing:
            lines.append(
                _("%(project)s: you have not recorded hours for %(month)s.", project=one.project, month=name)
            )
        if one.waiting:
            lines.append(
                ngettext(
                    "%(project)s: %(num)s entry is waiting for you to approve it.",
                    "%(project)s: %(num)s entries are waiting for you to approve them.",
                    one.waiting,
                    project=one.project,
                )
            )
    is_missing = any(one.is_missing for one in due)
    if is_missing:
        lines.append(_("If you did not work on the project that month, you need not do anything."))
    return Content(
        _("Record your hours for %(month)s", month=name)
        if is_missing
        else _("Hours are waiting for your approval"),
        lines,
        f"/programme/{due[0].slug}/hours" if len(due) == 1 else "/programme",
        _("Open the hours"),
    )
