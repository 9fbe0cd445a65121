"""Applications and approvals on the home page of a supplier."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row

from marketplace.core import clock, taxonomy
from marketplace.core.i18n import format_date, format_list, gettext as _
from marketplace.pages.dashboard import Priority, Task
from marketplace.vetting import rules

Rows = Sequence[Any]


def approval_tasks(vettings: Rows) -> Iterator[Task]:
    """Yield the tasks about a supplier's applications and approvals."""
    changes = [v.category for v in vettings if v.state == "changes_requested"]
    if changes:
        rest = _("It is about %(kinds)s.", kinds=_names(changes))
        yield Task(
            Priority.NOW,
            _("Answer your business garden about your application"),
            "/profile",
            rest,
            button=_("Read and answer"),
        )
    waiting = [v for v in vettings if v.state == "submitted"]
    if waiting and not waiting[0].has_cases:
        yield Task(
            Priority.NOW,
            _("Describe a job you have done"),
            "/profile/cases/new",
            _("The business garden needs one before it can approve you."),
            button=_("Describe a job"),
        )
    if waiting:
        when = _("Sent %(date)s", date=format_date(min(v.submitted_at for v in waiting)))
        yield Task(
            Priority.SOON,
            _("Your application is being reviewed"),
            "/profile",
            _("It is about %(kinds)s.", kinds=_names([v.category for v in waiting])),
            when,
        )
    yield from _old_approvals(vettings)


def _old_approvals(vettings: Rows) -> Iterator[Task]:
    """Yield the approvals that nobody is asked to renew yet: the expired ones, and those that will expire."""
    expired = [v.category for v in vettings if _status(v) == rules.DORMANT]
    if expired:
        yield Task(
            Priority.NOW,
            _("Ask for a new approval"),
            "/profile",
            _("You can no longer be found for %(kinds)s.", kinds=_names(expired)),
        )
    due = [v for v in vettings if _status(v) == rules.DUE and v.submitted_at <= v.approved_at]
    if due:
        until = rules.dormant_on(min(v.approved_at for v in due))
        yield Task(
            Priority.SOON,
            _("Ask for your approval to be renewed"),
            "/profile",
            _("It is about %(kinds)s.", kinds=_names([v.category for v in due])),
            _("You can be found until %(date)s", date=format_date(until)),
        )


def _status(vetting: Row[Any]) -> str:
    return rules.status(vetting.state, vetting.approved_at, clock.now())


def _names(categories: Sequence[str]) -> str:
    return format_list([taxonomy.group(code).label for code in categories])


def approved_kinds(vettings: Rows) -> str:
    """Return the names of the kinds of service that a supplier is approved for now."""
    return _names([v.category for v in vettings if _status(v) in rules.LISTED])
