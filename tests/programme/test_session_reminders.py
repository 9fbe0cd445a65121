"""Reminders of sessions: when they are sent, to whom, and only once."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from flask import Flask

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.programme.models.projects import Cohort
from marketplace.programme.use_cases import sessions
from marketplace.programme.use_cases.session_reminders import remind_of_sessions
from marketplace.programme.use_cases.sessions import session_details
from tests import factories
from tests.factories import programme
from tests.support.concurrency import run_concurrently

STARTS = dt.datetime(2027, 3, 30, 11, tzinfo=dt.UTC)
"""Tuesday 13:00 in summer time, which began on the Sunday before."""


@pytest.fixture
def cohort(garden: BusinessGarden) -> Cohort:
    return programme.cohort(programme.place(programme.project(garden)), "Oppdal vår")


def at(day: int, hour: int, minute: int = 0) -> Any:
    return time_machine.travel(dt.datetime(2027, 3, day, hour, minute, tzinfo=dt.UTC), tick=False)


def mails() -> list[tuple[str, str]]:
    return [(mail.recipient, mail.subject) for mail in session.query(OutboxMail).order_by(OutboxMail.id)]


def test_contact_is_reminded_three_days_before_and_the_same_morning_once_each(cohort: Cohort) -> None:
    programme.course_session(cohort, STARTS)
    programme.participation(cohort, contact_email="kari@x.example")
    programme.participation(cohort, contact_email="venter@x.example", state="waiting")
    programme.participation(cohort, contact_email="ubekreftet@x.example", confirmed_at=None)
    sent = []
    for day, hour, minute in (
        (26, 12, 0),
        (27, 4, 59),
        (27, 5, 0),
        (27, 5, 1),
        (28, 8, 0),
        (30, 3, 59),
        (30, 4, 0),
        (30, 4, 1),
    ):
        with at(day, hour, minute):
            sent.append(remind_of_sessions())
    assert sent == [0, 0, 1, 0, 0, 0, 1, 0]
    assert mails() == [("kari@x.example", "Kurs tirsdag 30. mars"), ("kari@x.example", "Kurs i dag")]
    body = session.query(OutboxMail.body).first()
    assert body is not None
    assert "Strategi og mål" in body[0]
    assert "tirsdag 30. mars 2027 kl. 13.00–16.00" in body[0]


def test_person_of_two_companies_gets_one_reminder_of_both_sessions(
    garden: BusinessGarden, cohort: Cohort
) -> None:
    other = programme.cohort(programme.place(programme.project(garden, "Annet kurs")), "Kveld")
    programme.course_session(cohort, STARTS)
    programme.course_session(other, STARTS + dt.timedelta(hours=5), number=2)
    for one in (cohort, other):
        programme.participation(one, contact_email="kari@x.example")
    with at(30, 6):
        assert remind_of_sessions() == 1
    assert mails() == [("kari@x.example", "Flere kurs i dag")]


def test_members_of_a_registered_company_are_reminded_with_a_message(
    garden: BusinessGarden, cohort: Cohort
) -> None:
    company = factories.company(of=garden)
    owner = factories.member(company, "owner", email="kari@x.example")
    colleague = factories.member(company, "member", email="ola@x.example")
    programme.participation(cohort, contact_email="kari@x.example", company_id=company.id)
    programme.course_session(cohort, STARTS)
    with at(30, 6):
        remind_of_sessions()
    assert sorted(mails()) == [("kari@x.example", "Kurs i dag"), ("ola@x.example", "Kurs i dag")]
    notices = {notice.user_id: notice.link_path for notice in session.query(Notice)}
    assert notices == dict.fromkeys((owner.user_id, colleague.user_id), "/course"), "no secret link at rest"


def test_cancelled_or_begun_session_is_not_reminded_of(cohort: Cohort) -> None:
    programme.participation(cohort)
    programme.course_session(cohort, STARTS, cancelled_at=STARTS)
    programme.course_session(cohort, STARTS - dt.timedelta(hours=6))
    with at(30, 6):
        assert remind_of_sessions() == 0


def test_moved_session_is_reminded_of_again(adviser: Viewer, cohort: Cohort) -> None:
    programme.participation(cohort, contact_email="kari@x.example")
    row = programme.course_session(cohort, STARTS)
    with at(27, 6):
        assert remind_of_sessions() == 1
        details = replace(session_details(row), day=dt.date(2027, 4, 1), address="Torget 1")
        sessions.save_session(adviser, cohort.project.slug, row.id, details)
    with at(29, 6):
        assert remind_of_sessions() == 1
    assert [subject for _to, subject in mails()][-1] == "Kurs torsdag 1. april"


def test_reminder_is_sent_a_day_late_if_the_service_was_down(cohort: Cohort) -> None:
    programme.participation(cohort, contact_email="kari@x.example")
    programme.course_session(cohort, STARTS)
    with at(28, 6):
        assert (remind_of_sessions(), remind_of_sessions()) == (1, 0)
    assert mails() == [("kari@x.example", "Kurs tirsdag 30. mars")]


def test_session_that_is_moved_to_the_next_days_is_announced_without_a_reminder(
    adviser: Viewer, cohort: Cohort
) -> None:
    programme.participation(cohort, contact_email="kari@x.example")
    row = programme.course_session(cohort, STARTS)
    with at(25, 6):
        details = replace(session_details(row), day=dt.date(2027, 3, 28), address="Torget 1")
        sessions.save_session(adviser, cohort.project.slug, row.id, details)
        assert remind_of_sessions() == 0
    with at(28, 6):
        assert remind_of_sessions() == 1


@pytest.mark.both_databases
def test_two_workers_remind_once(app: Flask, cohort: Cohort) -> None:
    for _number in range(3):
        programme.participation(cohort)
    programme.course_session(cohort, STARTS)
    with at(30, 6):
        assert (
            sum(
                result
                for result in run_concurrently(app, lambda _index: remind_of_sessions(), 4)
                if result != "done"
            )
            == 3
        )
    assert len(mails()) == 3
