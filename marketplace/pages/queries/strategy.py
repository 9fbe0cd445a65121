"""Tasks about shared strategies on the home page of a business garden."""

from collections.abc import Iterator

from marketplace.core.i18n import format_date
from marketplace.core.i18n import gettext as _
from marketplace.pages.dashboard import MAX_TASKS_PER_GROUP, Priority, Task
from marketplace.strategy.queries.sharing import reviews_asked_of


def garden_strategy_tasks(garden_id: int) -> Iterator[Task]:
    """Yield the reviews of strategies that companies have asked a garden for, the oldest first."""
    for asked in reviews_asked_of(garden_id)[:MAX_TASKS_PER_GROUP]:
        yield Task(
            Priority.NOW,
            _("Read the strategy of %(company)s", company=asked.company),
            f"/companies/{asked.company_id}/plan/review",
            _("They want your advice on it."),
            _("Asked %(date)s", date=format_date(asked.asked_at)),
            button=_("Read and answer"),
        )
