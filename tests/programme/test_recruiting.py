"""Recruitment: the board with its filters and limits, adding companies, and what a garden notes about them."""

import csv
import datetime as dt
import io

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.details import details_of
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.list_query import ListQuery
from marketplace.core.optimistic_lock import fingerprint
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.programme.models.participation import Participation, ParticipationEvent
from marketplace.programme.models.projects import Cohort, Project, ProjectGarden
from marketplace.programme.models.sessions import AttendanceMark
from marketplace.programme.queries import recruiting as queries
from marketplace.programme.queries.cohorts import cohorts_of
from marketplace.programme.queries.projects import project_for
from marketplace.programme.use_cases import recruiting as use_cases
from marketplace.programme.use_cases.recruiting import ParticipationDetails
from tests import factories
from tests.factories import programme
from tests.support.browser import Browser
from tests.support.sql_capture import captured_sql

NUMBER, OTHER_NUMBER = "310000388", "310000752"


@pytest.fixture
def project(garden: BusinessGarden) -> Project:
    return programme.project(garden, is_sign_up_open=True, sessions_needed=1)


def names(viewer: Viewer, project: Project, text: str = "", **chosen: str) -> list[str]:
    access = project_for(viewer, project.slug)
    rows = queries.board_rows(viewer, access, cohorts_of(access))
    found = queries.board(rows, ListQuery(text, chosen))
    return [row.participation.company_name for row in found.rows]


def test_board_divides_seats_by_confirmation_and_attendance(
    adviser: Viewer, project: Project, cohort: Cohort
) -> None:
    programme.participation(project, "Åsen gård")
    programme.participation(cohort, "Ørsta rør", confirmed_at=None)
    programme.participation(cohort, "Berg bygg")
    present = programme.participation(cohort, "Zeta design")
    held = programme.course_session(cohort)
    session.add(
        AttendanceMark(
            session_id=held.id, participation_id=present.id, mark="here", marked_at=clock.now(), client_key="1", source="staff"
        )
    )  # fmt: skip
    session.flush()
    access = project_for(adviser, project.slug)
    rows = queries.board_rows(adviser, access, cohorts_of(access))
    board = queries.board(rows, ListQuery())
    assert [(row.participation.company_name, str(row.phase)) for row in board.rows] == [
        ("Berg bygg", "seat"),
        ("Zeta design", "completed"),
        ("Ørsta rør", "unconfirmed"),
        ("Åsen gård", "lead"),
    ]
    assert (board.seated, board.total) == (3, 4)
    assert names(adviser, project, phase="lead") == ["Åsen gård"]
    assert names(adviser, project, where="none") == ["Åsen gård"]
    assert names(adviser, project, where=f"place-{cohort.place_id}", sort="attended")[0] == "Zeta design"


@pytest.mark.parametrize("text", ["bjorkvolen", "Bjørkvollen", "lyngstad", "310 000 388", "Snåase ystery"])
def test_search_tolerates_typing_errors(adviser: Viewer, project: Project, cohort: Cohort, text: str) -> None:
    programme.participation(
        cohort, "Bjørkvollen ysteri", organisation_number=NUMBER, municipality_number="5041"
    )
    programme.participation(cohort, "Fjellheim hytter", contact_name="Ola Moen", contact_email="")
    assert names(adviser, project, text) == ["Bjørkvollen ysteri"]


def test_partner_garden_sees_its_cohorts_its_area_and_what_it_added(
    adviser: Viewer, project: Project, cohort: Cohort
) -> None:
    partner_garden = factories.garden("Kysten næringshage")
    partner_garden.covered_municipalities = ["5059"]
    session.add(ProjectGarden(project_id=project.id, garden_id=partner_garden.id))
    partner = factories.member(partner_garden, "adviser")
    place = programme.place(project, "Orkland", garden_id=partner_garden.id, municipality_number="5059")
    programme.participation(programme.cohort(place), "Med plass")
    programme.participation(project, "I området", municipality_number="5059")
    programme.participation(project, "Et annet sted", municipality_number="5021")
    session.commit()
    added = use_cases.add_participation(partner, project.slug, ParticipationDetails("Lagt til her"))
    hidden = programme.participation(cohort, "Hos eieren")
    assert names(partner, project) == ["I området", "Lagt til her", "Med plass"]
    assert len(names(adviser, project)) == 5
    assert queries.participation_for(partner, project_for(partner, project.slug), added.id) is added
    with pytest.raises(NotFound):
        queries.participation_for(partner, project_for(partner, project.slug), hidden.id)
    with pytest.raises(NotFound):
        use_cases.note_call(partner, project.slug, hidden.id)


