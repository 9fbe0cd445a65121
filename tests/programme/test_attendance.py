"""Attendance: marks of several devices in any order, guests, links, self check-in, and the count of sessions."""

import datetime as dt
import json
import random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.viewer import Viewer
from marketplace.programme.attendance import Mark, MarkSource
from marketplace.programme.check_in import check_in_code
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort
from marketplace.programme.models.sessions import AttendanceMark, CourseSession
from marketplace.programme.queries.attendance import attendance_list, attended_by
from marketplace.programme.queries.progress import count_topics
from marketplace.programme.use_cases import attendance as use_cases
from marketplace.programme.use_cases.attendance import MarkOrigin, NewMark
from tests import factories
from tests.factories import briefs, programme, strategy as strategies
from tests.support.browser import Browser
from tests.support.concurrency import run_concurrently
from tests.support.page_rules import text_of

STAFF = MarkOrigin(MarkSource.STAFF)


@pytest.fixture
def cohort(adviser: Viewer) -> Cohort:
    garden = session.get_one(type(factories.garden("Havet hage")), adviser.organisation_id)
    cohort = programme.cohort(programme.place(programme.project(garden)))
    for name in ("Ålgård gard", "Bjørkvollen ysteri", "Zeta data"):
        programme.participation(cohort, name)
    return cohort


@pytest.fixture
def today(cohort: Cohort) -> CourseSession:
    course_session = programme.course_session(cohort, clock.now() - dt.timedelta(hours=1))
    session.commit()
    return course_session


def companies(cohort: Cohort) -> list[int]:
    return list(session.scalars(select(Participation.id).where(Participation.cohort_id == cohort.id)))


def mark(company: int, kind: Mark, seconds: int, key: str) -> NewMark:
    return NewMark(company, kind, clock.now() - dt.timedelta(minutes=30) + dt.timedelta(seconds=seconds), key)


def here(course_session: CourseSession) -> set[str]:
    return {row.participation.company_name for row in attendance_list(course_session).rows if row.is_here}


def test_list_is_sorted_in_norwegian_order(today: CourseSession) -> None:
    names = [row.participation.company_name for row in attendance_list(today).rows]
    assert names == ["Bjørkvollen ysteri", "Zeta data", "Ålgård gard"]


def send_interleaved(course_session: CourseSession, cohort: Cohort, seed: int) -> dict[int, Mark]:
    """Send taps of two phones in batches that are repeated, split and shuffled; return the last tap by company."""
    draw = random.Random(seed)
    ids = companies(cohort)
    taps = [
        mark(draw.choice(ids), draw.choice([Mark.PRESENT, Mark.ABSENT]), second, f"key-{seed}-{second}")
        for second in range(30)
    ]
    phones: tuple[list[NewMark], list[NewMark]] = ([], [])
    for tap in taps:
        draw.choice(phones).append(tap)
    batches = [phone[start : start + 4] for phone in phones for start in range(0, len(phone), 3)]
    draw.shuffle(batches)
    for batch in batches:
        use_cases.add_marks(course_session.id, batch, STAFF)
    return {tap.participation_id: tap.mark for tap in taps}


@pytest.mark.both_databases
@pytest.mark.sample(5)
@pytest.mark.parametrize("seed", range(20))
def test_marks_of_two_phones_in_any_order_give_the_latest_on_the_devices(
    today: CourseSession, cohort: Cohort, seed: int
) -> None:
    expected = send_interleaved(today, cohort, seed)
    shown = {row.participation.id: row.mark for row in attendance_list(today).rows if row.mark}
    assert shown == expected
    assert session.query(AttendanceMark).count() == 30


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.once
def test_thousand_interleavings_of_two_phones_lose_nothing(cohort: Cohort) -> None:
    for seed in range(1000):
        begun = programme.course_session(cohort, clock.now() - dt.timedelta(hours=1))
        session.commit()
        expected = send_interleaved(begun, cohort, seed)
        shown = {row.participation.id: row.mark for row in attendance_list(begun).rows if row.mark}
        assert shown == expected, seed
        assert session.query(AttendanceMark).filter_by(session_id=begun.id).count() == 30, seed


