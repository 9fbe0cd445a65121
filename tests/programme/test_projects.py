"""Projects: who creates, changes and sees them, cohorts with seats, people, and the garden's menu."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.details import details_of
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.core.optimistic_lock import fingerprint
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden, CompanyFollower
from marketplace.organisations.use_cases import set_garden_active
from marketplace.outbox.models import OutboxMail
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort, Project, ProjectGarden, ProjectPerson
from marketplace.programme.queries.cohorts import project_page
from marketplace.programme.queries.courses import is_open
from marketplace.programme.queries.projects import project_for
from marketplace.programme.queries.seats import SeatCounts
from marketplace.programme.use_cases import cohorts, project_people, projects, seat_link
from marketplace.programme.use_cases.cohorts import CohortDetails, PlaceDetails
from marketplace.programme.use_cases.project_people import PersonDetails
from marketplace.programme.use_cases.seating import offer_free_seats
from tests import factories
from tests.factories import programme
from tests.support.sql_capture import captured_sql

FORM = {
    "name": "Digital synlighet Trøndelag",
    "starts_on": "2026-08-01",
    "ends_on": "2028-01-31",
    "target_companies": "100",
    "sessions_needed": "4",
    "locale": "nb",
    "currency": "NOK",
}


def test_curator_creates_a_project_and_becomes_its_leader(
    app: Flask, garden: BusinessGarden, curator: Viewer
) -> None:
    browser = app.test_client().sign_in(curator.user_id or 0)
    assert "Start et prosjekt" in browser.page("/programme").text
    answer = browser.post("/programme/new", data=FORM)
    assert answer.headers["Location"] == "/programme/digital-synlighet-trondelag"
    project = session.query(Project).one()
    assert (project.garden_id, project.target_companies, project.is_sign_up_open) == (garden.id, 100, False)
    assert session.query(ProjectPerson.user_id, ProjectPerson.role).one() == (curator.user_id, "leader")
    assert "Legg til et sted" in browser.page("/programme/digital-synlighet-trondelag").text


def test_adviser_cannot_create_a_project(app: Flask, garden: BusinessGarden) -> None:
    adviser = app.test_client().sign_in(factories.member(garden, "adviser").user_id or 0)
    assert adviser.get("/programme").status_code == 200
    assert adviser.get("/programme/new").status_code == 403
    assert adviser.post("/programme/new", data=FORM).status_code == 403


def test_name_of_a_page_is_not_used_as_slug(curator: Viewer) -> None:
    details = projects.ProjectDetails("New", "", dt.date(2026, 8, 1), None, 10, 4, "nb", "NOK", 4600, False)
    assert projects.create_project(curator, details).slug == "new-2"


def test_project_that_ends_before_it_begins_is_refused_with_what_was_typed(
    app: Flask, curator: Viewer
) -> None:
    browser = app.test_client().sign_in(curator.user_id or 0)
    answer = browser.post("/programme/new", data=FORM | {"ends_on": "2026-07-31"})
    assert answer.status_code == 422
    assert "kan ikke slutte før det begynner" in answer.text
    assert "Digital synlighet Trøndelag" in answer.text


def test_adviser_with_leader_role_changes_the_project_until_the_last_day(
    garden: BusinessGarden, project: Project
) -> None:
    adviser = factories.member(garden, "adviser")
    details = details_of(projects.ProjectDetails, project)
    with pytest.raises(Forbidden):
        projects.save_project(adviser, project.slug, details)
    session.add(
        ProjectPerson(
            project_id=project.id, user_id=adviser.user_id, role="leader", since=dt.date(2026, 1, 1)
        )
    )
    projects.save_project(adviser, project.slug, details)
    session.query(ProjectPerson).update({"until": dt.date(2026, 2, 1)})
    with pytest.raises(Forbidden):
        projects.save_project(adviser, project.slug, details)


def test_sign_up_for_a_course_closes_with_its_garden(
    app: Flask, garden: BusinessGarden, project: Project
) -> None:
    project.is_sign_up_open = True
    session.commit()
    client = app.test_client()
    assert client.get(f"/courses/{project.slug}").status_code == 200
    set_garden_active(factories.administrator(), garden.id, active=False)
    assert client.get(f"/courses/{project.slug}").status_code == 404


def test_second_save_of_an_open_form_is_a_conflict(app: Flask, curator: Viewer, project: Project) -> None:
    seen = fingerprint(details_of(projects.ProjectDetails, project))
    browser = app.test_client().sign_in(curator.user_id or 0)
    path = f"/programme/{project.slug}/edit"
    first = browser.post(path, data=FORM | {"seen": seen, "name": "Første navn"})
    second = browser.post(path, data=FORM | {"seen": seen, "name": "Andre navn"})
    assert (first.status_code, second.status_code) == (303, 409)
    assert "Andre navn" in second.text
    assert session.query(Project.name).scalar() == "Første navn"


def test_pages_of_a_project_are_not_found_by_another_garden(
    app: Flask, project: Project, cohort: Cohort
) -> None:
    stranger = factories.member(factories.garden("Annen", covered_municipalities=["5059"]), "curator")
    browser = app.test_client().sign_in(stranger.user_id or 0)
    person = ProjectPerson(
        project_id=project.id, user_id=stranger.user_id, role="leader", since=dt.date(2026, 1, 1)
    )
    session.add(person)
    session.flush()
    base = f"/programme/{project.slug}"
    for path in (
        base,
        f"{base}/edit",
        f"{base}/close",
        f"{base}/gardens",
        f"{base}/places/new",
        f"{base}/places/{cohort.place_id}",
        f"{base}/cohorts/new",
        f"{base}/cohorts/{cohort.id}",
        f"{base}/cohorts/{cohort.id}/cancel",
        f"{base}/people/new",
        f"{base}/people/{person.id}",
    ):
        assert browser.get(path).status_code == 404, path
        assert browser.post(path).status_code in {404, 405}, path
    assert project.name not in browser.get("/programme").text


def test_partner_garden_sees_only_its_own_places(app: Flask, project: Project, cohort: Cohort) -> None:
    partner = factories.garden("Hitra næringshage", covered_municipalities=["5056"])
    session.add(ProjectGarden(project_id=project.id, garden_id=partner.id))
    theirs = programme.cohort(
        programme.place(project, "Hitra", garden_id=partner.id, municipality_number="5056"), "Hitra vår"
    )
    programme.participation(cohort, "Oppdal ysteri")
    programme.participation(theirs, "Hitra fisk")
    adviser = factories.member(partner, "curator")
    page = app.test_client().sign_in(adviser.user_id or 0).page(f"/programme/{project.slug}")
    assert "Hitra vår" in page.text
    assert "Oppdal vår" not in page.text
    shown = project_page(project_for(adviser, project.slug))
    assert [(row.cohort.name, row.counts.taken) for row in shown.cohorts] == [("Hitra vår", 1)]
    assert shown.signed_up == 1
    with pytest.raises(Forbidden):
        cohorts.save_cohort(adviser, project.slug, details_of(cohorts.CohortDetails, theirs), theirs.id)
    with pytest.raises(RuleBroken, match="ansvarlig for et sted"):
        projects.remove_partner_garden(factories.member(project.garden, "curator"), project.slug, partner.id)


def test_place_goes_only_to_a_garden_that_takes_part(curator: Viewer, project: Project) -> None:
    outsider = factories.garden("Annen", covered_municipalities=["5059"])
    with pytest.raises(RuleBroken) as error:
        cohorts.save_place(curator, project.slug, PlaceDetails("Orkland", "5059", outsider.id))
    assert error.value.field == "garden_id"


def test_seats_below_taken_are_refused_with_the_number(curator: Viewer, cohort: Cohort) -> None:
    programme.participation(cohort, "Første")
    programme.participation(cohort, "Andre")
    details = CohortDetails(cohort.place_id, cohort.name, 1, None)
    with pytest.raises(RuleBroken, match="2 plasser er tatt"):
        cohorts.save_cohort(curator, cohort.project.slug, details, cohort.id)
    assert cohort.seats == 2


def test_new_seats_are_offered_to_the_company_that_has_waited_longest(
    curator: Viewer, cohort: Cohort
) -> None:
    for name in ("Første", "Andre"):
        programme.participation(cohort, name)
    waiting = [
        programme.participation(
            cohort,
            name,
            state="waiting",
            waiting_since=dt.datetime(2026, 11, day, tzinfo=dt.UTC),
        )
        for name, day in (("Sist", 9), ("Først", 2))
    ]
    details = CohortDetails(cohort.place_id, cohort.name, 3, None)
    cohorts.save_cohort(curator, cohort.project.slug, details, cohort.id)
    assert [row.offered_cohort_id for row in waiting] == [None, cohort.id]
    row = project_page(project_for(curator, cohort.project.slug)).cohorts[0]
    assert (row.counts, row.free) == (SeatCounts(taken=2, offered=1, waiting=2), 0)


def test_companies_of_the_only_cohort_are_told_that_there_is_no_other(
    app: Flask, curator: Viewer, cohort: Cohort
) -> None:
    programme.participation(cohort)
    offered = programme.participation(
        cohort, state="waiting", waiting_since=clock.now(), offered_cohort_id=cohort.id
    )
    cohorts.cancel_cohort(curator, cohort.project.slug, cohort.id)
    bodies = [mail.body for mail in session.query(OutboxMail)]
    assert len(bodies) == 2
    assert all("Det er ikke noe kurs andre steder nå." in body for body in bodies)
    assert offered.offered_cohort_id is None
    assert "Ingen plass kan bli ledig" in app.test_client().page(offered.path).text


def test_cancelled_cohort_moves_its_companies_to_the_waiting_list(
    app: Flask, curator: Viewer, cohort: Cohort, project: Project
) -> None:
    other = programme.cohort(programme.place(project, "Røros", municipality_number="5025"), seats=1)
    early, late = (
        programme.participation(cohort, name, signed_up_at=dt.datetime(2026, 10, day, tzinfo=dt.UTC))
        for name, day in (("Tidlig", 1), ("Sen", 20))
    )
    waiting = programme.participation(
        cohort, "Venter", state="waiting", waiting_since=dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    )
    browser = app.test_client().sign_in(curator.user_id or 0)
    path = f"/programme/{project.slug}/cohorts/{cohort.id}/cancel"
    assert "2 bedrifter mister plassen" in browser.page(path).text
    assert browser.post(path).status_code == 303
    assert cohort.cancelled_at is not None
    assert [row.state for row in (early, late)] == ["waiting", "waiting"]
    assert early.waiting_since == dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
    assert [row.offered_cohort_id for row in (early, late, waiting)] == [other.id, None, None]
    assert waiting.accepted_cohort_ids == [other.id]
    told = session.query(OutboxMail).filter(OutboxMail.subject == "Kurset i Oppdal er avlyst")
    bodies = {mail.recipient: mail.body for mail in told}
    assert bodies.keys() == {one.contact_email for one in (early, late, waiting)}
    assert "Venter venter ikke lenger på plass" in bodies[waiting.contact_email]
    assert all("når det blir ledig plass et annet sted" in body for body in bodies.values()), bodies
    assert "Kurset i Oppdal er avlyst. Dere er nummer 2" in browser.page(waiting.path).text
    assert "allerede avlyst" in browser.page(path).text
    assert browser.post(path).status_code == 303
    assert session.query(Participation).filter_by(state="waiting").count() == 3


def test_manager_needs_a_place_and_a_leader_has_none(curator: Viewer, cohort: Cohort) -> None:
    user_id, day = curator.user_id or 0, dt.date(2026, 8, 1)
    slug = cohort.project.slug
    for role, place_id in (("manager", None), ("leader", cohort.place_id)):
        with pytest.raises(RuleBroken) as error:
            project_people.save_person(curator, slug, PersonDetails(user_id, role, place_id, 20, day, None))
        assert error.value.field == "place_id"
    stranger = factories.user()
    with pytest.raises(RuleBroken) as error:
        project_people.save_person(curator, slug, PersonDetails(stranger.id, "leader", None, 20, day, None))
    assert error.value.field == "user_id"


def test_position_sum_counts_only_current_roles(curator: Viewer, cohort: Cohort) -> None:
    user_id, slug = curator.user_id or 0, cohort.project.slug
    for percent, until in ((60, None), (40, None), (100, dt.date(2026, 9, 1))):
        details = PersonDetails(user_id, "manager", cohort.place_id, percent, dt.date(2026, 8, 1), until)
        project_people.save_person(curator, slug, details)
    assert project_page(project_for(curator, slug)).active_percent == 100


def test_person_of_another_project_is_not_found(curator: Viewer, project: Project) -> None:
    other = programme.project(project.garden, "Annet")
    project_people.save_person(
        curator,
        other.slug,
        PersonDetails(curator.user_id or 0, "leader", None, 10, dt.date(2026, 8, 1), None),
    )
    person = session.query(ProjectPerson).one()
    with pytest.raises(NotFound):
        project_people.remove_person(curator, project.slug, person.id)


def test_stale_cohort_form_is_refused(curator: Viewer, cohort: Cohort) -> None:
    details = CohortDetails(cohort.place_id, "Nytt navn", 30, None)
    with pytest.raises(Conflict):
        cohorts.save_cohort(curator, cohort.project.slug, details, cohort.id, "0" * 16)


def test_project_page_statements_do_not_grow_with_cohorts(
    app: Flask, curator: Viewer, cohort: Cohort
) -> None:
    browser = app.test_client().sign_in(curator.user_id or 0)
    path = f"/programme/{cohort.project.slug}"

    def statements() -> int:
        browser.get(path)
        with captured_sql() as seen:
            assert browser.get(path).status_code == 200
        return len([text for text in seen if not text.startswith(("BEGIN", "PRAGMA"))])

    def grow(number: int) -> None:
        garden = factories.garden(f"Garden {number}", covered_municipalities=[])
        session.add(ProjectGarden(project_id=cohort.project_id, garden_id=garden.id))
        at = programme.place(cohort.project, f"Sted {number}", garden_id=garden.id)
        added = programme.cohort(at)
        programme.participation(added)
        programme.course_session(added)
        session.add(
            ProjectPerson(
                project_id=at.project_id,
                user_id=factories.member(garden, "adviser").user_id,
                role="manager",
                place_id=at.id,
                since=dt.date(2026, 8, 1),
            )
        )

    grow(1)
    few = statements()
    for number in range(2, 6):
        grow(number)
    assert statements() == few
    assert few <= 12, few


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/programme", "Program"),
        ("/garden/suppliers", "Leverandører"),
        ("/garden/coverage", "Leverandører"),
        ("/suppliers", "Leverandører"),
        ("/vetting", "Leverandører"),
        ("/companies", "Bedrifter"),
        ("/companies/next", "Bedrifter"),
        ("/home", "Hjem"),
    ],
)
def test_garden_menu_has_four_entries_and_highlights_the_current_one(
    app: Flask, curator: Viewer, path: str, label: str
) -> None:
    page = app.test_client().sign_in(curator.user_id or 0).page(path)
    (menu,) = page.all("ul", class_="menu")
    links = list(menu.iter("a"))
    assert [link.text for link in links] == ["Hjem", "Program", "Bedrifter", "Leverandører"]
    assert [link.text for link in links if link.get("aria-current")] == [label]


def test_garden_menu_highlights_the_programme_on_pages_about_money(
    app: Flask, project: Project, curator: Viewer
) -> None:
    page = app.test_client().sign_in(curator.user_id or 0).page(f"/programme/{project.slug}/money")
    assert [link.text for link in page.all("a", **{"aria-current": "true"})] == ["Program"]


def test_cohort_without_a_name_has_the_name_of_its_place(
    app: Flask, project: Project, cohort: Cohort, curator: Viewer
) -> None:
    place = programme.place(project, "Røros", municipality_number="5025")
    browser = app.test_client().sign_in(curator.user_id or 0)
    path = f"/programme/{project.slug}/cohorts/new"
    answer = browser.post(path, data={"place_id": str(place.id), "name": "", "seats": "25"})
    assert answer.status_code == 303
    assert session.query(Cohort).filter_by(place_id=place.id).one().name == "Røros"


@pytest.mark.parametrize(("days", "status"), [(0, 200), (-1, 404)])
def test_companies_can_sign_up_until_the_last_day_of_the_project(
    app: Flask, project: Project, cohort: Cohort, days: int, status: int
) -> None:
    project.is_sign_up_open, project.ends_on = True, clock.today() + dt.timedelta(days=days)
    session.commit()
    reader = app.test_client()
    assert reader.get(f"/courses/{project.slug}").status_code == status
    assert is_open(cohort) == (status == 200)
    assert (project.name in reader.page("/courses").text) == (status == 200)


@pytest.mark.parametrize("is_place_changed", [True, False])
def test_garden_that_takes_over_a_cohort_follows_its_companies_instead_of_the_former_one(
    curator: Viewer, project: Project, cohort: Cohort, is_place_changed: bool
) -> None:
    partner, elsewhere = factories.garden("Kysten næringshage"), factories.garden("Annen næringshage")
    session.add(ProjectGarden(project_id=project.id, garden_id=partner.id))
    company = factories.company(of=elsewhere)
    seat = programme.participation(cohort, company_id=company.id, confirmed_at=None)
    seat_link.confirm_seat(seat.token)
    if is_place_changed:
        details = PlaceDetails("Oppdal", "5021", partner.id)
        cohorts.save_place(curator, project.slug, details, cohort.place_id)
    else:
        place = programme.place(project, "Orkland", garden_id=partner.id)
        cohorts.save_cohort(curator, project.slug, CohortDetails(place.id, "Orkland", 2, None), cohort.id)
    followers = session.scalars(select(CompanyFollower).where(CompanyFollower.company_id == company.id))
    by_course = {one.garden_id for one in followers if (one.why, one.until) == ("cohort", None)}
    assert by_course == {partner.id}


def test_form_of_a_person_suggests_the_first_day_of_a_project_that_has_not_begun(
    app: Flask, project: Project, leader: Viewer
) -> None:
    project.starts_on = clock.today() + dt.timedelta(days=40)
    session.commit()
    page = app.test_client().sign_in(leader.user_id or 0).get(f"/programme/{project.slug}/people/new")
    assert f'value="{project.starts_on.isoformat()}"' in page.text


@pytest.mark.parametrize(("days", "offers"), [(0, 1), (-1, 0)])
def test_no_seat_is_offered_after_the_last_day_of_a_project(cohort: Cohort, days: int, offers: int) -> None:
    programme.participation(cohort, state="waiting", waiting_since=clock.now())
    cohort.project.ends_on = clock.today() + dt.timedelta(days=days)
    assert len(offer_free_seats(cohort.project_id)) == offers
