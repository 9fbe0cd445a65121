"""Pages that a secret link authorizes: malformed input, what a link gives access to, and what others may learn."""

import datetime as dt
import json

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from marketplace.outbox.models import OutboxMail
from marketplace.programme.attendance import Mark, MarkSource
from marketplace.programme.check_in import check_in_code
from marketplace.programme.models.projects import Cohort
from marketplace.programme.models.sessions import AttendanceMark, CourseSession, SessionFeedback
from marketplace.programme.queries import own_course
from marketplace.programme.use_cases import attendance, seat_link, sign_up
from marketplace.programme.use_cases.attendance import MarkOrigin
from marketplace.programme.use_cases.sign_up import Contact, SignUp
from tests import factories
from tests.factories import programme
from tests.support.browser import Browser, comparable_html

NINES = "9" * 5000


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


def test_link_of_a_new_contact_person_is_only_sent_by_mail(cohort: Cohort, client: Browser) -> None:
    """Otherwise anybody with a seat could read and erase the e-mail of any address by entering it."""
    seat = programme.participation(cohort)
    answer = client.post(
        f"{seat.path}/contact",
        data={"contact_name": "Ola Nyhus", "email": "ola@ysteri.example", "phone": "00 00 00 00"},
    )
    session.refresh(seat)
    assert seat.contact_email == "ola@ysteri.example"
    assert (answer.status_code, answer.location) == (303, "/")
    mail = session.query(OutboxMail).filter_by(recipient="ola@ysteri.example").first()
    assert mail is not None
    assert mail.link_path == seat.path


def test_new_sign_up_does_not_show_why_the_company_withdrew(cohort: Cohort, client: Browser) -> None:
    seat = programme.participation(cohort, organisation_number="310000388")
    session.commit()
    seat_link.withdraw(seat.token, "ill", "Sykdom i familien")
    contact = Contact("Ola Nyhus", "ola@ysteri.example", "00 00 00 00")
    details = SignUp("Bjørkvollen ysteri", "310000388", "5021", "food-drink", contact)
    sign_up.sign_up(cohort.project.slug, cohort.id, details, "network 192.0.2.1")
    session.refresh(seat)
    assert "Sykdom" not in client.get(f"{seat.path}/data").get_data(as_text=True)


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_new_sign_up_does_not_show_what_the_former_contact_person_wrote(
    cohort: Cohort, client: Browser, is_confirmed: bool
) -> None:
    seat = programme.participation(cohort, organisation_number="310000388")
    held = programme.course_session(cohort, clock.now() - dt.timedelta(days=1))
    programme.mark(held, seat)
    feedback = {"token_hash": "x", "asked_at": clock.now(), "comment": "Kursholderen var uforberedt"}
    session.add(SessionFeedback(session_id=held.id, participation_id=seat.id, **feedback))
    session.commit()
    assert "uforberedt" in client.get(f"{seat.path}/data").get_data(as_text=True)
    assert own_course.course_of(seat).attended == 1
    seat_link.withdraw(seat.token, "ill", "")
    contact = Contact("Ola Nyhus", "ola@ysteri.example", "00 00 00 00")
    details = SignUp("Bjørkvollen ysteri", "310000388", "5021", "food-drink", contact)
    sign_up.sign_up(cohort.project.slug, cohort.id, details, "network 192.0.2.1")
    session.refresh(seat)
    if is_confirmed:
        seat_link.confirm_seat(seat.token)
    exported = client.get(f"{seat.path}/data").get_json()
    assert (exported["feedback"], exported["attendance"]) == ([], [])
    assert own_course.course_of(seat).attended == 0
    assert "withdraw" not in {change["transition"] for change in exported["changes"]}


