"""The live report: who sees which part of it, and that unknown figures are never zero."""

import datetime as dt
import io
import json
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.data import data_path
from marketplace.organisations.models import BusinessGarden
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Project
from marketplace.programme.models.sessions import CourseSession, SessionFeedback
from marketplace.reporting.figures import Evidence, Figure, FigureState
from marketplace.reporting.queries.report import LiveReport, garden_report, project_report
from tests import factories
from tests.factories import outcomes, programme, suppliers
from tests.support.browser import Browser


@pytest.fixture
def curator(app: Flask) -> Viewer:
    return factories.member(factories.garden(), "curator")


@pytest.fixture
def project(curator: Viewer) -> Project:
    """A project with two places: one of the owner, with an attended session, and one of a partner."""
    garden = session.get_one(BusinessGarden, curator.organisation_id)
    partner = factories.garden("Havet hage")
    found = programme.project(garden, sessions_needed=1)
    own = programme.cohort(programme.place(found))
    other = programme.cohort(
        programme.place(found, "Hitra", garden_id=partner.id, municipality_number="5056")
    )
    held = programme.course_session(own, clock.now() - dt.timedelta(days=3))
    programme.course_session(other, clock.now() + dt.timedelta(days=3))
    for number in range(3):
        one = programme.participation(own, f"Gard {number}", allows_figures=number > 0)
        programme.mark(held, one, "here" if number else "away")
    programme.participation(other, "Øy", employees=4)
    session.commit()
    return found


def figure(report: LiveReport, code: str) -> Figure:
    return next(one for part in report.parts for one in part.figures if one.code == code)


def value(report: LiveReport, code: str) -> int | None:
    return figure(report, code).value


def test_leader_sees_all_places(project: Project, curator: Viewer) -> None:
    report = project_report(curator, project.slug, None, None, None)
    assert [value(report, code) for code in ("recruited", "started", "completed")] == [4, 2, 2]
    assert [value(report, code) for code in ("planned", "held")] == [2, 1]
    assert len(report.parts) == 12


def test_partner_sees_own_places_without_aid_or_target(project: Project) -> None:
    partner = factories.member(
        session.scalars(select(BusinessGarden).filter_by(name="Havet hage")).one(), "curator"
    )
    report = project_report(partner, project.slug, None, None, None)
    assert value(report, "recruited") == 1
    codes = {one.code for part in report.parts for one in part.figures}
    assert not codes & {"target", "gardens", "state_aid_sum"}
    assert "aid" not in {part.code for part in report.parts}


def test_page_for_a_partner_names_only_its_places(project: Project, client: Browser) -> None:
    partner = session.scalars(select(BusinessGarden).filter_by(name="Havet hage")).one()
    client.sign_in(factories.member(partner).user_id or 0)
    facts = [one.text for one in client.page(f"/programme/{project.slug}/report").all("dd")]
    assert ("Hitra" in facts, "Hitra og Oppdal" in facts) == (True, False)


def test_company_of_two_gardens_and_two_cohorts_counts_once(project: Project, curator: Viewer) -> None:
    partner = session.scalars(select(BusinessGarden).filter_by(name="Havet hage")).one()
    company = factories.company(of=partner)
    factories.follow(company, curator.organisation_id or 0, "course")
    owner = factories.member(company)
    seat = session.scalars(select(Participation).filter_by(company_name="Øy")).one()
    seat.company_id = company.id
    at_owner = session.scalars(select(CourseSession).order_by(CourseSession.id)).first()
    programme.mark(at_owner, seat)  # came to a session of another cohort
    outcomes.delivered_job(owner, suppliers.supplier(approved=("ecm",), of=partner).id)
    session.commit()
    whole = project_report(curator, project.slug, None, None, None)
    assert (value(whole, "recruited"), value(whole, "started"), value(whole, "briefs")) == (4, 3, 1)
    for viewer in (curator, factories.member(partner, "curator")):
        found = garden_report(viewer, None, None, None)
        assert (value(found, "followed"), value(found, "briefs")) == (1, 1)


def test_other_garden_and_supplier_find_no_report(project: Project) -> None:
    for viewer in (
        factories.member(factories.garden("Fjell hage"), "curator"),
        factories.member(factories.company(), "owner"),
    ):
        with pytest.raises(NotFound):
            project_report(viewer, project.slug, None, None, None)


def test_unknown_figures_are_not_measured(project: Project, curator: Viewer) -> None:
    report = project_report(curator, project.slug, None, None, None)
    for code in (
        "head_count",
        "offers_per_brief",
        "state_aid_sum",
        "hours_total",
        "useful",
        "change_end_sales",
    ):
        assert figure(report, code).state is FigureState.NOT_MEASURED, code
        assert value(report, code) is None


