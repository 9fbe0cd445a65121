"""Attendance on a phone in a browser: without a connection, after the session has ended, and the pages around it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.identifiers import token_hash
from marketplace.core.viewer import Viewer
from marketplace.programme.check_in import check_in_code
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.sessions import CourseSession, SessionFeedback
from marketplace.programme.queries.attendance import attendance_list
from marketplace.programme.use_cases import attendance as use_cases
from tests import factories
from tests.factories import programme
from tests.journeys import conftest
from tests.journeys.conftest import MIN_WIDTH, PHONE

COMPANIES = 25
EXPECTED_ERRORS = ("ERR_INTERNET_DISCONNECTED", "status of 400", "status of 401", "status of 409")


@pytest.fixture
def adviser(app: Flask) -> Viewer:
    viewer = factories.member(factories.garden(), "adviser")
    session.commit()
    return viewer


@pytest.fixture
def today(adviser: Viewer) -> CourseSession:
    garden = session.get_one(type(factories.garden("Havet hage")), adviser.organisation_id)
    project = programme.project(garden, is_sign_up_open=True)
    cohort = programme.cohort(programme.place(project))
    for number in range(COMPANIES):
        programme.participation(cohort, f"Bedrift {number:02} AS")
    full = programme.cohort(programme.place(project, "Røros"), seats=0)
    waiting = {"state": "waiting", "waiting_since": clock.now(), "signed_up_at": None}
    programme.participation(full, "Ventende AS", **waiting)
    added = programme.course_session(cohort, clock.now() - dt.timedelta(hours=1))
    session.commit()
    return added


def sign_in(page: Page, viewer: Viewer) -> None:
    page.fill("#email", viewer.email)
    page.fill("#password", factories.PASSWORD)
    page.locator("main form button[type=submit]").first.click()


def attendance_path(today: CourseSession) -> str:
    return f"/programme/{today.cohort.project.slug}/sessions/{today.id}/attendance"


@pytest.fixture
def phone(person: Callable[..., Page], adviser: Viewer, today: CourseSession) -> Page:
    page: Page = person(width=PHONE)
    page.goto("/sign-in")
    sign_in(page, adviser)
    page.wait_for_url("**/home")
    page.goto(attendance_path(today))
    return page


@pytest.fixture
def person(person: Callable[..., Page], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Page]:
    """Accept the console errors of a lost connection and of an ended session."""
    is_error = conftest.is_error
    monkeypatch.setattr(
        conftest,
        "is_error",
        lambda message: is_error(message) and not any(text in message.text for text in EXPECTED_ERRORS),
    )
    return person


def stored(today: CourseSession) -> int:
    session.rollback()  # ends the read transaction, in which the marks would be invisible
    here = attendance_list(today).here
    session.commit()
    return here


def status(page: Page) -> Any:
    return expect(page.locator("[data-status]"))


def test_marks_without_a_connection_are_sent_when_it_is_back(phone: Page, today: CourseSession) -> None:
    boxes = phone.locator("input[name=here]")
    for number in range(COMPANIES):
        if number == COMPANIES // 2:
            phone.context.set_offline(True)
        boxes.nth(number).click()
    status(phone).to_contain_text("Ikke sendt ennå")
    assert stored(today) < COMPANIES
    phone.context.set_offline(False)
    status(phone).to_contain_text("Alt er lagret")
    assert stored(today) == COMPANIES


def test_all_here_and_those_missing_take_few_taps(phone: Page, today: CourseSession) -> None:
    phone.locator("[data-all]").click()
    for number in (3, 11, 24):
        phone.locator("input[name=here]").nth(number).click()
    expect(phone.locator("[data-here]")).to_have_text(str(COMPANIES - 3))
    status(phone).to_contain_text("Alt er lagret")
    assert stored(today) == COMPANIES - 3


def test_marks_survive_the_end_of_the_session(phone: Page, today: CourseSession, adviser: Viewer) -> None:
    phone.context.set_offline(True)
    phone.locator("input[name=here]").first.click()
    status(phone).to_contain_text("Ikke sendt ennå")
    phone.context.clear_cookies()
    phone.context.set_offline(False)
    status(phone).to_contain_text("Du er logget ut")
    assert stored(today) == 0
    phone.locator("[data-status] a").click()
    sign_in(phone, adviser)
    phone.wait_for_url(f"**{attendance_path(today)}")
    status(phone).to_contain_text("Alt er lagret")
    assert stored(today) == 1


def test_open_page_continues_after_signing_in_in_another_window(
    phone: Page, today: CourseSession, adviser: Viewer
) -> None:
    phone.context.clear_cookies()
    other = phone.context.new_page()
    other.goto("/sign-in")
    sign_in(other, adviser)
    other.wait_for_url("**/home")
    phone.locator("input[name=here]").first.click()
    status(phone).to_contain_text("Alt er lagret")
    assert stored(today) == 1


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_programme_pages_are_accessible_and_fit(
    phone: Page,
    today: CourseSession,
    adviser: Viewer,
    app: Flask,
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
    dark: bool,
) -> None:
    slug = today.cohort.project.slug
    programme.course_session(today.cohort, number=2)  # sign-up closes when the last session begins
    seats = session.scalars(select(Participation).order_by(Participation.id)).all()
    links = {
        purpose: use_cases.create_link(today.id, purpose, adviser) for purpose in use_cases.LINK_PURPOSES
    }
    staff = attendance_path(today).removesuffix("attendance")
    feedback = {"session_id": today.id, "participation_id": seats[0].id, "token_hash": token_hash("feedback")}
    session.add(SessionFeedback(**feedback))
    paths = [
        *(staff + page for page in ("attendance", "held", "sheet", "links", "code")),
        f"/sessions/{links['attendance']}/list",
        f"/sessions/{links['lecturer']}/room",
        f"/here/{today.id}/{check_in_code(str(app.secret_key), today.id, clock.now())}",
        f"/courses/{slug}?municipality=5025",
        *(f"/courses/{slug}/{cohort_id}/sign-up" for cohort_id in (seats[0].cohort_id, seats[-1].cohort_id)),
        *(seats[0].path + page for page in ("", "/move", "/contact", "/withdraw")),
        seats[-1].path,
        "/sessions/feedback/feedback",
    ]
    session.commit()
    phone.emulate_media(color_scheme="dark" if dark else "light")
    phone.set_viewport_size({"width": MIN_WIDTH, "height": 900})
    for path in paths:
        answer = phone.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        fits(phone)
        axe(phone)