@pytest.mark.both_databases
def test_two_phones_at_once_lose_no_mark(today: CourseSession, cohort: Cohort, app: Flask) -> None:
    ids, session_id = companies(cohort), today.id

    def send(phone: int) -> None:
        for number, company in enumerate(ids):
            use_cases.add_marks(session_id, [mark(company, Mark.PRESENT, number, f"{phone}-{number}")], STAFF)

    assert run_concurrently(app, send, 4) == ["done"] * 4
    assert session.query(AttendanceMark).count() == 12


def test_form_marks_only_boxes_that_were_changed(today: CourseSession, cohort: Cohort) -> None:
    first, second, third = companies(cohort)
    use_cases.add_marks(today.id, [mark(first, Mark.PRESENT, 0, "another-phone")], STAFF)
    stale = dict.fromkeys((first, second, third), False)
    use_cases.save_list(today.id, stale | {second: True}, stale, STAFF)
    assert len(here(today)) == 2, "the stale form does not undo the mark of the other phone"


def test_wrong_clock_of_a_phone_does_not_win_for_ever(today: CourseSession, cohort: Cohort) -> None:
    company = companies(cohort)[0]
    ahead = NewMark(company, Mark.ABSENT, clock.now() + dt.timedelta(days=400), "ahead")
    use_cases.add_marks(today.id, [ahead], STAFF)
    with clock.as_of(clock.now() + dt.timedelta(minutes=1)):
        use_cases.add_marks(today.id, [NewMark(company, Mark.PRESENT, clock.now(), "later")], STAFF)
    assert len(here(today)) == 1


def test_session_of_a_later_day_refuses_marks(
    today: CourseSession, cohort: Cohort, adviser: Viewer, client: Browser
) -> None:
    later = programme.course_session(cohort, clock.now() + dt.timedelta(days=2))
    session.commit()
    with pytest.raises(Conflict, match="den dagen"):
        use_cases.mark_all_here(later.id, STAFF)
    assert session.query(AttendanceMark).count() == 0
    assert later.held_at is None
    client.sign_in(adviser.user_id or 0)
    page = client.page(f"/programme/{cohort.project.slug}/sessions/{later.id}/attendance")
    assert "Oppmøte kan registreres den dagen" in page.text
    assert "Kryss av for alle" not in page.text


def test_cancelled_session_refuses_marks(today: CourseSession, cohort: Cohort) -> None:
    today.cancelled_at = clock.now()
    session.commit()
    with pytest.raises(Conflict):
        use_cases.add_marks(today.id, [mark(companies(cohort)[0], Mark.PRESENT, 0, "k")], STAFF)


def test_company_of_another_project_cannot_be_marked(today: CourseSession) -> None:
    stranger = programme.participation(programme.project(factories.garden("Kysten hage")), "Fremmed AS")
    session.commit()
    with pytest.raises(NotFound):
        use_cases.add_marks(today.id, [mark(stranger.id, Mark.PRESENT, 0, "k")], STAFF)


def test_guest_joins_the_project_or_is_recognized_by_name(today: CourseSession) -> None:
    new = use_cases.add_guest(today.id, "Sørgjest AS", "Ola", "", STAFF)
    assert (new.state, new.cohort_id) == ("signed_up", today.cohort_id)
    again = use_cases.add_guest(today.id, " sørgjest  as", "Ola", "", STAFF)
    assert again.id == new.id
    assert "Sørgjest AS" in here(today)


def test_guests_beyond_the_seats_are_listed_and_shown_to_the_adviser(
    today: CourseSession, cohort: Cohort, browser: Browser
) -> None:
    cohort.seats = 3
    session.commit()
    path = f"/programme/{cohort.project.slug}/sessions/{today.id}/attendance"
    assert "3 plasser" not in browser.page(path).text
    use_cases.add_guest(today.id, "Sørgjest AS", "Ola", "", STAFF)
    assert "4 bedrifter står på listen, og kurset har 3 plasser" in browser.page(path).text


