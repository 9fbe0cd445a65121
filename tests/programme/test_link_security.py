"""Pages that a secret link authorizes: malformed input, what a link gives access to, and what others may learn."""

import datetime as dt
import json

import pytest
from flask import Flask

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from marketplace.programme.check_in import check_in_code
from marketplace.programme.models.projects import Cohort
from marketplace.programme.models.sessions import CourseSession
from marketplace.programme.use_cases import attendance
from tests import factories
from tests.factories import programme
from tests.support.browser import Browser

NINES = "9" * 5000


@pytest.fixture
def adviser(app: Flask) -> Viewer:
    return factories.member(factories.garden(), "adviser")


@pytest.fixture
def cohort(adviser: Viewer) -> Cohort:
    garden = session.get_one(BusinessGarden, adviser.organisation_id)
    project = programme.project(garden, is_sign_up_open=True)
    return programme.cohort(programme.place(project))


@pytest.fixture
def today(cohort: Cohort) -> CourseSession:
    return programme.course_session(cohort, clock.now() - dt.timedelta(hours=1))


def mark(**values: object) -> str:
    return json.dumps([{"at": 1, "key": "a", "company": 1, "mark": "here"} | values])


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"marks": mark(company=10**30)}, 400),
        ({"marks": mark(company=-1)}, 400),
        ({"marks": mark(key="a\0b")}, 400),
        ({"marks": mark(at=2**60)}, 400),
        ({"marks": "[" * 100_000}, 400),
        ({"marks": f"[{NINES}]"}, 400),
        ({"listed": NINES, "here": NINES}, 303),
        ({"listed": "9" * 30, "here": "9" * 30}, 303),
    ],
)
def test_malformed_attendance_is_refused(
    today: CourseSession, adviser: Viewer, client: Browser, data: dict[str, str], status: int
) -> None:
    token = attendance.create_link(today.id, "attendance", adviser)
    assert client.post(f"/sessions/{token}/list", data=data).status_code == status


def test_check_in_with_an_impossible_company_shows_the_list_again(
    today: CourseSession, client: Browser
) -> None:
    code = check_in_code(str(client.application.config["SECRET_KEY"]), today.id, clock.now())
    assert client.post(f"/here/{today.id}/{code}", data={"company": NINES}).status_code == 200