def test_board_of_100_companies_sends_few_statements(browser: Browser, cohort: Cohort) -> None:
    for index in range(100):
        programme.participation(cohort, f"Bedrift {index:03}")
    session.commit()
    path = f"/programme/{cohort.project.slug}/companies"
    browser.get(path)
    with captured_sql() as statements:
        text = browser.page(f"{path}?sort=newest&page=2").text
    assert "Bedrift 074" in text
    assert "100 av 100" in text
    assert len(statements) <= 12, statements


def test_number_is_used_once_in_a_project_and_same_name_needs_confirmation(
    browser: Browser, adviser: Viewer, project: Project
) -> None:
    path = f"/programme/{project.slug}/companies/new"
    first = browser.post(path, data={"company_name": "Fjøs Foto AS", "organisation_number": NUMBER})
    assert first.status_code == 303
    same_number = browser.post(path, data={"company_name": "Noe annet", "organisation_number": NUMBER})
    assert same_number.status_code == 422
    assert "dette organisasjonsnummeret er allerede med" in same_number.text
    same_name = {"company_name": "Fjoes foto", "organisation_number": OTHER_NUMBER}
    refused = browser.post(path, data=same_name)
    assert refused.status_code == 422
    assert 'name="is_other_company"' in refused.text
    assert browser.post(path, data=same_name | {"is_other_company": "y"}).status_code == 303
    assert names(adviser, project) == ["Fjoes foto", "Fjøs Foto AS"]


def test_added_company_is_linked_to_its_account(
    adviser: Viewer, project: Project, garden: BusinessGarden
) -> None:
    company = factories.company(of=garden)
    company.organisation_number = NUMBER
    session.flush()
    added = use_cases.add_participation(adviser, project.slug, ParticipationDetails("A", NUMBER))
    assert added.company_id == company.id
    with pytest.raises(RuleBroken, match="organisasjonsnummeret kan ikke"):
        use_cases.save_participation(adviser, project.slug, added.id, ParticipationDetails("A", OTHER_NUMBER))


def test_outcome_of_a_call_is_in_the_history_with_the_name_of_the_adviser(
    browser: Browser, adviser: Viewer, project: Project
) -> None:
    lead = programme.participation(project)
    session.commit()
    path = f"/programme/{project.slug}/companies/{lead.id}"
    for note in ("called", "interested"):
        browser.post(f"{path}/note", data={"note": note})
    assert session.get_one(Participation, lead.id).state == "interested"
    page = browser.page(path).text
    assert "på telefonen" in page
    assert session.scalars(select(ParticipationEvent.user_id)).all() == [adviser.user_id] * 2


def test_call_about_a_cancelled_session_is_noted_on_its_page(
    browser: Browser, project: Project, cohort: Cohort
) -> None:
    cancelled = programme.course_session(cohort, cancelled_at=clock.now(), cancelled_reason="Sykdom")
    company = programme.participation(cohort, contact_email="")
    session.commit()
    page = f"/programme/{project.slug}/sessions/{cancelled.id}"
    assert "1 bedrift får ingen e-post" in browser.page(page).text
    path = f"/programme/{project.slug}/companies/{company.id}"
    answer = browser.post(f"{path}/note", data={"note": "other_call", "session": str(cancelled.id)})
    assert answer.headers["Location"] == page
    assert "får ingen e-post" not in browser.page(page).text
    assert "Ble oppringt" in browser.page(path).text


def test_full_cohort_puts_the_company_on_the_waiting_list_and_a_return_keeps_its_row(
    browser: Browser, adviser: Viewer, project: Project, cohort: Cohort
) -> None:
    cohort.seats = 1
    seated = programme.participation(cohort, "Berg bygg")
    lead = programme.participation(project, "Fjellheim hytter")
    session.commit()
    path = f"/programme/{project.slug}/companies"
    browser.post(f"{path}/{lead.id}/seat", data={"cohort": str(cohort.id), "is_confirmed": "y"})
    assert session.get_one(Participation, lead.id).state == "waiting"
    browser.post(f"{path}/{seated.id}/withdraw", data={"reason": "time", "text": "Høysesong"})
    session.expire_all()
    assert (seated.state, seated.withdrawal_reason) == ("withdrawn", "time")
    again = browser.post(f"{path}/{seated.id}/withdraw", data={"reason": "ill", "text": "Noen er syke."})
    assert (again.status_code, "Noen er syke." in again.text) == (409, True)
    assert lead.offered_cohort_id == cohort.id
    browser.post(f"{path}/{lead.id}/seat", data={"cohort": str(cohort.id), "is_confirmed": "y"})
    browser.post(f"{path}/{seated.id}/seat", data={"cohort": str(cohort.id), "is_confirmed": "y"})
    session.expire_all()
    assert (lead.state, seated.state) == ("signed_up", "waiting")
    assert session.query(Participation).count() == 2


