"""The scheduled jobs of this package, in the order in which they run."""

from marketplace.proposals.use_cases.lapse import lapse_overdue
from marketplace.proposals.use_cases.opening import open_due
from marketplace.proposals.use_cases.reminders import remind_about_results, remind_about_unsent_changes

JOBS = (open_due, lapse_overdue, remind_about_results, remind_about_unsent_changes)


def run_jobs() -> None:
    """Run each job once."""
    for job in JOBS:
        job()
