"""Notices to companies that missed a session: the day after, once, with the catch-up session."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from flask import Flask

from marketplace import worker
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.programme.attendance import Mark, MarkSource
from marketplace.programme.models.projects import Cohort
from marketplace.programme.models.sessions import CourseSession
from marketplace.programme.use_cases import attendance
from marketplace.programme.use_cases.attendance import MarkOrigin, NewMark
from marketplace.programme.use_cases.session_reminders import notify_of_missed_sessions
from tests import factories
from tests.factories import programme

STARTS = dt.datetime(2027, 4, 6, 11, tzinfo=dt.UTC)
"""Tuesday 13:00 in summer time."""


def at(day: int, hour: int) -> Any:
    return time_machine.travel(dt.datetime(2027, 4, day, hour, tzinfo=dt.UTC), tick=False)


@pytest.fixture
def cohort(app: Flask) -> Cohort:
    return programme.cohort(programme.place(programme.project(factories.garden())))


@pytest.fixture
def held(cohort: Cohort) -> CourseSession:
    """A session that one company attended, one missed, and one was not marked at."""
    shown = programme.course_session(cohort, STARTS)
    marks = {"var@x.example": Mark.PRESENT, "borte@x.example": Mark.ABSENT, "umerket@x.example": None}
    made = []
    for email, mark in marks.items():
        one = programme.participation(cohort, email, contact_email=email)
        if mark:
            made.append(NewMark(one.id, mark, STARTS, f"key-{one.id}"))
    session.commit()
    with at(6, 12):
        attendance.add_marks(shown.id, made, MarkOrigin(MarkSource.STAFF))
    return shown


def recipients() -> list[str]:
    return [mail.recipient for mail in session.query(OutboxMail).order_by(OutboxMail.id)]


def test_companies_that_missed_a_session_are_notified_once_the_day_after(held: CourseSession) -> None:
    with at(6, 20):
        assert notify_of_missed_sessions() == 0
    with at(7, 3):
        assert notify_of_missed_sessions() == 0, "before six in the morning"
    with at(7, 8):
        assert notify_of_missed_sessions() == 2
        assert notify_of_missed_sessions() == 0
    with at(8, 8):
        assert notify_of_missed_sessions() == 0
    assert recipients() == ["borte@x.example", "umerket@x.example"]
    assert notify_of_missed_sessions in worker.JOBS


def test_notice_has_the_date_of_the_catch_up_session(held: CourseSession) -> None:
    programme.course_session(
        held.cohort, STARTS + dt.timedelta(days=9), catch_up_of_id=held.id, venue="Smelthytta"
    )
    session.commit()
    with at(7, 8):
        notify_of_missed_sessions()
    body = session.query(OutboxMail).first().body
    assert "15. april 2027" in body
    assert "Smelthytta" in body


def test_nobody_is_notified_without_attendance_or_of_a_cancelled_session(cohort: Cohort) -> None:
    programme.participation(cohort)
    programme.course_session(cohort, STARTS, held_at=STARTS)
    programme.course_session(cohort, STARTS, number=2, held_at=STARTS, cancelled_at=STARTS)
    session.commit()
    with at(7, 8):
        assert notify_of_missed_sessions() == 0


def test_nobody_is_notified_of_a_session_of_last_week(held: CourseSession) -> None:
    with at(13, 8):
        assert notify_of_missed_sessions() == 0


def test_members_of_a_company_are_notified_on_the_site(cohort: Cohort, held: CourseSession) -> None:
    company = factories.company(of=cohort.place.garden)
    member = factories.member(company, email="marit@y.example")
    programme.participation(cohort, contact_email="jon@y.example", company_id=company.id)
    session.commit()
    with at(7, 8):
        assert notify_of_missed_sessions() == 3
        assert clock.today().day == 7
    assert [notice.user_id for notice in session.query(Notice)] == [member.user_id]
