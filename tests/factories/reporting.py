"""A project with everything that a report counts: courses, plans, briefs, suppliers and accounts."""

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.finance.models import AidGrant, FundingSource, HoursEntry, MoneyEntry, ParticipationFee
from marketplace.organisations.models import BusinessGarden
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Project, ProjectPerson
from marketplace.programme.models.sessions import SessionFeedback
from marketplace.sourcing.models import Invitation
from marketplace.strategy.models.actions import ToolConfidence, ToolUse
from marketplace.strategy.models.assessment import Assessment, AssessmentAnswer
from marketplace.strategy.models.objectives import Measurement, Objective
from marketplace.strategy.models.plan import Strategy, StrategyReview, StrategyVersion
from marketplace.strategy.questionnaire import questionnaire
from tests import factories
from tests.factories import outcomes, programme, suppliers

KINDS = ("web", "ecm", "con")


@dataclass(frozen=True)
class ReportedProject:
    """A project of a garden with its curator, another member, and the owners of its companies."""

    garden: BusinessGarden
    curator: Viewer
    approver: Viewer
    project: Project
    owners: list[Viewer]


def reported_project(companies: int = 6, seed: int = 1) -> ReportedProject:
    """Add a project with two places, as many companies, twelve sessions, plans, briefs and accounts; commit."""
    draw = random.Random(seed)
    garden = factories.garden("Fjellfoten næringshage")
    curator, approver = factories.member(garden, "curator"), factories.member(garden, "curator")
    project = programme.project(garden, sessions_needed=2, target_companies=20)
    places = [programme.place(project), programme.place(project, "Røros", municipality_number="5025")]
    cohorts = [programme.cohort(place) for place in places]
    start = clock.now() - dt.timedelta(days=50)
    sessions = [
        programme.course_session(
            cohort, start + dt.timedelta(days=9 * number), number=number + 1, head_count=7
        )
        for cohort in cohorts
        for number in range(4)
    ]
    for place in places:
        session.add(
            ProjectPerson(project_id=project.id, user_id=curator.user_id, role="manager", place_id=place.id, percent=25, since=project.starts_on)
        )  # fmt: skip
    owners = []
    agencies = [
        suppliers.supplier(f"Byrå {number}", approved=KINDS[: number + 1], of=garden) for number in range(3)
    ]
    for number in range(companies):
        owner = factories.member(factories.company(f"Gard {number}", of=garden), "owner")
        owners.append(owner)
        cohort = cohorts[number % 2]
        one = programme.participation(
            cohort, f"Gard {number}", company_id=owner.organisation_id, allows_figures=number % 5 != 4,
            allows_quotes=True, employees=draw.choice([None, 1, 4, 12]), source="web", sector_code="food-drink",
        )  # fmt: skip
        for held in sessions:
            if held.cohort_id == cohort.id:
                programme.mark(held, one, draw.choice(["here", "here", "late", "away"]))
                add_feedback(held.id, one.id, draw)
        add_plan(owner, draw)
        job = outcomes.delivered_job(owner, agencies[number % 3].id)
        session.add(
            Invitation(brief_id=job.id, supplier_id=agencies[number % 3].id, invited_by_id=owner.user_id)
        )
        add_fee(one, curator)
    add_accounts(project, curator, approver, draw)
    session.commit()
    return ReportedProject(garden, curator, approver, project, owners)


def add_feedback(session_id: int, participation_id: int, draw: random.Random) -> None:
    """Add feedback on a session, answered or not."""
    is_answered = draw.random() < 0.7
    session.add(
        SessionFeedback(
            session_id=session_id, participation_id=participation_id, token_hash=f"{session_id}-{participation_id}",
            answered_at=clock.now() if is_answered else None, useful=draw.randint(1, 5) if is_answered else None,
            used_before=draw.randint(0, 4) if is_answered else None, comment="Nyttig." if is_answered else "",
            allows_quote=draw.random() < 0.5,
        )
    )  # fmt: skip


