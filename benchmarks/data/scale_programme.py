"""A generated project for benchmarks: companies with seats, attendance, strategies, objectives and measurements."""

import datetime as dt
import random
from collections.abc import Sequence

from benchmarks.data.scale_rows import Row, add_rows, add_rows_returning_ids
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.identifiers import new_token, token_hash
from marketplace.organisations.models import Company, Organisation
from marketplace.programme.attendance import Mark
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project, ProjectPlace
from marketplace.programme.models.sessions import AttendanceMark, CourseSession, SessionFeedback
from marketplace.strategy.models.assessment import Assessment, AssessmentAnswer
from marketplace.strategy.models.objectives import Measurement, Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.questionnaire import questionnaire

SESSIONS, OBJECTIVES, MEASUREMENTS = 6, 3, 20
"""Sessions of each cohort, objectives of each company, and measurements of three objectives together."""
PLACES = (("Oppdal", "5021"), ("Røros", "5025"), ("Orkland", "5059"), ("Hitra", "5056"))


def add_project(garden_id: int, by_id: int, companies: int = 100, seed: int = 2026) -> str:
    """Add a project with four places and its companies in the caller's transaction, and return its slug.

    With 100 companies it has 24 sessions, 600 marks, 300 objectives and 2,000 measurements.
    """
    rng, today = random.Random(seed), clock.today()
    begins = today - dt.timedelta(days=90)
    (project_id,) = add_rows_returning_ids(
        Project,
        [{"name": "Stort prosjekt", "slug": f"stort-prosjekt-{companies}", "garden_id": garden_id, "starts_on": begins}],
    )  # fmt: skip
    places = add_rows_returning_ids(
        ProjectPlace,
        [
            {"project_id": project_id, "garden_id": garden_id, "name": name, "municipality_number": number}
            for name, number in PLACES
        ],
    )
    cohorts = add_rows_returning_ids(
        Cohort,
        [
            {"project_id": project_id, "place_id": place, "name": f"Gruppe {index}"}
            for index, place in enumerate(places)
        ],
    )
    ids = _companies(garden_id, companies)
    participations = _participations(project_id, cohorts, ids)
    _attendance(rng, cohorts, participations)
    _plans(rng, ids, by_id)
    session.expire_all()
    return f"stort-prosjekt-{companies}"


def _companies(garden_id: int, count: int) -> list[int]:
    rows = [
        {
            "kind": "company",
            "name": f"Prøvebedrift {number}",
            "slug": f"provebedrift-{count}-{number}",
            "municipality_number": PLACES[number % 4][1],
        }
        for number in range(count)
    ]
    ids = add_rows_returning_ids(Organisation, rows)
    add_rows(Company, [{"id": one, "garden_id": garden_id, "sector_code": "retail"} for one in ids])
    return ids


def _participations(project_id: int, cohorts: Sequence[int], companies: Sequence[int]) -> list[int]:
    now = clock.now()
    rows: list[Row] = []
    for number, company_id in enumerate(companies):
        hashed, calendar = token_hash(new_token()), token_hash(new_token())
        rows.append(
            {
                "project_id": project_id, "cohort_id": cohorts[number % 4], "company_id": company_id, "state": "signed_up",
                "company_name": f"Prøvebedrift {number}", "municipality_number": PLACES[number % 4][1], "employees": number % 30,
                "signed_up_at": now, "confirmed_at": now, "token_hash": hashed, "calendar_token_hash": calendar,
                "sealed_token": "", "allows_figures": True, "source": "web", "sector_code": "retail",
            }
        )  # fmt: skip
    return add_rows_returning_ids(Participation, rows)


def _attendance(rng: random.Random, cohorts: Sequence[int], participations: Sequence[int]) -> None:
    first = clock.now() - dt.timedelta(days=80)
    begins = [first + dt.timedelta(days=14 * number) for number in range(SESSIONS)]
    sessions = add_rows_returning_ids(
        CourseSession,
        [
            {
                "cohort_id": cohort, "number": number + 1, "uid": f"scale-{cohort}-{number}", "starts_at": at,
                "ends_at": at + dt.timedelta(hours=3), "municipality_number": PLACES[index][1],
            }
            for index, cohort in enumerate(cohorts)
            for number, at in enumerate(begins)
        ],
    )  # fmt: skip
    pairs = [
        (session_id, participation)
        for place, start in enumerate(range(0, len(sessions), SESSIONS))
        for session_id in sessions[start : start + SESSIONS]
        for participation in participations[place::4]
    ]
    marks = [
        {
            "session_id": session_id, "participation_id": participation, "mark": rng.choice((Mark.PRESENT, Mark.PRESENT, Mark.ABSENT)).value,
            "marked_at": first, "client_key": f"scale-{session_id}-{participation}", "source": "staff",
        }
        for session_id, participation in pairs
    ]  # fmt: skip
    add_rows(AttendanceMark, marks)
    feedback = [
        {
            "session_id": session_id, "participation_id": participation, "token_hash": f"scale-{session_id}-{participation}",
            "answered_at": first, "useful": rng.randint(2, 5), "used_before": rng.randint(0, 4),
        }
        for session_id, participation in pairs
    ]  # fmt: skip
    add_rows(SessionFeedback, feedback)


def _plans(rng: random.Random, companies: Sequence[int], by_id: int) -> None:
    now, today = clock.now(), clock.today()
    strategies = add_rows_returning_ids(
        Strategy,
        [
            {"company_id": one, "content": {}, "updated_by_id": by_id, "started_at": now, "completed_at": rng.choice((now, None))}
            for one in companies
        ],
    )  # fmt: skip
    objectives = add_rows_returning_ids(
        Objective,
        [
            {
                "strategy_id": strategy, "position": number, "text": "Flere bestillinger", "kind": "sales", "unit": "per måned",
                "direction": rng.choice(("up", "down")), "baseline_milli": rng.choice((None, 10_000)), "target_milli": 50_000,
                "target_on": today + dt.timedelta(days=rng.randint(-30, 60)), "rhythm": "monthly",
            }
            for strategy in strategies
            for number in range(OBJECTIVES)
        ],
    )  # fmt: skip
    measurements = [
        {
            "objective_id": objectives[index % len(objectives)],
            "measured_on": today - dt.timedelta(days=index // len(objectives)),
            "value_milli": rng.randint(0, 100_000),
            "by_id": by_id,
        }
        for index in range(MEASUREMENTS * len(companies))
    ]
    add_rows(Measurement, measurements)
    questions = [one.code for dimension in questionnaire().dimensions for one in dimension.questions]
    assessments = add_rows_returning_ids(
        Assessment,
        [
            {"company_id": one, "stage": stage, "data_version": questionnaire().version, "finished_at": now, "by_id": by_id}
            for one in companies
            for stage in ("start", "end")
        ],
    )  # fmt: skip
    answers = [
        {"assessment_id": assessment, "code": code, "kind": "answered", "value": rng.randint(0, 4)}
        for assessment in assessments
        for code in questions
    ]
    add_rows(AssessmentAnswer, answers)
