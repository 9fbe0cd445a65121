"""Sessions: planning, copying, moving, cancelling, material, warnings, and what another garden sees."""

import datetime as dt
import io
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from flask import Flask
from PIL import Image

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.optimistic_lock import fingerprint
from marketplace.core.viewer import Viewer
from marketplace.files.models import StoredFile
from marketplace.organisations.models import BusinessGarden
from marketplace.outbox.models import OutboxMail
from marketplace.programme.models.projects import Cohort, Project
from marketplace.programme.models.sessions import CourseSession, SessionMaterial
from marketplace.programme.queries.cohorts import project_page
from marketplace.programme.queries.projects import project_for
from marketplace.programme.queries.sessions import session_page, session_warnings
from marketplace.programme.use_cases import cohorts, sessions
from marketplace.programme.use_cases.sessions import CourseDates, SessionDetails
from tests import factories
from tests.factories import programme
from tests.support.browser import Browser
from tests.support.page_rules import HtmlPage, text_of
from tests.support.sql_capture import captured_sql

NOW = dt.datetime(2027, 1, 4, 8, tzinfo=dt.UTC)
DETAILS = SessionDetails(
    "", dt.date(2027, 3, 9), dt.time(13), dt.time(16), "Meieriet", "Ola Setroms veg 1", "5021", "Liv Aas", ""
)
PLAN = {
    "first_day": "2027-03-09",
    "weeks": "3",
    "starts": "13:00",
    "ends": "16:00",
    "municipality_number": "5021",
    "venue": "Meieriet",
    "lecturer": "Liv Aas",
}
EDIT = {"day": "2027-03-10", "starts": "13.00", "ends": "kl. 16", "municipality_number": "5021"}


@pytest.fixture(autouse=True)
def _january() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def project(garden: BusinessGarden) -> Project:
    return programme.project(garden, starts_on=dt.date(2027, 1, 1), ends_on=dt.date(2027, 12, 31))


@pytest.fixture
def cohort(project: Project) -> Cohort:
    return programme.cohort(programme.place(project), "Oppdal vår")


@pytest.fixture
def browser(app: Flask, adviser: Viewer) -> Browser:
    opened: Browser = app.test_client()  # type: ignore[assignment]  # because the app's client is our browser
    return opened.sign_in(adviser.user_id or 0)


def local_times(cohort: Cohort) -> list[str]:
    rows = session.query(CourseSession).filter_by(cohort_id=cohort.id).order_by(CourseSession.number)
    return [clock.to_local(row.starts_at).strftime("%d.%m %H:%M") for row in rows]


def planned(adviser: Viewer, cohort: Cohort, details: SessionDetails = DETAILS) -> list[CourseSession]:
    return sessions.plan_course(adviser, cohort.project.slug, cohort.id, CourseDates(3, details))


def test_six_sessions_are_planned_at_the_same_local_time_across_clock_changes(
    browser: Browser, cohort: Cohort, project: Project
) -> None:
    page = browser.page(f"/programme/{project.slug}/cohorts/{cohort.id}/plan")
    assert page.one("input", name="starts").get("value") == "13:00"
    assert browser.post(f"/programme/{project.slug}/cohorts/{cohort.id}/plan", data=PLAN).status_code == 303
    assert local_times(cohort) == [
        "09.03 13:00",
        "30.03 13:00",
        "20.04 13:00",
        "11.05 13:00",
        "01.06 13:00",
        "22.06 13:00",
    ]
    utc_hours = {
        row.starts_at.month: row.starts_at.hour
        for row in session.query(CourseSession).order_by(CourseSession.starts_at)
    }
    assert (utc_hours[3], utc_hours[6]) == (11, 11)
    assert len({row.uid for row in session.query(CourseSession)}) == 6
    listed = browser.page(f"/programme/{project.slug}/sessions").text
    assert "Strategi og mål" in listed
    assert "Bestill riktig og behold kontrollen" in listed


def test_cohort_is_planned_once(adviser: Viewer, cohort: Cohort, browser: Browser) -> None:
    planned(adviser, cohort)
    with pytest.raises(Conflict, match="har allerede samlinger"):
        planned(adviser, cohort)
    answer = browser.get(f"/programme/{cohort.project.slug}/cohorts/{cohort.id}/plan")
    assert answer.status_code == 303
    assert session.query(CourseSession).count() == 6


