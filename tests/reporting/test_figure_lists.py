"""The figures of a live report link to lists of exactly the rows that they count, for those who see all of them."""

import datetime as dt
import io
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, update

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.finance.models import AidGrant
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import ProjectGarden, ProjectPerson
from marketplace.programme.models.sessions import CourseSession
from marketplace.reporting.use_cases import IssueDetails, issue_report
from marketplace.suppliers.models import SupplierService
from tests import factories
from tests.factories import finance, programme, suppliers
from tests.factories.reporting import ReportedProject, add_fee, reported_project
from tests.support.browser import Browser, signed_in

STATED = {
    "recruited", "started", "completed", "left", "figures_allowed", "planned", "held", "cancelled", "duration",
    "attendances", "present", "head_count", "strategy_started", "strategy_complete", "strategy_in_time", "strategy_approved",
    "objectives",
    "answered_start", "answered_end", "suppliers", "suppliers_new", "approvals", "plan_public_EUR",
    "plan_total_EUR", "plan_in_nok", "received_public_EUR", "received_total_EUR", "cost_venue_NOK", "cost_total_NOK",
    "cost_in_nok", "cost_at_5021_EUR", "fee_invoiced", "fee_paid", "fee_paid_sum", "hours_total", "hours_approved",
    "hours_course", "hours_advice", "hours_at_5025", "state_aid_companies", "state_aid_sum", "state_aid_largest", "aid_de_minimis", "aid_none",
    "feedback", "quotable", "received_in_nok", "cost_venue_EUR", "cost_total_EUR", "fee_waived",
}  # fmt: skip
"""Figures with a list that states their value for its rows."""


@pytest.fixture
def built(app: Flask) -> ReportedProject:
    """A project in which few figures are the same."""
    made = reported_project(companies=9)
    project, by = made.project, made.curator.user_id or 0
    companies = session.scalars(select(Participation).order_by(Participation.id)).all()
    for number, one in enumerate(companies[:3]):
        one.organisation_number = f"{310_000_000 + number}"
        finance.grant(one, by, amount_ore=100_000 * (number + 1), basis="de_minimis")
    companies[3].organisation_number = "310000003"
    for one in companies[2:4]:
        finance.grant(one, by, amount_ore=44_400, basis="none")
    session.execute(update(Participation).values(signed_up_at=clock.now()))
    session.query(AidGrant).filter_by(organisation_number="999999999").delete()
    companies[4].state = "withdrawn"
    programme.participation(project, "Bare en kontakt")
    newest = session.scalars(select(CourseSession).order_by(CourseSession.id.desc())).first()
    programme.course_session(newest.cohort)
    programme.course_session(newest.cohort, cancelled_at=clock.now())
    places = sorted({one.cohort.place_id for one in companies})
    finance.hours(project, by, minutes=90, place_id=places[1])
    finance.entry(project, by, currency="EUR", rate_e4=115_000, rate_on=clock.today(), place_id=places[0])
    finance.entry(project, by, amount_minor=700, booked_on=clock.today() - dt.timedelta(days=40))
    add_fee(companies[0], made.curator, "paid")
    add_fee(companies[1], made.curator, "waived")
    agency = suppliers.supplier("Byrå med tjenester", approved=("web",), of=made.garden)
    agency.services = [SupplierService(code="web.site")]
    session.commit()
    return made


def links_of(browser: Browser, path: str) -> dict[str, tuple[str, str]]:
    """Return text and address of the linked figures on the page of a report, by code or by page."""
    found = {}
    for link in browser.page(path).all("a"):
        url = urlsplit(link.get("href"))
        code = parse_qs(url.query).get("counted")
        if code:
            found[code[0]] = ("".join(link.itertext()), link.get("href"))
    return found


def stated(browser: Browser, url: str) -> str:
    """Return the value that a list states for the rows that it shows."""
    return "".join(browser.page(url).one(id="counted-total").itertext())


def check_lists(browser: Browser, path: str) -> set[str]:
    """Compare each linked figure with its list; return the codes."""
    found = links_of(browser, path)
    assert {code: stated(browser, url) for code, (_text, url) in found.items()} == {
        code: text for code, (text, _url) in found.items()
    }
    return set(found)


@pytest.mark.both_databases
def test_list_of_each_figure_has_exactly_its_rows(built: ReportedProject, app: Flask) -> None:
    assert check_lists(signed_in(app, built.curator), f"/programme/{built.project.slug}/report") == STATED


def test_parts_that_companies_have_not_shared_say_why_they_link_to_no_list(
    built: ReportedProject, app: Flask
) -> None:
    path = f"/programme/{built.project.slug}/report"
    browser, reason = signed_in(app, built.curator), "telles bare samlet"
    without_list = [
        part[0][0].text for part in browser.page(path).all("details") if reason in "".join(part.itertext())
    ]
    assert [title[:2] for title in without_list] == ["7.", "8."]
    assert reason not in browser.get(f"{path}?as_of={clock.today()}").text