def test_guest_with_the_name_of_two_companies_is_the_one_with_a_seat_here(
    today: CourseSession, cohort: Cohort
) -> None:
    programme.participation(cohort.project, "Moen rør")
    seated = programme.participation(cohort, "Moen rør")
    assert use_cases.add_guest(today.id, "Moen rør", "Ola", "", STAFF) is seated


def test_catch_up_session_counts_once(today: CourseSession, cohort: Cohort) -> None:
    company = companies(cohort)[0]
    catch_up = programme.course_session(
        cohort, clock.now() - dt.timedelta(minutes=50), catch_up_of_id=today.id
    )
    second = programme.course_session(cohort, clock.now() - dt.timedelta(minutes=40), number=2)
    session.commit()
    for number, one in enumerate((today, catch_up, second)):
        use_cases.add_marks(one.id, [mark(company, Mark.PRESENT, number, f"k{number}")], STAFF)
    assert attended_by([company]) == {company: 2}


def test_page_takes_attendance_with_and_without_script(
    today: CourseSession, cohort: Cohort, adviser: Viewer, client: Browser
) -> None:
    client.sign_in(adviser.user_id or 0)
    path = f"/programme/{cohort.project.slug}/sessions/{today.id}/attendance"
    first, second, _third = companies(cohort)
    assert "Kryss av for alle" in client.page(path).text
    client.post(path, data={"act": "save", "listed": [first, second], "here": [first]})
    assert len(here(today)) == 1
    sent = [{"company": second, "mark": "here", "at": int(clock.now().timestamp() * 1000), "key": "a1"}]
    answer = client.post(path, data={"marks": json.dumps(sent)})
    assert answer.get_json() == {"stored": ["a1"]}
    assert len(here(today)) == 2
    client.post(path, data={"act": "all", "listed": [first, second]})
    assert len(here(today)) == 3


@pytest.mark.parametrize("sent", ["", "{", "[1]", '[{"company": "x", "mark": "here", "at": 1, "key": "k"}]',
    '[{"company": 1, "mark": "gone", "at": 1, "key": "k"}]', '[{"company": 1, "mark": "here", "at": 1e30, "key": "k"}]'])  # fmt: skip
def test_unreadable_marks_are_refused(
    today: CourseSession, cohort: Cohort, adviser: Viewer, client: Browser, sent: str
) -> None:
    client.sign_in(adviser.user_id or 0)
    path = f"/programme/{cohort.project.slug}/sessions/{today.id}/attendance"
    assert client.post(path, data={"marks": sent}).status_code == 400


def test_link_takes_attendance_until_the_end_of_the_day(
    today: CourseSession, adviser: Viewer, client: Browser, time_machine: Any
) -> None:
    token = use_cases.create_link(today.id, "attendance", adviser)
    path = f"/sessions/{token}/list"
    client.post(path, data={"act": "all"})
    assert len(here(today)) == 3
    assert client.get(f"/sessions/{token}/room").status_code == 404, "the link has one purpose"
    use_cases.withdraw_links(today.id, "attendance", adviser)
    assert client.get(path).status_code == 404
    again = use_cases.create_link(today.id, "attendance", adviser)
    time_machine.move_to(clock.now() + dt.timedelta(days=2), tick=False)
    assert client.get(f"/sessions/{again}/list").status_code == 404


def test_link_made_after_the_day_of_the_session_works_today(
    cohort: Cohort, adviser: Viewer, client: Browser
) -> None:
    past = programme.course_session(cohort, clock.now() - dt.timedelta(days=40))
    for purpose, page in (("attendance", "list"), ("lecturer", "room")):
        token = use_cases.create_link(past.id, purpose, adviser)
        assert client.get(f"/sessions/{token}/{page}").status_code == 200


def test_lecturer_sees_progress_and_never_content(
    today: CourseSession, adviser: Viewer, client: Browser
) -> None:
    token = use_cases.create_link(today.id, "lecturer", adviser)
    page = client.page(f"/sessions/{token}/room").text
    assert "Bjørkvollen ysteri" in page
    assert "bjorkvollen.example" not in page