def test_copy_gives_each_cohort_its_own_days_place_and_uids(
    browser: Browser, adviser: Viewer, cohort: Cohort, project: Project
) -> None:
    planned(adviser, cohort)
    targets = [
        programme.cohort(programme.place(project, name, municipality_number=number), name)
        for name, number in (("Røros", "5025"), ("Orkland", "5059"), ("Hitra", "5056"))
    ]
    path = f"/programme/{project.slug}/cohorts/{cohort.id}/copy"
    assert browser.get(path).text.count(" checked") == len(targets)
    assert "Velg minst ett kull" in browser.post(path, data={"days": "1"}).text
    answer = browser.post(path, data={"targets": [str(row.id) for row in targets], "days": "1"})
    assert answer.status_code == 303
    assert [local_times(row)[0] for row in targets] == ["10.03 13:00", "11.03 13:00", "12.03 13:00"]
    assert local_times(targets[0])[1] == "31.03 13:00"
    first = session.query(CourseSession).filter_by(cohort_id=targets[1].id, number=1).one()
    assert (first.venue, first.municipality_number, first.lecturer) == ("", "5059", "Liv Aas")
    assert len({row.uid for row in session.query(CourseSession)}) == 24
    assert "Alle kull har samlinger" in browser.page(path).text


@pytest.mark.parametrize(
    ("changes", "sequence"),
    [
        ({"starts": dt.time(12)}, 1),
        ({"day": dt.date(2027, 3, 10)}, 1),
        ({"venue": "Rådhuset"}, 1),
        ({"municipality_number": "5022"}, 1),
        ({"lecturer": "Per Moe"}, 0),
        ({"title": "Noe annet"}, 0),
        ({}, 0),
    ],
)
def test_sequence_grows_only_with_time_and_place(
    adviser: Viewer, cohort: Cohort, changes: dict[str, Any], sequence: int
) -> None:
    row = planned(adviser, cohort)[0]
    uid = row.uid
    sessions.save_session(adviser, cohort.project.slug, row.id, replace(DETAILS, **changes))
    assert (row.sequence, row.uid) == (sequence, uid)


@pytest.mark.parametrize(("seats", "message"), [(0, "Lagret."), (1, "får en e-post")])
def test_moved_session_says_that_companies_get_an_email_only_if_they_do(
    browser: Browser, adviser: Viewer, cohort: Cohort, seats: int, message: str
) -> None:
    row = planned(adviser, cohort)[0]
    for _ in range(seats):
        programme.participation(cohort)
    session.commit()
    path = f"/programme/{cohort.project.slug}/sessions/{row.id}"
    moved_to_the_past = browser.post(f"{path}/edit", data=EDIT | {"day": "2027-01-02"}, follow_redirects=True)
    assert message in moved_to_the_past.text
    assert ("får en e-post som" in moved_to_the_past.text) is bool(seats)
    assert session.query(OutboxMail).count() == seats
    browser.post(f"{path}/edit", data=EDIT | {"day": "2027-01-03"})
    assert session.query(OutboxMail).count() == seats


def test_session_must_end_after_it_starts(browser: Browser, adviser: Viewer, cohort: Cohort) -> None:
    row = planned(adviser, cohort)[0]
    path = f"/programme/{cohort.project.slug}/sessions/{row.id}/edit"
    for starts, ends in (("16:00", "13:00"), ("13:00", "13:00")):
        answer = browser.post(path, data=EDIT | {"starts": starts, "ends": ends})
        assert answer.status_code == 422
        assert "må slutte etter at den begynner" in answer.text
    answer = browser.post(path, data=EDIT | {"starts": "25:00"})
    assert "Skriv et klokkeslett, som 13:00." in answer.text
    assert browser.post(path, data=EDIT).status_code == 303
    assert local_times(cohort)[0] == "10.03 13:00"


def test_times_around_clock_changes_are_unambiguous(adviser: Viewer, cohort: Cohort) -> None:
    row = planned(adviser, cohort)[0]

    def save(day: dt.date, starts: dt.time, ends: dt.time) -> None:
        details = replace(DETAILS, day=day, starts=starts, ends=ends)
        sessions.save_session(adviser, cohort.project.slug, row.id, details)

    with pytest.raises(RuleBroken, match="finnes ikke") as error:
        save(dt.date(2027, 3, 28), dt.time(2, 30), dt.time(5))
    assert error.value.field == "starts"
    save(dt.date(2027, 3, 28), dt.time(1), dt.time(4))
    assert row.ends_at - row.starts_at == dt.timedelta(hours=2)
    save(dt.date(2027, 10, 31), dt.time(1), dt.time(4))
    assert row.ends_at - row.starts_at == dt.timedelta(hours=4)
    save(dt.date(2027, 10, 31), dt.time(2, 30), dt.time(4))
    assert sessions.session_details(row).starts == dt.time(2, 30)
    assert row.starts_at == dt.datetime(2027, 10, 31, 0, 30, tzinfo=dt.UTC)


