"""A garden's list of companies with their next steps, the time spent on companies, and the overview of a cohort."""

import datetime as dt
import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from marketplace.briefs.models import Brief
from marketplace.casework.queries.time import time_rows
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.list_query import ListQuery
from marketplace.pages.queries.cohort_overview import cohort_overview
from marketplace.pages.queries.company_next_steps import companies_with_steps, seats_of
from marketplace.programme.models.projects import ProjectPerson
from marketplace.strategy.models.assessment import Assessment
from marketplace.strategy.models.plan import Strategy, StrategyReview, StrategyVersion
from tests import factories
from tests.casework.conftest import CaseworkPeople
from tests.factories import casework, programme
from tests.support.browser import signed_in
from tests.support.sql_capture import captured_sql

MAX_STATEMENTS = 12


def names(viewer, text="", **chosen):
    found = companies_with_steps(viewer, ListQuery(text, chosen), seats_of(viewer))
    return [one.company.name for one in found]


def begin_strategy(people, company, *, complete=False):
    now = clock.now()
    values = {"started_at": now, "completed_at": now if complete else None}
    session.add(Strategy(company_id=company.id, updated_by_id=people.owner.user_id, **values))
    session.flush()


def share_for_review(people):
    strategy = session.scalars(select(Strategy)).one()
    strategy.shared_at = clock.now()
    version = StrategyVersion(
        strategy_id=strategy.id, number=1, content={}, saved_by_id=people.owner.user_id, reason="asked"
    )
    session.add(version)
    session.flush()
    review = StrategyReview(strategy_id=strategy.id, version_id=version.id, asked_by_id=people.owner.user_id)
    session.add(review)
    session.commit()


def add_open_brief(people, company):
    details = {"title": "Ny nettbutikk", "state": "published", "deadline": clock.now() + dt.timedelta(days=9)}
    reference = f"2026-{company.id:04}"
    created_by_id = people.owner.user_id
    session.add(Brief(reference=reference, company_id=company.id, created_by_id=created_by_id, **details))
    session.flush()


def test_company_with_an_overdue_task_comes_first(people: CaseworkPeople) -> None:
    late = factories.company("Ålen snekkeri", of=people.garden)
    yesterday = clock.today() - dt.timedelta(days=1)
    casework.task(people.adviser, company_id=late.id, due_on=yesterday)
    assert names(people.adviser) == [late.name, people.company.name]
    assert names(people.adviser, state="task_due") == names(people.adviser, "snekeri") == [late.name]
    assert names(people.adviser, who="mine") == [late.name]
    assert names(people.colleague, who="mine") == []


def test_states_of_strategy_and_briefs_filter_the_list(people: CaseworkPeople) -> None:
    begun = factories.company("Ålen snekkeri", of=people.garden)
    begin_strategy(people, begun)
    add_open_brief(people, begun)
    assert names(people.adviser, state="no_strategy") == [people.company.name]
    assert names(people.adviser, state="strategy_started") == [begun.name]
    assert names(people.adviser, state="no_brief") == [people.company.name]
    assert names(people.adviser, state="few_invited") == [begun.name]
    assert names(people.adviser, "snekkeri") == [begun.name]


def test_manager_of_a_place_finds_its_companies_as_own(people: CaseworkPeople) -> None:
    place = programme.place(people.project)
    cohort = programme.cohort(place)
    programme.participation(cohort, company_id=people.company.id)
    assert names(people.colleague, where=f"cohort-{cohort.id}") == [people.company.name]
    assert names(people.colleague, who="mine") == []
    role = {"role": "manager", "place_id": place.id, "since": clock.today()}
    session.add(ProjectPerson(project_id=people.project.id, user_id=people.colleague.user_id, **role))
    assert names(people.colleague, who="mine") == [people.company.name]


def test_other_garden_sees_neither_tasks_nor_courses(people: CaseworkPeople) -> None:
    casework.task(people.adviser, company_id=people.company.id, due_on=clock.today())
    programme.participation(programme.cohort(programme.place(people.project)), company_id=people.company.id)
    [one] = companies_with_steps(people.other, ListQuery(), seats_of(people.other))
    assert (one.casework, one.seats) == ([], [])