def add_plan(owner: Viewer, draw: random.Random) -> None:
    """Add an approved strategy with measured objectives, two self-assessments and tools of a company."""
    now, by = clock.now(), owner.user_id or 0
    company_id = owner.organisation_id or 0
    strategy = Strategy(
        company_id=company_id,
        content={},
        updated_by_id=by,
        started_at=now,
        completed_at=draw.choice([now, None]),
    )
    session.add(strategy)
    session.flush()
    version = StrategyVersion(
        strategy_id=strategy.id, number=1, content={}, saved_by_id=by, reason="complete"
    )
    session.add(version)
    session.flush()
    session.add(
        StrategyReview(
            strategy_id=strategy.id, version_id=version.id, asked_by_id=by, answered_at=now, verdict="ok"
        )
    )
    for number in range(2):
        objective = Objective(
            strategy_id=strategy.id, text="Flere bestillinger", kind="sales", unit="per måned", rhythm="monthly",
            direction=draw.choice(["up", "down"]), baseline_milli=draw.choice([None, 40_000]), target_milli=60_000,
            target_on=clock.today() + dt.timedelta(days=draw.randint(-20, 20)), position=number,
        )  # fmt: skip
        session.add(objective)
        session.flush()
        for days in range(draw.randint(0, 3)):
            add_measurement(objective, by, clock.today() - dt.timedelta(days=days), draw.randint(1, 100_000))
    for stage in ("start", "end"):
        add_assessment(company_id, by, stage, draw)
    session.add(ToolUse(company_id=company_id, tool_code="analytics", state=draw.choice(["learn", "in_use"])))
    for value in (1, draw.randint(1, 4)):
        session.add(ToolConfidence(company_id=company_id, tool_code="analytics", value=value, by_id=by))


def add_measurement(
    objective: Objective, by: int, on: dt.date, value_milli: int, **values: Any
) -> Measurement:
    """Add a measurement of an objective."""
    added = Measurement(
        objective_id=objective.id, measured_on=on, value_milli=value_milli, by_id=by, **values
    )
    session.add(added)
    session.flush()
    return added


def add_assessment(company_id: int, by: int, stage: str, draw: random.Random) -> None:
    """Add a finished self-assessment with random answers."""
    added = Assessment(
        company_id=company_id, stage=stage, data_version="2026.11", finished_at=clock.now(), by_id=by
    )
    added.answers = [
        AssessmentAnswer(code=question.code, kind="answered", value=draw.randint(0, 4))
        for dimension in questionnaire().dimensions
        for question in dimension.questions
    ]
    session.add(added)


def add_fee(one: Participation, by: Viewer, state: str = "invoiced") -> None:
    """Add the state of a company's fee."""
    session.add(
        ParticipationFee(
            participation_id=one.id, state=state, amount_ore=150_000, on=clock.today(), by_id=by.user_id
        )
    )


def add_accounts(project: Project, by: Viewer, approver: Viewer, draw: random.Random) -> None:
    """Add funding, costs, hours and aid of a project."""
    today, by_id = clock.today(), by.user_id
    source = FundingSource(
        project_id=project.id, kind="public", name="Fylket", currency="EUR", agreed_minor=8_000_000,
        rate_e4=115_000, rate_on=today, by_id=by_id,
    )  # fmt: skip
    session.add(source)
    session.flush()
    session.add_all(
        [
            MoneyEntry(project_id=project.id, source_id=source.id, booked_on=today, currency="EUR", amount_minor=1_000_000, rate_e4=115_000, rate_on=today, by_id=by_id),
            MoneyEntry(project_id=project.id, category="venue", booked_on=today, currency="NOK", amount_minor=540_050, by_id=by_id),
            AidGrant(project_id=project.id, organisation_number="999999999", granted_on=today, amount_ore=1_300_000, basis="de_minimis", by_id=by_id),
        ]
    )  # fmt: skip
    for activity in ("course", "advice"):
        session.add(
            HoursEntry(
                project_id=project.id, user_id=by_id, month=today.replace(day=1), activity=activity,
                minutes=60 * draw.randint(1, 40), recorded_by_id=by_id,
                approved_at=clock.now() if activity == "course" else None,
                approved_by_id=approver.user_id if activity == "course" else None,
            )
        )  # fmt: skip