def test_second_editor_of_a_session_sees_the_first_change(
    browser: Browser, adviser: Viewer, cohort: Cohort
) -> None:
    row = planned(adviser, cohort)[0]
    seen = fingerprint(sessions.session_details(row))
    path = f"/programme/{cohort.project.slug}/sessions/{row.id}/edit"
    first = browser.post(path, data=EDIT | {"seen": seen, "venue": "Rådhuset"})
    second = browser.post(path, data=EDIT | {"seen": seen, "venue": "Kulturhuset"})
    assert (first.status_code, second.status_code) == (303, 409)
    assert "Kulturhuset" in second.text
    assert "Rådhuset" in second.text
    assert session.get_one(CourseSession, row.id).venue == "Rådhuset"


def test_cancelled_session_is_restored_with_the_same_uid_and_a_higher_sequence(
    browser: Browser, adviser: Viewer, cohort: Cohort
) -> None:
    row = planned(adviser, cohort)[0]
    uid, path = row.uid, f"/programme/{cohort.project.slug}/sessions/{row.id}"
    assert browser.post(f"{path}/cancel", data={"reason": ""}).status_code == 422
    assert browser.post(f"{path}/cancel", data={"reason": "Snøstorm over fjellet"}).status_code == 303
    assert (row.sequence, row.cancelled_at) == (1, NOW)
    page = browser.page(path)
    assert "Snøstorm over fjellet" in page.text
    with pytest.raises(Conflict, match="er avlyst"):
        sessions.save_session(adviser, cohort.project.slug, row.id, DETAILS)
    assert browser.post(f"{path}/restore").status_code == 303
    assert browser.post(f"{path}/restore").status_code == 303
    assert (row.uid, row.sequence, row.cancelled_at, row.cancelled_reason) == (uid, 2, None, "")


def test_companies_that_no_email_reaches_are_listed_with_telephone(
    browser: Browser, adviser: Viewer, garden: BusinessGarden, cohort: Cohort
) -> None:
    row = planned(adviser, cohort)[0]
    programme.participation(cohort, "Moen rør")
    registered = factories.company("Åsen gård", of=garden)
    programme.participation(cohort, "Åsen gård", contact_email="", company_id=registered.id)
    programme.participation(cohort, "Lia kafé", contact_email="", contact_phone="999 00 111")
    session.commit()
    path = f"/programme/{cohort.project.slug}/sessions/{row.id}"
    for page in (browser.page(path), browser.page(f"{path}/cancel")):
        assert "1 bedrift får ingen e-post" in page.text
        assert page.links()["999 00 111"] == "tel:99900111"
        assert "Moen rør" not in page.links()
    assert "2 bedrifter får en e-post med grunnen" in browser.page(f"{path}/cancel").text


def test_held_session_is_cancelled_only_after_its_attendance_is_corrected(
    browser: Browser, adviser: Viewer, cohort: Cohort
) -> None:
    row = planned(adviser, cohort)[0]
    row.held_at = NOW
    company = programme.participation(cohort)
    programme.mark(row, company)
    path = f"/programme/{cohort.project.slug}/sessions/{row.id}"
    answer = browser.post(f"{path}/cancel", data={"reason": "Feil dag"})
    assert "kan ikke avlyses" in answer.text
    assert row.cancelled_at is None
    programme.mark(row, company, "away", marked_at=row.starts_at + dt.timedelta(minutes=1))
    assert f"{path}/cancel" in browser.page(path).links().values()
    row.starts_at, row.ends_at = NOW - dt.timedelta(hours=4), NOW - dt.timedelta(hours=1)
    assert "ingen får beskjed, og du kan ikke angre" in browser.page(f"{path}/cancel").text
    assert browser.post(f"{path}/cancel", data={"reason": "Snøstorm"}).status_code == 303
    session.refresh(row)
    assert (row.held_at, row.cancelled_at is None) == (None, False)


