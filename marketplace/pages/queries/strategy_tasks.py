"""Tasks about strategies on the home pages of a business garden and of a company."""

from collections.abc import Iterator

from marketplace.core import clock
from marketplace.core.i18n import format_date, gettext as _, ngettext
from marketplace.pages.dashboard import MAX_TASKS_PER_GROUP, Priority, Task
from marketplace.strategy.queries.home_page import home_plan
from marketplace.strategy.queries.objectives import due_objectives
from marketplace.strategy.queries.sharing import pending_review_requests


def garden_strategy_tasks(garden_id: int) -> Iterator[Task]:
    """Yield the reviews of strategies that companies have asked a garden for, oldest first."""
    for asked in pending_review_requests(garden_id)[:MAX_TASKS_PER_GROUP]:
        yield Task(
            Priority.NOW,
            _("Read the strategy of %(company)s", company=asked.company),
            f"/companies/{asked.company_id}/plan/review",
            _("They want your advice on it."),
            _("Asked %(date)s", date=format_date(asked.asked_at)),
            button=_("Read and answer"),
        )


def company_measuring_tasks(company_id: int) -> Iterator[Task]:
    """Yield one task for all objectives of a company whose measurement is due."""
    due = due_objectives(company_id)
    if due and due[0].next_due:
        only = due[0].objective
        yield Task(
            Priority.SOON,
            _("Measure %(name)s", name=only.indicator_name or only.text)
            if len(due) == 1
            else ngettext("Measure %(num)s objective", "Measure %(num)s objectives", len(due)),
            f"/plan/objectives/{only.id}/measure" if len(due) == 1 else "/plan/objectives",
            _("It takes a few minutes."),
            _("Due %(date)s", date=format_date(due[0].next_due)),
        )


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
