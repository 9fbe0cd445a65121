"""Tasks about the plan on the home page of a company."""

from collections.abc import Iterator

from marketplace.core import clock
from marketplace.core.i18n import format_date
from marketplace.core.i18n import gettext as _
from marketplace.pages.dashboard import Priority, Task
from marketplace.strategy.queries.home_page import home_plan


def company_plan_tasks(company_id: int) -> Iterator[Task]:
    """Return the task of a company that has begun a plan, or whose review date has come."""
    plan = home_plan(company_id)
    if plan is None:
        return
    if not plan.is_completed:
        when = _("Last changed %(date)s", date=format_date(plan.updated_at))
        yield Task(Priority.LATER, _("Continue with your plan"), "/plan", "", when)
    elif plan.review_on is not None and plan.review_on <= clock.today():
        yield Task(
            Priority.SOON,
            _("Go through your plan and set a new review date"),
            "/plan",
            "",
            _("Review date: %(date)s", date=format_date(plan.review_on)),
        )