def test_answers_count_only_with_consent(project: Project, curator: Viewer) -> None:
    report = project_report(curator, project.slug, None, None, None)
    assert (value(report, "figures_allowed"), figure(report, "strategy_started").of) == (2, 2)
    assert figure(report, "says_started").evidence is Evidence.REPORTED


def test_figures_are_split_at_the_beginning_of_the_period(project: Project, curator: Viewer) -> None:
    later = clock.today() - dt.timedelta(days=1)
    split = figure(project_report(curator, project.slug, later, None, None), "started")
    assert (split.before, split.period, split.value) == (2, 0, 2)


def test_report_as_of_an_earlier_day_counts_only_what_was_known(project: Project, curator: Viewer) -> None:
    report = project_report(curator, project.slug, None, None, clock.now() - dt.timedelta(days=1))
    assert report.parts == ()


def test_garden_without_course_has_a_report(curator: Viewer) -> None:
    report = garden_report(curator, None, None, None)
    assert [part.code for part in report.parts] == ["companies", "ordering", "network"]


def test_period_with_one_date_before_or_after_the_usual_ones_is_in_order(
    project: Project, curator: Viewer
) -> None:
    past, future = dt.date(2021, 3, 1), clock.today() + dt.timedelta(days=400)
    for period in (
        *(
            project_report(curator, project.slug, *days, None).period
            for days in ((None, past), (future, None))
        ),
        *(garden_report(curator, *days, None).period for days in ((None, past), (future, None))),
    ):
        assert period.from_on <= period.to_on


def sign_in(client: Browser, project: Project) -> str:
    viewer = factories.member(session.get_one(BusinessGarden, project.garden_id), "curator")
    client.sign_in(viewer.user_id or 0)
    return f"/programme/{project.slug}/report"


def test_page_and_files_show_the_same_figures(project: Project, client: Browser) -> None:
    path = sign_in(client, project)
    page = client.get(path).get_data(as_text=True)
    assert "not measured" in page or "ikke målt" in page
    table = client.get(f"{path}.csv").get_data(as_text=True)
    assert "recruited" in table
    book = load_workbook(io.BytesIO(client.get(f"{path}.xlsx").data))
    codes = [row[-1] for row in book.active.iter_rows(values_only=True)]
    assert {"recruited", "state_aid_sum"} <= set(codes)


def test_project_without_an_end_has_a_report(project: Project, client: Browser) -> None:
    project.ends_on = None
    session.commit()
    path = sign_in(client, project)
    assert "uten at slutten er bestemt" in client.page(path).text
    assert json.loads(client.get(f"{path}.json").data)["project"]["ends_on"] is None


def test_json_follows_its_schema(project: Project, client: Browser) -> None:
    found: dict[str, Any] = json.loads(client.get(f"{sign_in(client, project)}.json").data)
    schema = json.loads(data_path("report.schema.json").read_text(encoding="utf-8"))
    assert set(found) == {*schema["required"], "samples_from_issue", "project", "$schema"}
    assert set(found) | {"services", "number", "digest"} == set(schema["properties"])
    assert found["schema_version"] == schema["properties"]["schema_version"]["const"]
    fields = set(schema["$defs"]["figure"]["required"])
    assert all(set(one) == fields for part in found["parts"] for one in part["figures"])
    assert len(found["parts"]) == 12


@pytest.mark.parametrize(
    "query",
    ["from=x", "from=2026-12-01&to=2026-01-01", "as_of=9999-99-99", "to=1800-01-01", "as_of=2099-12-31"],
)
def test_unusable_dates_are_reported_beside_their_field(
    project: Project, client: Browser, query: str
) -> None:
    page = client.get(f"{sign_in(client, project)}?{query}").get_data(as_text=True)
    assert page.count('aria-invalid="true"') == 1
    assert f'value="{query.rpartition("=")[2]}" aria-invalid="true"' in page, "what was typed stays"


def test_quotes_need_both_consents_and_name_nobody(project: Project, curator: Viewer) -> None:
    held = session.scalars(select(CourseSession).order_by(CourseSession.id)).first()
    companies = session.scalars(select(Participation).order_by(Participation.id)).all()
    for number, (allows_quotes, allows_quote) in enumerate(((True, True), (False, True), (True, False))):
        companies[number].allows_quotes = allows_quotes
        session.add(
            SessionFeedback(
                session_id=held.id if held else 0, participation_id=companies[number].id, token_hash=str(number),
                answered_at=clock.now(), useful=5, comment=f"Nyttig {number}", allows_quote=allows_quote,
            )
        )  # fmt: skip
    session.commit()
    report = project_report(curator, project.slug, None, None, None)
    assert report.quotes == ("Nyttig 0",)
    assert value(report, "quotable") == 1
    (figure,) = [one for part in report.parts for one in part.figures if one.code == "quotable"]
    assert (figure.n, figure.of) == (1, 3), "companies, of the companies that answered"
