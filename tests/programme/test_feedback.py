"""Feedback on sessions: asked in the evening, answered by link, and summarized for advisers and the lecturer."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.programme.attendance import Mark, MarkSource
from marketplace.programme.feedback import ANSWER_DAYS
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.sessions import CourseSession, SessionFeedback
from marketplace.programme.use_cases import attendance, contact_data, feedback as use_cases
from marketplace.programme.use_cases.attendance import MarkOrigin, NewMark
from tests import factories
from tests.factories import programme
from tests.support.browser import Browser

STAFF = MarkOrigin(MarkSource.STAFF)
AFTERNOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
EVENING = dt.datetime(2026, 11, 25, 17, 1, tzinfo=dt.UTC)
ANSWERS = {"useful": "4", "pace": "2", "used_before": "3", "comment": "Mer om bilder, takk."}


@pytest.fixture
def held(adviser: Viewer, time_machine: Any) -> CourseSession:
    """Session number 2, with three companies present and one absent."""
    time_machine.move_to(AFTERNOON + dt.timedelta(hours=2), tick=False)
    garden = session.get_one(type(factories.garden("Havet hage")), adviser.organisation_id)
    cohort = programme.cohort(programme.place(programme.project(garden)))
    held = programme.course_session(cohort, AFTERNOON, number=2)
    for number, name in enumerate(("Ålgård gard", "Bjørkvollen ysteri", "Zeta data", "Borte AS")):
        company = programme.participation(cohort, name)
        mark = Mark.PRESENT if name != "Borte AS" else Mark.ABSENT
        attendance.add_marks(
            held.id, [NewMark(company.id, mark, clock.now() - dt.timedelta(minutes=9), f"k{number}")], STAFF
        )
    return held


@pytest.fixture
def asked(held: CourseSession, time_machine: Any) -> CourseSession:
    time_machine.move_to(EVENING, tick=False)
    use_cases.ask_for_feedback()
    return held


def links() -> list[str]:
    mails = session.scalars(select(OutboxMail).order_by(OutboxMail.id))
    return [mail.link_path for mail in mails if mail.link_path.endswith("/feedback")]


def test_companies_that_came_are_asked_once_in_the_evening(held: CourseSession, time_machine: Any) -> None:
    assert use_cases.ask_for_feedback() == 0, "it is 15:00"
    time_machine.move_to(EVENING, tick=False)
    assert use_cases.ask_for_feedback() == 3
    assert use_cases.ask_for_feedback() == 0
    late = session.scalars(select(Participation).where(Participation.company_name == "Borte AS")).one()
    attendance.add_marks(held.id, [NewMark(late.id, Mark.LATE, clock.now(), "later")], STAFF)
    assert use_cases.ask_for_feedback() == 1
    assert session.query(SessionFeedback).count() == 4


@pytest.mark.parametrize("values", [{"held_at": None}, {"cancelled_at": AFTERNOON}])
def test_session_that_was_not_held_asks_nobody(
    held: CourseSession, time_machine: Any, values: dict[str, Any]
) -> None:
    for name, value in values.items():
        setattr(held, name, value)
    session.commit()
    time_machine.move_to(EVENING, tick=False)
    assert use_cases.ask_for_feedback() == 0


def test_session_of_last_week_asks_nobody(held: CourseSession, time_machine: Any) -> None:
    time_machine.move_to(EVENING + dt.timedelta(days=7), tick=False)
    assert use_cases.ask_for_feedback() == 0


def test_answer_can_be_changed_until_the_deadline(
    asked: CourseSession, client: Browser, time_machine: Any
) -> None:
    path = links()[0]
    answer = client.post(path, data=ANSWERS)
    assert answer.headers["Location"].endswith(f"{path}/thanks")
    assert "Takk" in client.page(f"{path}/thanks").text
    client.post(path, data=ANSWERS | {"useful": "5"})
    stored = session.scalars(select(SessionFeedback).where(SessionFeedback.answered_at.is_not(None))).one()
    assert (stored.useful, stored.pace, stored.used_before) == (5, 2, 3)
    time_machine.move_to(EVENING + dt.timedelta(days=ANSWER_DAYS, hours=5), tick=False)
    assert client.get(path).status_code == 200, "until the end of the day that the page names"
    time_machine.move_to(EVENING + dt.timedelta(days=ANSWER_DAYS, hours=6), tick=False)
    assert client.get(path).status_code == 410
    assert client.post(path, data=ANSWERS).status_code == 410


@pytest.mark.parametrize(
    "wrong", [{"useful": ""}, {"useful": "6"}, {"pace": "0"}, {"used_before": "-1"}, {"comment": "x" * 501}]
)
def test_incomplete_answer_stores_nothing(
    asked: CourseSession, client: Browser, wrong: dict[str, str]
) -> None:
    assert client.post(links()[0], data=ANSWERS | wrong).status_code == 422
    assert session.query(SessionFeedback).filter(SessionFeedback.answered_at.is_not(None)).count() == 0


def test_first_session_does_not_ask_about_the_previous_one(
    held: CourseSession, client: Browser, time_machine: Any
) -> None:
    held.number = 1
    session.commit()
    time_machine.move_to(EVENING, tick=False)
    use_cases.ask_for_feedback()
    assert "used_before" not in client.page(links()[0]).text
    client.post(links()[0], data={"useful": "3", "pace": "1"})
    assert session.query(SessionFeedback).filter(SessionFeedback.useful == 3).count() == 1


def test_adviser_sees_names_and_lecturer_none(asked: CourseSession, adviser: Viewer, client: Browser) -> None:
    room = f"/sessions/{attendance.create_link(asked.id, 'lecturer', adviser)}/room"
    first, *others = links()
    client.post(first, data=ANSWERS)
    assert "Mer om bilder" not in client.page(room).text, "one answer could be traced"
    for path in others:
        client.post(path, data=ANSWERS | {"useful": "5", "comment": ""})
    shown = client.page(room).text
    assert "4,7 av 5" in shown
    feedback = shown[shown.index("Mer om bilder") :]
    assert not any(name in feedback for name in ("Ålgård gard", "Bjørkvollen", "Zeta"))
    client.sign_in(adviser.user_id or 0)
    page = client.page(f"/programme/{asked.cohort.project.slug}/sessions/{asked.id}").text
    assert "Mer om bilder" in page
    assert "3 av 3 bedrifter" in page
    assert session.query(Notice).filter(Notice.subject.like("Tilbakemelding%")).count() == 1


def test_link_of_an_erased_contact_person_stops_working(asked: CourseSession, client: Browser) -> None:
    path = links()[0]
    feedback = session.scalars(select(SessionFeedback).order_by(SessionFeedback.id)).first()
    assert feedback is not None
    contact_data.erase_contact(feedback.participation.token)
    assert client.get(path).status_code == 404
    assert client.get("/sessions/unknown/feedback").status_code == 404
