"""Personal data of contact persons without an account: export, erasure by link, retention, and the key of their link."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace import worker
from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.database import db, keyring, session
from marketplace.core.sealing import Keyring, use_keyring
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.outbox.use_cases import send_mail
from marketplace.privacy import retention
from marketplace.privacy.course_retention import erase_old_participations
from marketplace.privacy.queries import export_personal_data
from marketplace.privacy.use_cases import erase_user
from marketplace.programme.attendance import MarkSource
from marketplace.programme.models.participation import Participation, ParticipationEvent
from marketplace.programme.models.projects import Cohort
from marketplace.programme.models.sessions import AttendanceMark, SessionLink
from marketplace.programme.notices.sign_up import seat_withdrawn
from marketplace.programme.use_cases import attendance, link_keys
from marketplace.programme.use_cases.attendance import MarkOrigin
from marketplace.programme.use_cases.contact_data import erase_contact
from tests import factories
from tests.factories import programme
from tests.proposals.conftest import at_noon
from tests.support.browser import Browser

__all__ = ["at_noon"]
MONTH = dt.timedelta(days=31)


@pytest.fixture
def cohort(app: Flask) -> Cohort:
    project = programme.project(
        factories.garden(), is_sign_up_open=True, ends_on=clock.today() + dt.timedelta(days=30)
    )
    cohort = programme.cohort(programme.place(project))
    session.commit()
    return cohort


def seat(cohort: Cohort, **values: Any) -> Participation:
    added = programme.participation(cohort, contact_phone="00 00 00 00", **values)
    session.commit()
    return added


def contact(participation: Participation) -> tuple[str, str, str]:
    session.refresh(participation)
    return participation.contact_name, participation.contact_email, participation.contact_phone


def test_contact_person_downloads_own_data_without_an_account(cohort: Cohort, client: Browser) -> None:
    own, other = seat(cohort), seat(cohort, name="Fjellheim hytter")
    answer = client.get(f"/courses/seat/{own.token}/data")
    data = answer.get_json()
    assert data["participation"]["contact_email"] == own.contact_email
    assert other.contact_email not in answer.get_data(as_text=True)
    assert own.token not in answer.get_data(as_text=True)


def test_contact_person_erases_own_data_and_the_figures_remain(cohort: Cohort, client: Browser) -> None:
    own = seat(cohort)
    held = programme.course_session(cohort, clock.now() - dt.timedelta(days=2))
    attendance.mark_all_here(held.id, MarkOrigin(MarkSource.STAFF))
    send_mail(seat_withdrawn(own, has_dates=False), own.contact_email, "nb")
    session.commit()
    path = f"/courses/seat/{own.token}"
    page = client.get(f"{path}/erase")
    assert "withdraws from the course" in page.get_data(
        as_text=True
    ) or "trekker seg fra kurset" in page.get_data(as_text=True)
    address = own.contact_email
    assert client.post(f"{path}/erase").status_code == 303
    assert contact(own) == ("", "", "")
    assert own.state == "withdrawn"
    assert session.scalar(select(func.count()).select_from(AttendanceMark)) == 1
    assert client.get(path).status_code == 404, "the link has stopped working"
    mails = session.scalars(select(OutboxMail).where(OutboxMail.recipient == address))
    assert {(mail.body, mail.state) for mail in mails} == {("", "erased")}


def test_contact_is_erased_two_years_after_the_project_and_figures_remain(
    cohort: Cohort, at_noon: Any
) -> None:
    own = seat(cohort)
    held = programme.course_session(
        cohort, clock.now() - dt.timedelta(days=2), lecturer="Ola Nes", lecturer_email="ola@nes.example"
    )
    attendance.mark_all_here(held.id, MarkOrigin(MarkSource.STAFF))
    session.commit()
    at_noon.shift(24 * MONTH)
    assert erase_old_participations() == 0
    at_noon.shift(2 * MONTH)
    assert erase_old_participations() == 2
    assert erase_old_participations() == 0
    assert contact(own) == ("", "", "")
    assert (held.lecturer, held.lecturer_email) == ("", "")
    assert (own.company_name, own.state) == ("Bjørkvollen ysteri", "signed_up")
    assert session.scalar(select(func.count()).select_from(AttendanceMark)) == 1
    assert erase_old_participations in worker.JOBS


@pytest.mark.parametrize("state", ["lead", "invited", "interested", "declined", "withdrawn"])
def test_contact_of_company_without_a_seat_is_erased_after_a_year(
    cohort: Cohort, at_noon: Any, state: str
) -> None:
    cohort.project.ends_on = None
    lead = programme.participation(cohort.project, state=state)
    taking_part = seat(cohort)
    session.commit()
    at_noon.shift(11 * MONTH)
    session.add(ParticipationEvent(participation_id=lead.id, transition="invite", to_state=state))
    session.commit()
    at_noon.shift(11 * MONTH)
    assert erase_old_participations() == 0, "counted from the last change"
    at_noon.shift(2 * MONTH)
    assert erase_old_participations() == 1
    assert contact(lead) == ("", "", "")
    assert contact(taking_part)[0]


def test_contact_of_company_on_the_waiting_list_is_erased_a_year_after_the_project(
    cohort: Cohort, at_noon: Any
) -> None:
    waiting = programme.participation(cohort, state="waiting", waiting_since=clock.now())
    session.commit()
    at_noon.shift(12 * MONTH)
    assert erase_old_participations() == 0
    at_noon.shift(2 * MONTH)
    assert erase_old_participations() == 1
    assert contact(waiting) == ("", "", "")


def test_session_link_is_deleted_once_it_has_expired(cohort: Cohort, at_noon: Any) -> None:
    viewer = factories.member(factories.garden())
    planned = programme.course_session(cohort)
    session.commit()
    attendance.create_link(planned.id, "attendance", viewer)
    retention.delete_expired()
    assert session.scalar(select(func.count()).select_from(SessionLink)) == 1
    at_noon.shift(dt.timedelta(days=9))
    retention.delete_expired()
    assert session.scalar(select(func.count()).select_from(SessionLink)) == 0


def test_erased_user_is_erased_as_contact_person(cohort: Cohort) -> None:
    viewer = factories.member(factories.company(of=factories.garden()), email="kari@ysteri.example")
    own = seat(cohort, contact_email="kari@ysteri.example")
    assert export_personal_data(viewer)["course_contact"][0]["contact_phone"] == "00 00 00 00"
    erase_user(None, session.get_one(User, viewer.user_id))
    session.commit()
    assert contact(own) == ("", "", "")


def test_key_rotation_encrypts_the_links_of_participants_with_the_new_key(cohort: Cohort) -> None:
    own = seat(cohort)
    url, before = db.engine.url, keyring()
    token, newest = own.token, "ab" * 32
    use_keyring(url, Keyring(lambda: [newest, "5ea1" * 16]))
    try:
        assert link_keys.reseal_links() == 1
        use_keyring(url, Keyring(lambda: [newest]))
        session.refresh(own)
        assert own.token == token
        assert link_keys.find_undecryptable_links() == []
        use_keyring(url, Keyring(lambda: ["cd" * 32]))
        assert len(link_keys.find_undecryptable_links()) == 1
    finally:
        use_keyring(url, before)


def test_garden_is_notified_when_a_contact_person_with_a_seat_is_erased(cohort: Cohort) -> None:
    factories.member(cohort.place.garden, "adviser")
    erase_contact(seat(cohort).token)
    assert session.scalars(select(Notice.kind)).all() == ["company_withdrew"]
