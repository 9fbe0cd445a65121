"""A company's course page, the link on its plan, its home page, and the panel that its gardens see."""

import datetime as dt
from dataclasses import replace

import pytest
from flask import Flask

from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.files.models import StoredFile
from marketplace.organisations.use_cases import CompanyDetails, add_company
from marketplace.organisations.use_cases.closing import close_organisation
from marketplace.programme.attendance import Mark, MarkSource
from marketplace.programme.models.sessions import SessionMaterial
from marketplace.programme.queries.own_course import courses_for_garden, own_courses
from marketplace.programme.use_cases import attendance
from marketplace.programme.use_cases.attendance import MarkOrigin, NewMark
from marketplace.strategy.use_cases.objectives import ObjectiveDetails, add_objective
from tests import factories
from tests.factories import programme
from tests.support.browser import Browser

DAY = dt.timedelta(days=1)
OBJECTIVE = ObjectiveDetails(
    text="Flere bestillinger",
    indicator="",
    indicator_name="Bestillinger",
    unit="count",
    own_unit="",
    direction="up",
    baseline=1_000,
    is_baseline_unknown=False,
    baseline_on=None,
    target=9_000,
    target_on=dt.date(2030, 1, 1),
    source="Kassa",
    rhythm="monthly",
    kind="sales",
)


class Course:
    """A company with a seat in a cohort with three sessions, of which two were held; it attended one."""

    def __init__(self) -> None:
        self.garden = factories.garden()
        self.company = factories.company(of=self.garden)
        self.owner = factories.member(self.company)
        cohort = programme.cohort(programme.place(programme.project(self.garden)))
        now = clock.now()
        self.seat = programme.participation(cohort, company_id=self.company.id, signed_up_at=now - 21 * DAY)
        self.sessions = [
            programme.course_session(cohort, now + days * DAY, number=number, municipality_number="5001")
            for number, days in enumerate((-14, -7, 7), start=1)
        ]
        session.commit()
        self.mark(0, Mark.PRESENT)
        self.mark(1, Mark.ABSENT)

    def mark(self, index: int, mark: Mark) -> None:
        """Mark the company at a session, which was held."""
        shown = self.sessions[index]
        made = NewMark(self.seat.id, mark, shown.starts_at, f"{shown.id}-{mark}")
        attendance.add_marks(shown.id, [made], MarkOrigin(MarkSource.STAFF))
        shown.held_at = shown.ends_at
        session.commit()


@pytest.fixture
def course(app: Flask) -> Course:
    return Course()


def test_course_page_shows_attendance_next_session_and_distance(course: Course, client: Browser) -> None:
    page = client.sign_in(course.owner.user_id or 0).page("/course")
    assert "Dere var med på 1 av 2 samlinger. Dere trenger 4 for å fullføre kurset." in page.text
    assert "Neste: " in page.text
    assert "km i luftlinje" in page.text
    assert course.seat.token in page.html
    assert "/guide/goal" in page.links().values()
    assert course.seat.calendar_token in page.html


def test_seat_page_shows_attendance_to_a_company_without_an_account(course: Course, client: Browser) -> None:
    course.seat.project.sessions_needed = 2
    session.commit()
    text = client.page(course.seat.path).text
    assert "Dere var med på 1 av 2 samlinger. Dere trenger 2 av 3 for å fullføre kurset." in text
    assert ("Ikke til stede" in text, text.count("Til stede")) == (True, 1)
    assert course.seat.cohort is not None
    late = programme.participation(course.seat.cohort, "Moen rør")
    session.commit()
    text = client.page(late.path).text
    assert ("Tidligere samlinger" in text, "Dere var med på" in text) == (True, False)


def test_member_who_is_not_owner_cannot_reach_the_seat_page(course: Course, client: Browser) -> None:
    member = factories.member(course.company, role="member")
    page = client.sign_in(member.user_id or 0).page("/course")
    assert course.seat.token not in page.html


def test_stranger_with_the_companys_number_cannot_reach_the_seat_page(
    course: Course, client: Browser
) -> None:
    course.company.known_at, course.seat.contact_email = None, "mona@ysteriet.example"
    page = client.sign_in(course.owner.user_id or 0).page("/course")
    assert course.seat.token not in page.html
    assert "lenken som kontaktpersonen har fått" in page.text
    course.seat.contact_email = course.owner.email
    assert course.seat.token in client.page("/course").html


def test_plan_links_to_the_course_only_for_companies_in_a_project(course: Course, client: Browser) -> None:
    other = factories.member(factories.company(of=course.garden))
    session.commit()
    assert 'href="/course"' in client.sign_in(course.owner.user_id or 0).page("/plan").html
    assert 'href="/course"' not in client.sign_in(other.user_id or 0).page("/plan").html


