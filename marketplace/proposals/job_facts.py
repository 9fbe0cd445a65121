"""Figures about a supplier's jobs, counted from the answers that companies agreed to show.

A figure needs jobs for several companies, so that none of them is recognised. Figures never count in the ranking.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

MIN_JOBS = 3
MIN_COMPANIES = 3
"""Minimum number of different companies among the jobs of a figure."""


@dataclass(frozen=True, slots=True)
class JobAnswers:
    """The latest answers about one job."""

    company_id: int
    on_time: str
    within_price: str
    goal_met: str


@dataclass(frozen=True, slots=True)
class JobFact:
    """How many jobs went well in one respect, of those with an answer."""

    code: str
    good: int
    total: int


_ANSWER: dict[str, Callable[[JobAnswers], str]] = {
    "on_time": lambda job: job.on_time,
    "within_price": lambda job: job.within_price,
    "goal_met": lambda job: job.goal_met,
}
_NOT_KNOWN = "too_early"


def count_facts(jobs: Sequence[JobAnswers]) -> list[JobFact]:
    """Return the figures that are based on enough jobs for enough companies."""
    facts = []
    for code, answer in _ANSWER.items():
        known = [job for job in jobs if answer(job) != _NOT_KNOWN]
        if len(known) >= MIN_JOBS and len({job.company_id for job in known}) >= MIN_COMPANIES:
            facts.append(JobFact(code, sum(answer(job) == "yes" for job in known), len(known)))
    return facts