def test_list_has_the_rows_of_the_period(built: ReportedProject, app: Flask) -> None:
    first, last = (clock.today() - dt.timedelta(days=days) for days in (45, 20))
    path = f"/programme/{built.project.slug}/report?from={first}&to={last}"
    codes = check_lists(signed_in(app, built.curator), path)
    assert {"held", "cost_total_NOK"} <= codes
    assert not codes & {"cost_total_EUR", "state_aid_sum"}


def test_lists_of_the_garden_have_the_rows_of_its_report(built: ReportedProject, app: Flask) -> None:
    browser = signed_in(app, built.curator)
    assert check_lists(browser, "/report") == {"suppliers", "suppliers_new", "approvals"}
    assert [one for one in browser.page("/report").all("a", href="/companies") if one.text == "9"]
    assert not [
        one for one in browser.page("/report?to=2020-01-01").all("a", href="/companies") if one.text == "0"
    ]


def test_partner_garden_gets_the_lists_of_its_places(built: ReportedProject, app: Flask) -> None:
    partner = factories.garden("Havet hage")
    manager = factories.member(partner)
    session.add(ProjectGarden(project_id=built.project.id, garden_id=partner.id))
    place = programme.place(built.project, "Hitra", garden_id=partner.id, municipality_number="5056")
    person = ProjectPerson(
        project_id=built.project.id, user_id=manager.user_id, role="manager", place_id=place.id, percent=10,
        since=built.project.starts_on,
    )  # fmt: skip
    session.add(person)
    cohort = programme.cohort(place)
    held = programme.course_session(cohort, clock.now() - dt.timedelta(days=3))
    for number in range(6):
        programme.mark(held, programme.participation(cohort, f"Øy {number}"))
    finance.hours(built.project, manager.user_id or 0, place_id=place.id)
    session.commit()
    codes = check_lists(signed_in(app, manager), f"/programme/{built.project.slug}/report")
    assert {"recruited", "held", "attendances", "hours_total"} <= codes
    assert not any(code.startswith(("plan_", "received_", "cost_", "fee_", "aid_")) for code in codes)
    # Hours of a place that another person manages are counted in the figure, but are not in this manager's list.
    person.until = clock.today() - dt.timedelta(days=1)
    finance.hours(built.project, built.curator.user_id or 0, place_id=place.id)
    codes = check_lists(signed_in(app, manager), f"/programme/{built.project.slug}/report")
    assert not any(code.startswith("hours_") for code in codes)


def test_aid_of_a_company_that_is_not_listed_has_no_list(built: ReportedProject, app: Flask) -> None:
    session.scalars(select(AidGrant).order_by(AidGrant.id)).first().organisation_number = "310000019"
    found = links_of(signed_in(app, built.curator), f"/programme/{built.project.slug}/report")
    assert not {"state_aid_sum", "state_aid_companies"} & set(found)


@pytest.mark.parametrize("code", ["briefs", "says_started", "x", "recruited"])
def test_figure_without_rows_in_a_list_is_ignored(built: ReportedProject, app: Flask, code: str) -> None:
    page = signed_in(app, built.curator).page(f"/programme/{built.project.slug}/sessions?counted={code}")
    assert not page.all(id="counted-total")


def test_report_as_of_an_earlier_day_and_issues_link_to_no_list(built: ReportedProject, app: Flask) -> None:
    browser = signed_in(app, built.curator)
    path = f"/programme/{built.project.slug}/report"
    assert links_of(browser, f"{path}?as_of={clock.today()}") == {}
    details = IssueDetails(clock.today() - dt.timedelta(days=60), clock.today(), 0)
    issue_report(built.curator, built.project.slug, details)
    assert links_of(browser, f"{path}/issues/1") == {}
    assert "counted=" not in browser.get(f"{path}.json").text


def test_inviting_all_in_the_list_of_a_figure_invites_only_its_companies(
    built: ReportedProject, app: Flask
) -> None:
    browser = signed_in(app, built.curator)
    path = f"/programme/{built.project.slug}"
    url = links_of(browser, f"{path}/report")["left"][1]
    page = browser.get(f"{path}/companies/invite?all=1&{urlsplit(url).query}")
    assert "Bare en kontakt" not in page.text
    assert "Bare en kontakt" in browser.get(f"{path}/companies/invite?all=1").text


@pytest.mark.parametrize(("code", "count"), [("cost_total_NOK", 2), ("hours_at_5025", 1), ("plan_in_nok", 0)])
def test_workbook_beside_a_list_has_its_rows(
    built: ReportedProject, app: Flask, code: str, count: int
) -> None:
    browser = signed_in(app, built.curator)
    page = browser.page(links_of(browser, f"/programme/{built.project.slug}/report")[code][1])
    files = [link.get("href") for link in page.all("a") if "xlsx" in link.get("href")]
    rows = [len(list(load_workbook(io.BytesIO(browser.get(url).data)).active.rows)) - 1 for url in files]
    assert sum(rows) == count