def test_lecturer_sees_guide_and_strategy_of_each_company(
    today: CourseSession, cohort: Cohort, adviser: Viewer, client: Browser
) -> None:
    for name, done in (("Begynt AS", 3), ("Ferdig AS", count_topics()), ("Tom AS", 0)):
        company = factories.company(name)
        programme.participation(cohort, name, company_id=company.id)
        if done:
            owner = factories.member(company, "owner")
            briefs.draft(owner).confirmed_topics = [str(number) for number in range(done)]
            added = strategies.strategy(owner)
            added.completed_at = clock.now() if name == "Ferdig AS" else None
    session.commit()
    page = client.page(f"/sessions/{use_cases.create_link(today.id, 'lecturer', adviser)}/room")
    rows = [text_of(row) for row in page.all("li", **{"class": "progress-row"})]
    shown = {name: next(row for row in rows if name in row) for name in ("Begynt AS", "Ferdig AS", "Tom AS")}
    assert "3 av 7 temaer" in shown["Begynt AS"]
    assert "Strategien: begynt" in shown["Begynt AS"]
    assert "Strategien: ferdig" in shown["Ferdig AS"]
    assert "Strategien: ikke begynt" in shown["Tom AS"]
    assert [name for name, text in shown.items() if "Guide og strategi er ferdige" in text] == ["Ferdig AS"]
    assert "geitemelk" not in page.text


def test_company_checks_in_with_the_code_in_the_room(
    today: CourseSession, cohort: Cohort, client: Browser, app: Flask, time_machine: Any
) -> None:
    code = check_in_code(str(app.secret_key), today.id, clock.now())
    path = f"/here/{today.id}/{code.lower()}"
    answer = client.post(path, data={"company": str(companies(cohort)[0])})
    assert answer.status_code == 200
    assert f'href="{path}">Velg en annen bedrift' in answer.text
    assert len(here(today)) == 1
    assert client.get(f"/here/{today.id}/AAAAAA").status_code == 410
    time_machine.move_to(clock.now() + dt.timedelta(hours=2), tick=False)
    assert client.get(path).status_code == 410


def test_head_count_does_not_change_the_attendance_list(
    today: CourseSession, cohort: Cohort, adviser: Viewer, client: Browser
) -> None:
    client.sign_in(adviser.user_id or 0)
    path = f"/programme/{cohort.project.slug}/sessions/{today.id}/held"
    use_cases.mark_all_here(today.id, STAFF)
    seen = client.page(path).one("input", name="seen").get("value")
    client.post(path, data={"head_count": "22", "seen": seen})
    assert client.post(path, data={"seen": seen}).status_code == 409
    session.refresh(today)
    assert (today.head_count, attendance_list(today).here) == (22, 3)
    assert today.held_at is not None
    page = client.page(path.removesuffix("/held")).text
    assert "3 bedrifter kom" in page
    assert "22 personer talt i rommet" in page


def test_session_is_confirmed_only_once_it_has_begun(
    today: CourseSession, cohort: Cohort, adviser: Viewer, client: Browser
) -> None:
    client.sign_in(adviser.user_id or 0)
    path = f"/programme/{cohort.project.slug}/sessions/{today.id}/held"
    assert client.page(path).all("input", id="head_count")
    today.starts_at = clock.now() + dt.timedelta(minutes=5)
    session.commit()
    page = client.page(path)
    assert "Kom tilbake hit når den er over." in page.text
    assert not page.all("input", id="head_count")


def test_other_garden_finds_nothing(today: CourseSession, cohort: Cohort, client: Browser) -> None:
    other: Any = factories.member(factories.garden("Kysten hage"), "curator")
    client.sign_in(other.user_id)
    for page in ("attendance", "held", "sheet", "links", "code"):
        assert client.get(f"/programme/{cohort.project.slug}/sessions/{today.id}/{page}").status_code == 404