@pytest.mark.parametrize("path", ["/companies/next", "/companies/time"])
def test_pages_of_forty_companies_send_few_statements(people: CaseworkPeople, path: str) -> None:
    for number in range(40):
        company = factories.company(f"Bedrift {number}", of=people.garden)
        add_open_brief(people, company)
        casework.task(people.adviser, company_id=company.id)
        casework.note(people.adviser, company_id=company.id)
    session.commit()
    browser = signed_in(people.app, people.adviser)
    browser.get(path)
    with captured_sql() as counted:
        assert browser.get(path).status_code == 200
    assert len([one for one in counted if one.startswith(("SELECT", "WITH"))]) <= MAX_STATEMENTS


@pytest.mark.both_databases
def test_minutes_of_two_companies_with_one_name_are_listed_apart(people: CaseworkPeople) -> None:
    cohort = programme.cohort(programme.place(people.project))
    for minutes in (20, 25):
        one = programme.participation(cohort, "Bekk Rør")
        casework.note(people.adviser, participation_id=one.id, minutes=minutes)
        casework.note(people.adviser, participation_id=one.id, minutes=minutes)
    session.commit()
    assert sorted(row.minutes for row in time_rows(people.adviser)) == [40, 50]


def test_minutes_of_many_months_have_pages_that_keep_the_filter(people: CaseworkPeople) -> None:
    for months in range(51):
        day = dt.date(2020 + months // 12, months % 12 + 1, 1)
        casework.note(people.adviser, company_id=people.company.id, happened_on=day, kind="visit")
    session.commit()
    browser = signed_in(people.app, people.adviser)
    first = browser.get("/companies/time?kind=visit").text
    second = browser.get("/companies/time?kind=visit&page=2").text
    assert [page.count('<th scope="row">') for page in (first, second)] == [50, 1]
    assert 'href="/companies/time?kind=visit&amp;page=2"' in first
    assert browser.get("/companies/time.csv").text.count("\n") == 52


def test_minutes_are_added_up_by_month_company_and_activity(people: CaseworkPeople) -> None:
    for minutes in (20, 25, None):
        casework.note(people.adviser, company_id=people.company.id, minutes=minutes)
    casework.note(people.colleague, company_id=people.company.id, kind="visit", minutes=90)
    casework.note(people.other, company_id=people.company.id, minutes=600)
    session.commit()
    rows = [(row.company, row.kind, row.minutes, row.notes) for row in time_rows(people.adviser)]
    assert rows == [(people.company.name, "call", 45, 2), (people.company.name, "visit", 90, 1)]
    browser = signed_in(people.app, people.adviser)
    assert people.company.name in browser.page("/companies/time?q=BJORKV").text
    assert people.company.name in browser.page("/companies/time?q=bjørkvolen").text
    sheet = load_workbook(io.BytesIO(browser.get("/companies/time.xlsx").data)).active
    assert sheet.title == "Tid brukt på bedriftene"
    assert [row[3].value for row in sheet.iter_rows(min_row=2)] == [45, 90]
    month = sheet["A2"]
    assert month.is_date
    assert (month.value.date(), month.number_format) == (clock.today().replace(day=1), "[$-414]mmmm yyyy")


def test_overview_of_a_cohort_shows_the_progress_of_each_company(people: CaseworkPeople) -> None:
    cohort = programme.cohort(programme.place(people.project))
    seat = programme.participation(cohort, company_id=people.company.id)
    guest = programme.participation(cohort, "Åsheim gard")
    held = programme.course_session(cohort, clock.now() - dt.timedelta(days=2))
    programme.mark(held, seat)
    begin_strategy(people, people.company, complete=True)
    finished = {"stage": "start", "data_version": "1", "finished_at": clock.now()}
    session.add(Assessment(company_id=people.company.id, by_id=people.owner.user_id, **finished))
    session.commit()
    first, second = cohort_overview(people.adviser, cohort)
    assert (first.attended, bool(first.start_at), first.end_at) == (1, True, None)
    assert first.completed_at
    assert first.steps
    assert (second.participation.id, second.started_at, second.is_followed) == (guest.id, None, False)
    share_for_review(people)
    asked = cohort_overview(people.adviser, cohort)[0]
    assert asked.steps[0].url == f"/companies/{people.company.id}/plan/review"
    path = f"/programme/{people.project.slug}/cohorts/{cohort.id}/overview"
    assert "Åsheim gard" in signed_in(people.app, people.adviser).get(path).text
    assert signed_in(people.app, people.other).get(path).status_code == 404
