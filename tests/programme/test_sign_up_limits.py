"""Sign-up under load and with bad input: many at once, many from one network, unknown links, several names."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.attempt_limits import SIGN_UP
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, TooMany
from marketplace.outbox.models import OutboxMail
from marketplace.programme.attendance import MarkSource
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort
from marketplace.programme.queries.courses import waiting_list_position
from marketplace.programme.use_cases import attendance, sign_up as use_cases
from marketplace.programme.use_cases.attendance import MarkOrigin
from marketplace.programme.use_cases.sign_up import Contact, SignUp
from tests import factories
from tests.factories import programme
from tests.support.browser import Browser
from tests.support.concurrency import run_concurrently

NUMBER = "310000388"
SUBMITTED = {
    "company_name": "Bjørkvollen ysteri",
    "municipality": "5021",
    "sector": "food-drink",
    "contact_name": "Kari Lyngstad",
    "email": "kari@ysteri.example",
    "phone": "00 00 00 00",
}


@pytest.fixture
def cohort(app: Flask) -> Cohort:
    cohort = programme.cohort(
        programme.place(programme.project(factories.garden(), is_sign_up_open=True)), seats=25
    )
    session.commit()
    return cohort


def sign_up(cohort: Cohort, name: str, number: str | None = None, **values: str) -> None:
    contact = Contact(
        "Kari", values.get("email", f"{name.split(maxsplit=1)[0].lower()}@x.example"), "00 00 00 00"
    )
    network = values.get("network", "network 192.0.2.1")
    use_cases.sign_up(
        cohort.project.slug, cohort.id, SignUp(name, number, "5021", "food-drink", contact), network
    )


def participations() -> list[Participation]:
    return list(session.scalars(select(Participation).order_by(Participation.id)))


@pytest.mark.both_databases
@pytest.mark.exhaustive
@pytest.mark.slow
def test_two_hundred_concurrent_sign_ups_seat_25_and_queue_the_rest(cohort: Cohort, app: Flask) -> None:
    threads, each = 20, 10
    slug, cohort_id = cohort.project.slug, cohort.id

    def apply(thread: int) -> None:
        for turn in range(each):
            name = f"Bedrift{thread}-{turn}"
            contact = Contact("Kari", f"{name.lower()}@x.example", "00 00 00 00")
            use_cases.sign_up(
                slug, cohort_id, SignUp(name, None, "5021", "food-drink", contact), f"network {thread}"
            )

    assert run_concurrently(app, apply, threads) == ["done"] * threads
    rows = participations()
    assert [row.state for row in rows] == ["signed_up"] * 25 + ["waiting"] * 175
    assert [waiting_list_position(row) for row in rows[25:]] == list(range(1, 176))


def test_one_network_signs_up_a_room_full_of_companies_an_hour(cohort: Cohort, time_machine: Any) -> None:
    time_machine.move_to(clock.now(), tick=False)
    for number in range(SIGN_UP.max_attempts):
        sign_up(cohort, f"Bedrift{number}")
    with pytest.raises(TooMany) as refused:
        sign_up(cohort, "Bedriftx")
    assert "næringshagen" in refused.value.message
    sign_up(cohort, "Bedrifty", network="network 192.0.2.2")
    time_machine.move_to(clock.now() + dt.timedelta(minutes=61), tick=False)
    sign_up(cohort, "Bedriftz")


def test_name_and_address_identify_a_company_without_number(cohort: Cohort) -> None:
    sign_up(cohort, "Bjørkvollen ysteri", email="kari@ysteri.example")
    sign_up(cohort, " bjørkvollen  YSTERI", NUMBER, email="kari@ysteri.example")
    assert len(participations()) == 1
    assert (
        session.scalars(select(OutboxMail.subject).order_by(OutboxMail.id)).all()[-1]
        == "Bjørkvollen ysteri er allerede påmeldt"
    )
    sign_up(cohort, "Bjørkvollen ysteri", email="annen@ysteri.example")
    assert len(participations()) == 2, "an adviser decides whether it is the same company"


def test_number_identifies_a_company_under_another_name(cohort: Cohort) -> None:
    sign_up(cohort, "Bjørkvollen ysteri", NUMBER)
    sign_up(cohort, "Ysteriet", NUMBER)
    (only,) = participations()
    assert only.company_name == "Bjørkvollen ysteri"


@pytest.mark.parametrize("number", ["310000389", "31000038", "ABC"])
def test_wrong_number_is_explained_and_keeps_what_was_typed(
    cohort: Cohort, client: Browser, number: str
) -> None:
    path = f"/courses/{cohort.project.slug}/{cohort.id}/sign-up"
    answer = client.post(path, data=SUBMITTED | {"organisation_number": number})
    assert answer.status_code == 422
    assert "kari@ysteri.example" in answer.text
    assert participations() == []


@pytest.mark.parametrize("page", ["", "/move", "/contact", "/withdraw"])
def test_unknown_and_foreign_links_find_nothing(cohort: Cohort, client: Browser, page: str) -> None:
    seat = programme.participation(cohort)
    session.commit()
    for token in ("x", seat.calendar_token, seat.token[:-1], seat.token_hash):
        assert client.get(f"/courses/seat/{token}{page}").status_code == 404


def test_cancelled_session_answers_a_phone_with_the_reason(cohort: Cohort, client: Browser) -> None:
    planned = programme.course_session(cohort, clock.now() - dt.timedelta(hours=1))
    company = programme.participation(cohort)
    adviser = factories.member(
        session.get_one(type(factories.garden("Havet hage")), cohort.place.garden_id), "adviser"
    )
    planned.cancelled_at = clock.now()
    session.commit()
    client.sign_in(adviser.user_id or 0)
    marks = f'[{{"company": {company.id}, "mark": "here", "at": 1, "key": "k"}}]'
    path = f"/programme/{cohort.project.slug}/sessions/{planned.id}/attendance"
    answer = client.post(path, data={"marks": marks})
    assert answer.status_code == 409
    assert "avlyst" in answer.get_json()["refused"]
    with pytest.raises(Conflict):
        attendance.mark_all_here(planned.id, MarkOrigin(MarkSource.STAFF))


def test_answer_does_not_reveal_whether_another_company_takes_part(cohort: Cohort, app: Flask) -> None:
    """A signed-in owner who enters another company's number gets the answer of any other sign-up."""
    programme.participation(cohort, organisation_number=NUMBER)
    owner = factories.member(factories.company(of=cohort.place.garden), "owner")
    session.commit()
    path = f"/courses/{cohort.project.slug}/{cohort.id}/sign-up"
    answers = []
    for number in (NUMBER, "310000752"):
        browser = app.test_client().sign_in(owner.user_id or 0)
        submitted = {"email": owner.email, "organisation_number": number}
        answer = browser.post(path, data=SUBMITTED | submitted)
        page = browser.page(answer.location)
        answers.append((answer.status_code, answer.location, page.text))
    assert answers[0] == answers[1]
    assert answers[0][1].endswith("/signed-up")


