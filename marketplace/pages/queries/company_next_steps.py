"""The companies of a business garden with the next step of each. Grouped queries, however many companies there are."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Date, Integer, and_, bindparam, exists, select

from marketplace.briefs.lifecycle import Phase
from marketplace.casework.models import CompanyReminder
from marketplace.casework.queries.company_reminders import recent_reminders
from marketplace.casework.queries.tasks import WaitingTask, open_tasks_of_garden
from marketplace.core import clock
from marketplace.core.collation import norwegian_order, sort_key
from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound
from marketplace.core.i18n import format_date, gettext as _
from marketplace.core.list_query import EVERYTHING, ListQuery
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company
from marketplace.organisations.queries import companies_followed_by, matching_companies
from marketplace.pages.dashboard import Priority, Task
from marketplace.pages.queries.company_card import (
    INVITED_THRESHOLD,
    CardBrief,
    brief_tasks,
    card_briefs,
    company_tasks,
)
from marketplace.programme.lifecycle import ENROLLED_STATES
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project, ProjectPerson
from marketplace.programme.queries.projects import has_role, projects_of
from marketplace.strategy.completeness import StrategyPhase
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.queries.sharing import is_review_pending

_COMPANIES = prepared(
    select(
        Company.id,
        Company.name,
        Company.organisation_number,
        Company.municipality_number,
        Company.known_at,
        Strategy.started_at,
        Strategy.completed_at,
        is_review_pending().label("is_review_asked"),
    )
    .outerjoin(Strategy, Strategy.company_id == Company.id)
    .where(Company.id.in_(companies_followed_by(bindparam("garden_id", type_=Integer()))), Company.is_active)
)
"""Rows of the columns that the list shows stand for companies: objects take twice as long to load."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of a company in a cohort. `is_managed` is true if the viewer manages the place."""

    company_id: int | None
    project: str
    slug: str
    cohort_id: int
    cohort: str
    is_managed: bool


@dataclass(slots=True)
class CompanyWithSteps:
    """A company with its next steps. `phase` is None before it has started a strategy."""

    company: Company
    phase: StrategyPhase | None
    briefs: list[CardBrief] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    casework: list[WaitingTask] = field(default_factory=list)
    reminders: list[CompanyReminder] = field(default_factory=list)
    steps: list[Task] = field(default_factory=list)
    is_similar: bool = False
    """True if its name only resembles the search text."""

    @property
    def next_step(self) -> Task | None:
        """The most urgent step, or None."""
        return self.steps[0] if self.steps else None

    def is_of(self, viewer: Viewer) -> bool:
        """Return True if the viewer has a task for the company, or manages the place of its course."""
        has_task = any(task.assignee_id == viewer.user_id for task in self.casework)
        return has_task or any(seat.is_managed for seat in self.seats)


STATES: Mapping[str, Callable[[CompanyWithSteps], bool]] = {
    "task_due": lambda one: any(task.due_on <= clock.today() for task in one.casework),
    "no_strategy": lambda one: one.phase is None,
    "strategy_started": lambda one: one.phase is StrategyPhase.STARTED,
    "no_brief": lambda one: not one.briefs,
    "few_invited": lambda one: any(
        brief.view.phase is Phase.OPEN and brief.invited < INVITED_THRESHOLD for brief in one.briefs
    ),
    "result_due": lambda one: any(brief.result.is_result_due for brief in one.briefs),
}
"""Conditions of the filter by state."""


def companies_with_steps(viewer: Viewer, wanted: ListQuery, seats: Sequence[Seat]) -> list[CompanyWithSteps]:
    """Return the companies that the viewer's garden follows and that match, the most urgent next step first.

    Those whose name only resembles the search text come last. `seats` are those of `seats_of`. Raises NotFound unless the viewer acts for a garden.
    """
    found, asked = _companies(viewer, wanted)
    for company_id, briefs in briefs_by_company(viewer).items():
        if company_id in found:
            found[company_id].briefs = briefs
    for seat in seats:
        if seat.company_id in found:
            found[seat.company_id].seats.append(seat)
    for task in open_tasks_of_garden(viewer):
        if task.company_id in found:
            found[task.company_id].casework.append(task)
    for company_id, reminders in recent_reminders(viewer).items():
        if company_id in found:
            found[company_id].reminders = reminders
    for company_id, one in found.items():
        one.steps = next_steps(one.company, one.briefs, one.casework, is_review_asked=company_id in asked)
    return sorted((one for one in found.values() if _matches(viewer, one, wanted)), key=_rank)