def test_home_of_company_shows_next_session(course: Course, client: Browser) -> None:
    page = client.sign_in(course.owner.user_id or 0).page("/home")
    assert "Neste samling" in page.text


def test_target_outside_the_project_is_warned_about(course: Course, client: Browser) -> None:
    client.sign_in(course.owner.user_id or 0)
    ends_on = course.seat.project.ends_on = clock.today() + 30 * DAY
    for day, is_warned in ((ends_on, False), (ends_on + DAY, True)):
        objective = add_objective(course.owner, replace(OBJECTIVE, target_on=day))
        page = client.page(f"/plan/objectives/{objective.id}")
        assert ("Måldatoen er utenfor kursprosjektet" in page.text) is is_warned
    assert client.page("/plan/strategy/check").text.count("Måldatoen er utenfor kursprosjektet") >= 1
    course.seat.project.closed_at = clock.now()
    assert "utenfor kursprosjektet" not in client.page("/plan/objectives").text


def test_material_file_is_for_companies_with_a_seat_only(course: Course, client: Browser) -> None:
    material = SessionMaterial(session_id=course.sessions[0].id, title="Ark", use="before")
    session.add(material)
    session.flush()
    session.add(
        StoredFile(
            material_id=material.id, name="ark.pdf", media_type="application/pdf", size=4, data=b"%PDF"
        )
    )
    other = factories.member(factories.company(of=course.garden))
    session.commit()
    path = f"/course/sessions/{course.sessions[0].id}/material/{material.id}"
    assert client.sign_in(course.owner.user_id or 0).get(path).data == b"%PDF"
    assert client.sign_in(other.user_id or 0).get(path).status_code == 404


def test_company_that_joined_late_reads_which_sessions_it_could_attend(
    course: Course, client: Browser
) -> None:
    course.seat.project.sessions_needed = 2
    owner = factories.member(factories.company(of=course.garden))
    programme.participation(course.seat.cohort, company_id=owner.organisation_id)
    session.commit()
    text = client.sign_in(owner.user_id or 0).page("/course").text
    assert (
        "2 samlinger ble holdt før dere ble med. Dere trenger 2 av 3 for å fullføre kurset. "
        "Dere kan fortsatt være med på 1." in text
    )
    assert "0 av 2" not in text


def test_sessions_attended_in_another_cohort_count_once(course: Course, client: Browser) -> None:
    course.seat.project.sessions_needed = 3
    assert course.seat.cohort is not None
    moved = programme.cohort(course.seat.cohort.place, "Neste kurs")
    for number in (1, 2, 3):
        programme.course_session(moved, clock.now() + number * DAY, number=number)
    course.seat.cohort = moved
    session.commit()
    text = client.sign_in(course.owner.user_id or 0).page("/course").text
    assert "Dere var med på 1 av 1 samlinger. Dere trenger 3 av 3 for å fullføre kurset." in text
    (own,) = own_courses(course.company.id)
    assert (own.attended, own.left) == (1, 2)


def test_course_of_company_without_a_seat_has_no_sessions(course: Course) -> None:
    course.seat.state = "withdrawn"
    session.commit()
    assert own_courses(course.company.id)[0].sessions == []


def test_card_shows_course_to_home_garden_and_not_to_a_stranger(course: Course, client: Browser) -> None:
    adviser = factories.member(course.garden)
    stranger = factories.member(factories.garden())
    session.commit()
    page = client.sign_in(adviser.user_id or 0).page(f"/companies/{course.company.id}")
    assert "Var med på 1 av 2 samlinger" in page.text
    assert "de var ikke på siste samling" in page.text
    assert courses_for_garden(stranger, course.company.id) == []


def test_absence_counts_only_when_the_session_is_over(course: Course) -> None:
    (before,) = own_courses(course.company.id)
    assert before.last is not None
    last = before.last.session
    with clock.as_of(last.ends_at - dt.timedelta(minutes=30)):
        (during,) = own_courses(course.company.id)
        assert during.held == before.held - 1
        assert during.last is not None
        assert during.last.session.id == course.sessions[0].id


def test_cancelled_last_session_does_not_keep_the_course_open(course: Course) -> None:
    course.sessions[2].cancelled_at = clock.now()
    session.commit()
    assert own_courses(course.company.id)[0].phase == "dropped"


def test_company_that_registers_again_after_it_was_closed_gets_its_course_back(app: Flask) -> None:
    del app
    number = "310000388"
    closed = factories.company(organisation_number=number)
    cohort = programme.cohort(programme.place(programme.project(factories.garden())))
    seat = programme.participation(cohort, closed.name, organisation_number=number, company_id=closed.id)
    with transaction():
        close_organisation(None, closed)
        details = CompanyDetails("Bjørkvollen ysteri", number, "5021", "food-drink")
        again = add_company(factories.user().id, details).organisation_id
    session.refresh(seat)
    assert seat.company_id == again