def test_page_of_a_secret_link_is_not_stored_by_browsers(cohort: Cohort, client: Browser) -> None:
    seat = programme.participation(cohort)
    for path in (seat.path, f"{seat.path}/data"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_checking_in_again_adds_no_mark(cohort: Cohort, client: Browser, app: Flask) -> None:
    begun = programme.course_session(cohort, clock.now())
    company = programme.participation(cohort)
    session.commit()
    path = f"/here/{begun.id}/{check_in_code(str(app.secret_key), begun.id, clock.now())}"
    for _time in range(3):
        assert client.post(path, data={"company": str(company.id)}).status_code == 200
    assert session.scalar(select(func.count()).select_from(AttendanceMark)) == 1


def test_link_cannot_add_companies_without_end(
    cohort: Cohort, adviser: Viewer, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = programme.course_session(cohort, clock.now())
    session.commit()
    monkeypatch.setattr(attendance, "MAX_PEOPLE", 2)
    origin = MarkOrigin(MarkSource.LINK)
    for name in ("A", "B", "A"):
        attendance.add_guest(begun.id, f"{name} gard", "Ola", "", origin)
    with pytest.raises(Conflict):
        attendance.add_guest(begun.id, "C gard", "Ola", "", origin)
    path = f"/sessions/{attendance.create_link(begun.id, 'attendance', adviser)}/list"
    refused = client.post(
        path, data={"act": "guest", "guest-company_name": "C gard", "guest-contact_name": "Ola"}
    )
    assert (refused.status_code, "C gard" in refused.text) == (409, True)


def test_link_cannot_add_marks_without_end(
    today: CourseSession, cohort: Cohort, adviser: Viewer, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = programme.participation(cohort)
    session.commit()
    monkeypatch.setattr(attendance, "MAX_LINK_MARKS", 2)
    path = f"/sessions/{attendance.create_link(today.id, 'attendance', adviser)}/list"

    def send(*keys: str) -> int:
        marks = [{"at": 1, "key": key, "company": company.id, "mark": "here"} for key in keys]
        return client.post(path, data={"marks": json.dumps(marks)}).status_code

    events = session.scalar(select(func.count()).select_from(AuditEvent)) or 0
    assert [send("a", "b"), send("a", "b"), send("a", "c")] == [200, 200, 409]
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == events + 1, (
        "sent again, not stored"
    )
    own = attendance.NewMark(company.id, Mark.ABSENT, clock.now(), "d")
    attendance.add_marks(today.id, [own], MarkOrigin(MarkSource.STAFF, adviser))
    assert session.scalar(select(func.count()).select_from(AttendanceMark)) == 3


def test_contact_person_gets_a_replaced_link_again_by_mail(cohort: Cohort, client: Browser) -> None:
    seat = programme.participation(cohort, contact_email="kari@ysteri.example")
    former = seat.path
    seat_link.change_contact(seat.token, Contact("Ola Nyhus", "ola@ysteri.example", "00 00 00 00"))
    page = client.get(former)
    assert (page.status_code, "/courses/seat/new-link" in page.text) == (404, True)
    assert comparable_html(page.text, former) == comparable_html(
        client.get("/courses/seat/x").text, "/courses/seat/x"
    )
    kept = client.post(f"{former}/withdraw", data={"reason": "ill", "text": "Sykdom i familien"})
    assert (kept.status_code, "Sykdom i familien" in kept.text) == (404, True)
    session.query(OutboxMail).delete()
    session.commit()
    answers = {
        comparable_html(client.post("/courses/seat/new-link", data={"email": address}).text, address)
        for address in ("ola@ysteri.example", "kari@ysteri.example")
    }
    assert len(answers) == 1, "the answer does not reveal who takes part"
    assert [mail.link_path for mail in session.query(OutboxMail)] == [seat.path]
    for _time in range(5):
        client.post("/courses/seat/new-link", data={"email": "ola@ysteri.example"})
    assert session.query(OutboxMail).count() == 3, "three in six hours"


def test_account_made_from_the_mailed_link_needs_no_second_confirmation(
    cohort: Cohort, client: Browser
) -> None:
    seat = programme.participation(cohort)
    client.get(seat.path)
    form = factories.COMPANY_FORM | {"email": seat.contact_email}
    assert client.get("/register/company").text.count(f'value="{seat.contact_email}"') == 1
    assert (
        client.post("/register/company", data=form | {"email": "ola@ysteri.example"}).location
        == "/check-mail"
    )
    assert session.scalar(select(func.count(User.id)).where(User.email == "ola@ysteri.example")) == 0
    assert client.post("/register/company", data=form).location == "/home"
    owner = session.scalars(select(User).where(User.email == seat.contact_email)).one()
    assert owner.email_verified_at is not None
    notice = session.scalars(select(OutboxMail).where(OutboxMail.subject == "Du har en konto")).one()
    assert notice.recipient == seat.contact_email
    assert client.get("/account").status_code == 200


def test_mailed_link_proves_its_address_for_an_hour_only(cohort: Cohort, client: Browser) -> None:
    seat = programme.participation(cohort)
    client.get(seat.path)
    form = factories.COMPANY_FORM | {"email": seat.contact_email}
    with time_machine.travel(clock.now() + dt.timedelta(minutes=61)):
        assert client.post("/register/company", data=form).location == "/check-mail"