def test_owner_who_signs_up_the_own_company_has_the_seat_at_once(cohort: Cohort, app: Flask) -> None:
    company = factories.company(of=cohort.place.garden)
    owner = factories.member(company, "owner")
    session.commit()
    path = f"/courses/{cohort.project.slug}/{cohort.id}/sign-up"
    browser = app.test_client().sign_in(owner.user_id or 0)
    submitted = {"email": owner.email, "organisation_number": company.organisation_number or ""}
    assert "/courses/seat/" in browser.post(path, data=SUBMITTED | submitted).location
    (mail,) = session.scalars(select(OutboxMail).where(OutboxMail.recipient == owner.email))
    assert mail.subject == "Bjørkvollen ysteri har fått plass"


def test_public_page_of_a_begun_course_shows_the_sessions_that_are_left(
    cohort: Cohort, client: Browser
) -> None:
    path = f"/courses/{cohort.project.slug}"
    days = [dt.timedelta(days=number) for number in (-14, -7, 7)]
    first, second, third = (programme.course_session(cohort, clock.now() + day) for day in days)
    catch_up = programme.course_session(cohort, clock.now() + dt.timedelta(days=2))
    catch_up.catch_up_of_id = first.id
    session.commit()
    shown = client.page(path).text
    assert ("1 av 3 samlinger gjenstår" in shown, shown.count("oppsamling")) == (True, 1)
    for one in (first, second, third):
        one.starts_at, one.ends_at = (moment - 2 * days[2] for moment in (one.starts_at, one.ends_at))
    session.commit()
    page = client.page(path)
    assert "Kurset er over" in page.text
    assert "Meld dere på" not in page.text
    assert client.get(f"{path}/{cohort.id}/sign-up").status_code == 410


@pytest.mark.parametrize(("past", "is_told"), [(2, False), (3, True)])
def test_public_page_says_if_too_few_sessions_are_left(
    cohort: Cohort, client: Browser, past: int, *, is_told: bool
) -> None:
    cohort.project.sessions_needed = 4
    for number in range(6):
        programme.course_session(cohort, clock.now() + dt.timedelta(days=7 * (number - past) + 1))
    session.commit()
    path = f"/courses/{cohort.project.slug}"
    for page in (path, f"{path}/{cohort.id}/sign-up"):
        assert ("Det er for få igjen her" in client.page(page).text) is is_told