def test_catch_up_refers_to_the_original_also_from_another_catch_up(
    browser: Browser, adviser: Viewer, cohort: Cohort
) -> None:
    row = planned(adviser, cohort)[2]
    path = f"/programme/{cohort.project.slug}/sessions/{row.id}"
    assert browser.page(f"{path}/catch-up").one("input", name="day").get("value") == ""
    assert browser.post(f"{path}/catch-up", data=EDIT | {"day": "2027-05-20"}).status_code == 303
    first = session.query(CourseSession).filter_by(catch_up_of_id=row.id).one()
    second = sessions.add_catch_up(
        adviser, cohort.project.slug, first.id, replace(DETAILS, day=dt.date(2027, 5, 27))
    )
    assert (first.number, second.catch_up_of_id) == (3, row.id)
    assert "20. mai" in browser.page(path).text


def test_warnings_name_holiday_period_and_double_booked_lecturer(
    browser: Browser, adviser: Viewer, cohort: Cohort, project: Project
) -> None:
    other = programme.cohort(programme.place(project, "Røros"), "Røros vår")
    holiday = replace(DETAILS, day=dt.date(2027, 5, 17))
    rows = planned(adviser, cohort, holiday)
    overlapping = planned(adviser, other, replace(holiday, lecturer="liv aas", starts=dt.time(15)))
    sessions.save_session(adviser, project.slug, rows[5].id, replace(DETAILS, day=dt.date(2028, 1, 4)))
    warnings = session_warnings(project_for(adviser, project.slug), rows)
    assert warnings[rows[0].id] == [
        "Denne dagen er i en helg eller på en helligdag.",
        "Kursholderen har en samling for Røros vår samtidig.",
    ]
    assert warnings[rows[5].id] == ["Denne dagen er utenfor prosjektperioden."]
    assert "helligdag" in browser.page(f"/programme/{project.slug}/sessions/{rows[0].id}").text
    sessions.cancel_session(adviser, project.slug, overlapping[0].id, "Dobbelt")
    assert len(session_warnings(project_for(adviser, project.slug), rows)[rows[0].id]) == 1


def test_session_out_of_the_order_of_the_course_or_in_the_past_gets_a_warning(
    browser: Browser, adviser: Viewer, cohort: Cohort, project: Project
) -> None:
    rows = planned(adviser, cohort)
    path = f"/programme/{project.slug}/sessions/{rows[1].id}"
    browser.post(f"{path}/edit", data=EDIT | {"day": "2027-03-01"})
    warnings = session_warnings(project_for(adviser, project.slug), rows)
    assert [len(warnings[row.id]) for row in rows[:3]] == [1, 1, 0]
    assert warnings[rows[1].id][0] in browser.page(f"{path}/edit").text
    browser.post(f"{path}/edit", data=EDIT | {"day": "2026-03-01"})
    assert "1. mars 2026, er passert" in browser.page(path).text


def test_session_page_shows_distance_from_the_companies_to_the_venue(
    browser: Browser, adviser: Viewer, cohort: Cohort
) -> None:
    row = planned(adviser, cohort)[0]
    for number in ("5021", "5021", "5025", ""):
        programme.participation(cohort, municipality_number=number)
    programme.participation(cohort, municipality_number="5056", state="withdrawn")
    travel = session_page(project_for(adviser, cohort.project.slug), row).travel
    assert travel is not None
    assert (travel.companies, travel.median_km) == (3, 0)
    assert 80 < travel.longest_km < 100
    page = browser.page(f"/programme/{cohort.project.slug}/sessions/{row.id}")
    assert "openstreetmap.org/search?query=Ola%20Setroms%20veg%201" in page.html


def picture() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(target, "PNG")
    return target.getvalue()


def test_material_is_a_link_or_a_checked_file(browser: Browser, adviser: Viewer, cohort: Cohort) -> None:
    row = planned(adviser, cohort)[0]
    path = f"/programme/{cohort.project.slug}/sessions/{row.id}/material"

    def post(**values: Any) -> Any:
        return browser.post(path, data={"title": "Arket", "use": "before"} | values)

    assert post(url="www.naring.example/ark").status_code == 303
    assert post(file=(io.BytesIO(picture()), "ark.png")).status_code == 303
    assert "en av delene" in post().text
    assert "en av delene" in post(url="x.example", file=(io.BytesIO(picture()), "ark.png")).text
    refused = HtmlPage(post(file=(io.BytesIO(b"MZ not a picture"), "ark.pdf")).text)
    field = refused.parents[refused.one("input", name="file")]
    assert "Velg en PDF" in text_of(field)
    assert post(url="javascript:alert(1)").status_code == 422
    link, file = session.query(SessionMaterial).order_by(SessionMaterial.id)
    assert link.url == "https://www.naring.example/ark"
    download = browser.get(f"{path}/{file.id}")
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert download.mimetype == "image/webp"
    assert browser.get(f"{path}/{link.id}").status_code == 404
    assert "Fjern «Arket»" in browser.page(f"{path}/{file.id}/remove").text
    assert browser.post(f"{path}/{file.id}/remove").status_code == 303
    assert session.query(StoredFile).count() == 0