def test_move_to_a_full_cohort_keeps_the_seat(adviser: Viewer, project: Project, cohort: Cohort) -> None:
    full = programme.cohort(cohort.place, "Full", seats=0)
    seated = programme.participation(cohort)
    session.commit()
    with pytest.raises(Conflict, match="Bedriften beholder plassen"):
        use_cases.give_seat(adviser, project.slug, seated.id, full.id, is_confirmed=True)
    assert seated.cohort_id == cohort.id


def test_unconfirmed_seat_sends_a_mail_and_the_telephone_confirms_it(
    browser: Browser, project: Project, cohort: Cohort
) -> None:
    lead = programme.participation(project)
    session.commit()
    path = f"/programme/{project.slug}/companies/{lead.id}"
    browser.post(f"{path}/seat", data={"cohort": str(cohort.id)})
    assert session.get_one(Participation, lead.id).confirmed_at is None
    assert session.query(OutboxMail).count() == 1
    browser.post(f"{path}/note", data={"note": "confirmed"})
    session.expire_all()
    assert lead.confirmed_at is not None


def test_seat_of_a_company_without_an_address_is_confirmed_at_once(
    browser: Browser, project: Project, cohort: Cohort
) -> None:
    lead = programme.participation(project, contact_email="")
    session.commit()
    path = f"/programme/{project.slug}/companies/{lead.id}/seat"
    assert "is_confirmed" not in browser.get(path).text
    browser.post(path, data={"cohort": str(cohort.id)})
    session.expire_all()
    assert lead.confirmed_at is not None


def test_last_seat_confirmed_by_telephone_notifies_the_garden_that_the_cohort_is_full(
    adviser: Viewer, project: Project, cohort: Cohort
) -> None:
    cohort.seats = 1
    lead = programme.participation(project)
    session.commit()
    use_cases.give_seat(adviser, project.slug, lead.id, cohort.id, is_confirmed=True)
    told = session.query(Notice).one()
    assert told.kind == "cohort_full"
    assert project.name in told.subject


def test_second_save_of_the_details_is_a_conflict_and_new_address_gets_a_new_link(
    browser: Browser, project: Project
) -> None:
    lead = programme.participation(project)
    session.commit()
    token = lead.token
    path = f"/programme/{project.slug}/companies/{lead.id}/edit"
    seen = fingerprint(details_of(use_cases.ParticipationDetails, lead))
    data = {"seen": seen, "company_name": "Nytt navn", "contact_email": "ny@ysteri.example"}
    assert browser.post(path, data=data).status_code == 303
    session.expire_all()
    assert lead.token != token
    assert browser.post(path, data=data | {"company_name": "Tredje navn"}).status_code == 409


def test_export_has_the_shown_companies_and_no_formulas(browser: Browser, project: Project) -> None:
    programme.participation(project, "=HYPERLINK(1)", municipality_number="5059", employees=3)
    programme.participation(project, "Berg bygg", municipality_number="5021")
    session.commit()
    path = f"/programme/{project.slug}/companies"
    sheet = load_workbook(io.BytesIO(browser.get(f"{path}.xlsx?place=5059").data)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[2], row[4]) for row in rows] == [("'=HYPERLINK(1)", "Orkland", 3)]
    assert (sheet.title, rows[0][-1].date()) == ("Bedrifter", clock.today())
    text = browser.get(f"{path}.csv?place=5021").data.decode("utf-8-sig")
    assert [row[0] for row in csv.reader(io.StringIO(text), delimiter=";")] == ["Bedrift", "Berg bygg"]


def test_pages_of_a_course_that_is_over_name_no_free_seats(
    app: Flask, adviser: Viewer, cohort: Cohort
) -> None:
    company, slug = programme.participation(cohort), cohort.project.slug
    for number in (1, 2):
        held = programme.course_session(cohort, clock.now() - dt.timedelta(days=number), number=number)
        programme.mark(held, company)
    session.commit()
    browser = app.test_client().sign_in(adviser.user_id or 0)
    page = browser.page(f"/programme/{slug}").text
    assert "Kurset er over" in page
    assert "ledig" not in page
    for path in ("companies", f"companies/{company.id}", f"cohorts/{cohort.id}/overview"):
        assert "2 (1 trengs)" in browser.page(f"/programme/{slug}/{path}").text, path