def _companies(viewer: Viewer, wanted: ListQuery) -> tuple[dict[int, CompanyWithSteps], set[int]]:
    """Load the companies with the wanted text and place, by id, and the ids of those that ask for a review."""
    if not viewer.is_garden:
        raise NotFound
    place = wanted["place"]
    query = _COMPANIES.where(Company.municipality_number == place) if place else _COMPANIES
    rows: Sequence[Any] = session.execute(query, {"garden_id": viewer.organisation_id}).all()
    found = {
        row.id: CompanyWithSteps(row, _phase(row.started_at is not None, row.completed_at is not None))
        for row in rows
    }
    if wanted.text:
        matches = matching_companies(viewer, ListQuery(wanted.text, {"place": place} if place else {}))
        found = {company_id: found[company_id] for company_id in matches.keys}
        for company_id in matches.similar:
            found[company_id].is_similar = True
    return found, {row.id for row in rows if row.is_review_asked}


def company_states(viewer: Viewer) -> dict[int, set[str]]:
    """Return the states of the companies that the viewer's garden follows, by company."""
    companies = companies_with_steps(viewer, EVERYTHING, ())
    return {one.company.id: {state for state, is_in in STATES.items() if is_in(one)} for one in companies}


def _phase(is_started: bool, is_complete: bool) -> StrategyPhase | None:  # noqa: FBT001 because both are columns of one row
    if not is_started:
        return None
    return StrategyPhase.COMPLETE if is_complete else StrategyPhase.STARTED


def _rank(one: CompanyWithSteps) -> tuple[object, ...]:
    step = one.next_step
    urgency = (step.priority, not step.is_imminent) if step else (Priority.LATER + 1, True)
    return one.is_similar, *urgency, sort_key(one.company.name), one.company.id


def _matches(viewer: Viewer, one: CompanyWithSteps, wanted: ListQuery) -> bool:
    where = wanted["where"]
    is_there = not where or any(where in {f"project-{s.slug}", f"cohort-{s.cohort_id}"} for s in one.seats)
    is_in_state = not wanted["state"] or STATES[wanted["state"]](one)
    return is_there and is_in_state and (wanted["who"] != "mine" or one.is_of(viewer))


def briefs_by_company(
    viewer: Viewer, company_ids: Collection[int] | None = None
) -> dict[int, list[CardBrief]]:
    """Return the briefs that the garden may see, of the given companies or of all, by company, newest first."""
    briefs: dict[int, list[CardBrief]] = defaultdict(list)
    for brief in card_briefs(viewer, company_ids):
        briefs[brief.view.brief.company_id].append(brief)
    return briefs


def next_steps(
    company: Company,
    briefs: Sequence[CardBrief],
    casework: Sequence[WaitingTask],
    *,
    is_review_asked: bool = False,
) -> list[Task]:
    """Return the next steps of a garden for a company, most urgent first."""
    today = clock.today()
    steps = [
        Task(
            Priority.NOW if task.due_on <= today else Priority.SOON,
            task.what,
            task.url,
            "",
            _("Due %(date)s", date=format_date(task.due_on)),
            is_imminent=task.due_on <= today,
        )
        for task in casework
    ]
    if is_review_asked:
        link = _("Read their strategy and answer")
        steps.append(Task(Priority.NOW, link, f"/companies/{company.id}/plan/review"))
    steps += company_tasks(company, briefs)
    for brief in briefs:
        steps += brief_tasks(brief)
    return sorted(steps, key=lambda step: (step.priority, not step.is_imminent))


_TODAY = bindparam("today", type_=Date())
_IS_MANAGED = exists().where(
    ProjectPerson.project_id == Project.id,
    ProjectPerson.user_id == bindparam("user_id"),
    ProjectPerson.role == "manager",
    ProjectPerson.place_id == Cohort.place_id,
    has_role(_TODAY),
)
_SEATS = prepared(
    select(Participation.company_id, Project.name, Project.slug, Cohort.id, Cohort.name, _IS_MANAGED)
    .join(Cohort, Cohort.id == Participation.cohort_id)
    .join(Project, Project.id == Participation.project_id)
    .where(
        and_(Participation.company_id.is_not(None), Participation.state.in_(ENROLLED_STATES)),
        Project.id.in_(projects_of(bindparam("garden_id", type_=Integer())).with_only_columns(Project.id)),
    )
    .order_by(Project.starts_on.desc(), Project.id, norwegian_order(Cohort.name), Cohort.id)
)


def seats_of(viewer: Viewer) -> list[Seat]:
    """Return the seats of registered companies in the projects of the viewer's garden, the newest project first.

    Raises NotFound unless the viewer acts for a garden.
    """
    if not viewer.is_garden:
        raise NotFound
    params = {"garden_id": viewer.organisation_id, "user_id": viewer.user_id, "today": clock.today()}
    return [Seat(*row) for row in session.execute(_SEATS, params)]


def cohorts_to_filter(seats: Sequence[Seat]) -> list[tuple[str, str]]:
    """Return code and label of the projects and cohorts of the given seats."""
    options: dict[str, str] = {}
    for seat in seats:
        options.setdefault(f"project-{seat.slug}", seat.project)
        options.setdefault(f"cohort-{seat.cohort_id}", f"{seat.project}: {seat.cohort}")
    return list(options.items())
