"""Course tasks on the home page of a business garden: today's session first, then sessions and seats to see to."""

import datetime as dt

import pytest
from flask import Flask

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.pages.dashboard import Priority, Task
from marketplace.pages.queries.home_garden import garden_dashboard
from marketplace.pages.queries.tasks import garden_course_tasks
from marketplace.programme.models.participation import Participation, ParticipationEvent
from marketplace.programme.models.projects import Cohort, ProjectPerson
from marketplace.programme.use_cases import recruiting
from tests import factories
from tests.factories import programme

DAY = dt.timedelta(days=1)


@pytest.fixture
def cohort(app: Flask) -> Cohort:
    cohort = programme.cohort(programme.place(programme.project(factories.garden())), name="Oppdal", seats=2)
    session.commit()
    return cohort


def tasks_of(viewer: Viewer) -> list[Task]:
    session.commit()
    return list(garden_course_tasks(viewer))


def tasks(cohort: Cohort) -> list[Task]:
    return tasks_of(factories.member(cohort.place.garden))


def noon(days: int = 0) -> dt.datetime:
    return clock.from_local(clock.today() + days * DAY, dt.time(13))


def test_todays_session_is_the_first_task(cohort: Cohort) -> None:
    programme.participation(cohort)
    today = programme.course_session(cohort, noon(), number=3)
    viewer = factories.member(cohort.place.garden, role="curator")
    with clock.as_of(noon()):
        session.commit()
        first = garden_dashboard(viewer).tasks[0]
        assert first.link == "Registrer oppmøte for Oppdal, samling 3"
        assert first.when == "13.00, Meieriet · 1 bedrift påmeldt"
        assert first.url.endswith("/attendance")
        today.held_at = clock.now()
        (task,) = tasks_of(viewer)
        assert (task.priority, task.link) == (Priority.SOON, "Oppmøte for Oppdal, samling 3")


def test_past_session_waits_until_it_is_confirmed_as_held(cohort: Cohort) -> None:
    past = programme.course_session(cohort, noon(-2), number=2)
    assert [task.link for task in tasks(cohort)] == ["Bekreft om samling 2, Oppdal, ble holdt"]
    past.held_at = clock.now()
    assert tasks(cohort) == []


def test_companies_without_email_wait_for_a_call_about_a_cancelled_session(cohort: Cohort) -> None:
    programme.participation(cohort)
    cancelled = programme.course_session(cohort, noon(3), number=2, cancelled_at=clock.now())
    assert tasks(cohort) == []
    unreachable = programme.participation(cohort, "Berg bygg", contact_email="")
    (task,) = tasks(cohort)
    assert (task.priority, task.link) == (Priority.NOW, "Ring 1 bedrift om en avlyst samling")
    assert task.url.endswith(f"/sessions/{cancelled.id}")
    with clock.as_of(noon(4)):
        assert tasks(cohort) == []
    called(cohort, unreachable)
    assert tasks(cohort) == []


def called(cohort: Cohort, company: Participation) -> None:
    """Let an adviser note that the company has been called."""
    adviser = factories.member(cohort.place.garden, "adviser")
    session.commit()
    recruiting.note_other_call(adviser, cohort.project.slug, company.id)


def test_session_without_venue_waits_from_two_weeks_before(cohort: Cohort) -> None:
    programme.course_session(cohort, noon(-7), held_at=clock.now())
    programme.course_session(cohort, noon(15), venue="", number=3)
    assert tasks(cohort) == []
    programme.course_session(cohort, noon(13), venue="", number=2)
    assert [task.link for task in tasks(cohort)] == ["Finn et lokale til samling 2, Oppdal"]


def test_cohort_with_free_seats_waits_before_it_starts(cohort: Cohort) -> None:
    programme.course_session(cohort, noon(10))
    programme.participation(cohort)
    found = tasks(cohort)
    assert [(task.link, task.rest) for task in found] == [("Fyll kurset: Oppdal", "1 av 2 plasser er ledig.")]
    programme.participation(cohort, "Moen rør")
    assert tasks(cohort) == []


@pytest.mark.parametrize(("transition", "state"), [("release", "lead"), ("withdraw", "withdrawn")])
def test_company_that_did_not_take_the_offered_seat_is_called(
    cohort: Cohort, transition: str, state: str
) -> None:
    lost = programme.participation(cohort, state=state)
    session.add(
        ParticipationEvent(
            participation_id=lost.id,
            transition=transition,
            from_state="waiting",
            to_state=state,
            reason="offer",
        )
    )
    assert [task.link for task in tasks(cohort)] == ["Ring Bjørkvollen ysteri"]
    called(cohort, lost)
    assert tasks(cohort) == []


def test_other_gardens_see_nothing(cohort: Cohort) -> None:
    programme.course_session(cohort, noon())
    session.commit()
    assert tasks_of(factories.member(factories.garden("Nabohagen"))) == []


def test_project_leader_sees_the_sessions_of_all_places(cohort: Cohort) -> None:
    with clock.as_of(noon() + dt.timedelta(hours=1)):
        partner = factories.garden("Kysthagen", covered_municipalities=["5056"])
        project = cohort.project
        theirs = programme.cohort(programme.place(project, "Hitra", garden_id=partner.id), name="Hitra")
        programme.course_session(theirs, noon())
        leader, colleague = (
            factories.member(project.garden, "adviser", email=f"{name}@x.example") for name in "ab"
        )
        person = {"role": "leader", "since": clock.today() - DAY, "percent": 50}
        added = ProjectPerson(project_id=project.id, user_id=leader.user_id, **person)
        session.add(added)
        assert [task.link for task in tasks_of(leader)] == ["Registrer oppmøte for Hitra, samling 1"]
        assert tasks_of(colleague) == []
        added.until = clock.today() - DAY
        assert tasks_of(leader) == []