def test_sessions_are_not_found_by_gardens_without_the_place(
    app: Flask, adviser: Viewer, cohort: Cohort, project: Project
) -> None:
    row = planned(adviser, cohort)[0]
    partner = factories.garden("Hitra næringshage", covered_municipalities=["5056"])
    programme.place(project, "Hitra", garden_id=partner.id)
    for garden in (partner, factories.garden("Annen", covered_municipalities=["5059"])):
        stranger = app.test_client().sign_in(factories.member(garden, "curator").user_id or 0)
        base = f"/programme/{project.slug}"
        for name in ("", "/edit", "/cancel", "/catch-up", "/material"):
            assert stranger.get(f"{base}/sessions/{row.id}{name}").status_code == 404, name
        for name in ("/edit", "/cancel", "/catch-up", "/material", "/restore"):
            assert stranger.post(f"{base}/sessions/{row.id}{name}").status_code == 404, name
        for name in ("plan", "copy"):
            assert stranger.get(f"{base}/cohorts/{cohort.id}/{name}").status_code == 404, name
    shown = app.test_client().sign_in(factories.member(partner, "adviser").user_id or 0)
    assert "Oppdal vår" not in shown.page(f"/programme/{project.slug}/sessions").text


def test_cancelled_cohort_cancels_its_sessions(
    garden: BusinessGarden, adviser: Viewer, cohort: Cohort
) -> None:
    rows = planned(adviser, cohort)
    access = project_for(adviser, cohort.project.slug)
    assert len(project_page(access).upcoming) == 6
    cohorts.cancel_cohort(factories.member(garden, "curator"), cohort.project.slug, cohort.id)
    assert all(row.cancelled_at is not None and row.sequence == 1 for row in rows)
    assert project_page(access).upcoming == []
    with pytest.raises(Conflict, match="Kullet er avlyst"):
        sessions.restore_session(adviser, cohort.project.slug, rows[0].id)


def test_session_page_takes_few_statements(browser: Browser, adviser: Viewer, cohort: Cohort) -> None:
    row = planned(adviser, cohort)[0]
    for _number in range(25):
        programme.participation(cohort)
    path = f"/programme/{cohort.project.slug}/sessions/{row.id}"
    browser.get(path)
    with captured_sql() as seen:
        assert browser.get(path).status_code == 200
    count = len([text for text in seen if not text.startswith(("BEGIN", "PRAGMA"))])
    assert count <= 12, count


def test_company_with_a_seat_reads_the_session_and_its_material(
    client: Browser, browser: Browser, adviser: Viewer, cohort: Cohort, project: Project
) -> None:
    row = planned(adviser, cohort)[0]
    other = planned(adviser, programme.cohort(programme.place(project, "Røros"), "Røros"))[0]
    company = programme.participation(cohort, municipality_number="5025")
    path = f"/programme/{project.slug}/sessions/{row.id}/material"
    upload = {"title": "Arket", "use": "before", "file": (io.BytesIO(picture()), "ark.png")}
    assert browser.post(path, data=upload).status_code == 303
    seat = f"/courses/seat/{company.token}"
    page = client.page(f"{seat}/sessions/{row.id}")
    assert "omtrent 87 km fra dere" in page.text
    assert f"{seat}/sessions/{row.id}" in client.get(seat).text
    file = f"{seat}/sessions/{row.id}/material/{session.query(SessionMaterial.id).scalar()}"
    assert client.get(file).mimetype == "image/webp"
    assert client.get(f"{seat}/sessions/{other.id}").status_code == 404
    company.state = "withdrawn"
    assert client.get(f"{seat}/sessions/{row.id}").status_code == 404
    assert client.get(file).status_code == 404


def test_session_page_leads_to_attendance_first_on_the_day(
    browser: Browser, adviser: Viewer, cohort: Cohort
) -> None:
    row = planned(adviser, cohort)[0]
    path = f"/programme/{cohort.project.slug}/sessions/{row.id}"
    for day, label in ((8, "Oppmøte"), (9, "Registrer oppmøte")):
        with time_machine.travel(dt.datetime(2027, 3, day, 8, tzinfo=dt.UTC), tick=False):
            browser.sign_in(adviser.user_id or 0)
            links = browser.page(path).all("a", href=f"{path}/attendance")
            assert [link.text for link in links] == [label]
