"""Issued reports: frozen, numbered, verified again, and read with a link."""

import datetime as dt
import io
import re
from dataclasses import replace

import openpyxl
import pypdf
import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from marketplace.core import clock
from marketplace.core.database import db, session
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.outbox.models import Notice
from marketplace.programme.models.projects import ProjectGarden, ProjectPerson
from marketplace.reporting.models import ReportIssue, ReportLink
from marketplace.reporting.queries.issues import verify_issue
from marketplace.reporting.use_cases import (
    IssueDetails,
    LinkDetails,
    create_link,
    issue_report,
    withdraw_link,
)
from marketplace.strategy.questionnaire import questionnaire
from tests import factories
from tests.factories import programme
from tests.support.concurrency import run_concurrently


@pytest.fixture
def cohort(project):
    return programme.cohort(programme.place(project))


def period(newest=0):
    today = clock.today()
    return IssueDetails(today - dt.timedelta(days=30), today, newest)


def issue_later(viewer, slug):
    """Issue a report a minute later, so that it counts what has just been recorded."""
    with clock.as_of(clock.now() + dt.timedelta(minutes=1)):
        return issue_report(viewer, slug, period())


def link(viewer, slug, **values):
    given = {"label": "Fylket", "locale": "nn", "last_day": clock.today() + dt.timedelta(days=90)}
    return create_link(viewer, slug, LinkDetails(**(given | values)))


def value_of(issue, code):
    return next(
        figure["value"]
        for part in issue.content["parts"]
        for figure in part["figures"]
        if figure["code"] == code
    )


def test_issue_stays_the_same_after_later_changes(project, cohort, leader):
    seat = programme.participation(cohort)
    session.commit()
    issue = issue_later(leader, project.slug)
    assert value_of(issue, "recruited") == 1
    before = dict(issue.content)
    with clock.as_of(clock.now() + dt.timedelta(minutes=5)):
        seat.company_name, seat.municipality_number = "Et annet navn", "5001"
        programme.participation(cohort, "Ny bedrift")
        session.commit()
    assert verify_issue(issue).is_verified
    assert issue.content == before
    with clock.as_of(clock.now() + dt.timedelta(minutes=10)):
        assert verify_issue(issue_report(leader, project.slug, period(1))).is_verified


def test_period_that_has_not_begun_is_not_issued(project, leader):
    tomorrow = clock.today() + dt.timedelta(days=1)
    with pytest.raises(RuleBroken) as refused:
        issue_report(leader, project.slug, IssueDetails(tomorrow, tomorrow, 0))
    assert refused.value.field == "from_on"


def test_issue_names_the_project_as_it_was(app, project, leader):
    partner = factories.garden("Fjellgløtt")
    programme.place(project)
    session.add(ProjectGarden(project_id=project.id, garden_id=partner.id))
    session.commit()
    issue = issue_later(leader, project.slug)
    partner.name = "Et annet navn"
    session.commit()
    assert issue.content["project"]["partners"] == ["Fjellgløtt"]
    assert verify_issue(issue).is_verified
    page = app.test_client().page(f"/reports/{link(leader, project.slug)}")
    assert ("Fjellgløtt" in page.text, "Et annet navn" in page.text) == (True, False)


def test_issue_is_read_after_the_questionnaire_got_another_dimension(
    app, project, cohort, leader, monkeypatch
):
    programme.participation(cohort)
    session.commit()
    full = questionnaire()
    with monkeypatch.context() as at_that_time:
        fewer = replace(full, dimensions=full.dimensions[1:])
        at_that_time.setattr("marketplace.reporting.report.questionnaire", lambda: fewer)
        issue_later(leader, project.slug)
    page = app.test_client().page(f"/reports/{link(leader, project.slug, locale='nb')}")
    rows = page.html.split("report-matrix")[1]
    labels = [str(dimension.label) for dimension in full.dimensions]
    assert [label in rows.split("</table>")[0] for label in labels] == [False, *[True] * (len(labels) - 1)]


def test_issues_are_numbered_and_a_second_leader_gets_a_conflict(project, leader, garden):
    other = factories.member(garden, "curator")
    assert issue_report(leader, project.slug, period()).number == 1
    with pytest.raises(Conflict):
        issue_report(other, project.slug, period())
    assert issue_report(other, project.slug, period(newest=1)).number == 2


@pytest.mark.both_databases
def test_leaders_who_issue_at_once_make_one_issue(app, project, leader, garden):
    leaders = [leader, *(factories.member(garden, "curator") for _other in range(2))]
    slug = project.slug
    results = run_concurrently(app, lambda index: issue_report(leaders[index], slug, period()).number, 3)
    assert sorted(isinstance(one, Conflict) for one in results) == [False, True, True]
    assert session.query(ReportIssue.number).all() == [(1,)]


def test_curators_and_people_with_a_role_are_notified_of_an_issue(app, project, garden, leader):
    curator, manager, _adviser = (
        factories.member(garden, role) for role in ("curator", "adviser", "adviser")
    )
    session.add(
        ProjectPerson(project_id=project.id, user_id=manager.user_id, role="manager", since=project.starts_on)
    )
    session.commit()
    issue_report(leader, project.slug, period())
    issue_report(leader, "", period())
    sent = session.query(Notice).order_by(Notice.id).all()
    assert [one.user_id for one in sent] == [curator.user_id, manager.user_id, curator.user_id]
    assert (sent[0].kind, sent[0].topic) == ("report_issued", "projects")
    browser = app.test_client().sign_in(curator.user_id)
    assert all(
        "Utgave 1" in browser.page(one.link_path).text for one in sent if one.user_id == curator.user_id
    )


def test_only_the_leader_issues_and_partner_gardens_see_no_issues(app, project, garden, leader):
    adviser = factories.member(garden, "adviser")
    with pytest.raises(Forbidden):
        issue_report(adviser, project.slug, period())
    partner = factories.garden("Fjellgløtt")
    session.add(ProjectGarden(project_id=project.id, garden_id=partner.id))
    session.flush()
    with pytest.raises(NotFound):
        issue_report(factories.member(partner, "curator"), project.slug, period())
    issue_report(leader, project.slug, period())
    page = app.test_client().sign_in(adviser.user_id).page(f"/programme/{project.slug}/report/issues")
    assert "Utgave 1" in page.text
    assert "Gi ut rapporten" not in page.text


def test_reader_with_a_link_reads_issues_in_the_language_of_the_link(app, project, leader):
    issue_report(leader, project.slug, period())
    token = link(leader, project.slug)
    reader = app.test_client()
    page = reader.page(f"/reports/{token}")
    assert "Utgåve 1" in page.text
    assert f"/programme/{project.slug}" not in page.text
    assert session.query(ReportLink.opened).scalar() == 1
    assert "Ingen rapport" in app.test_client().page(f"/reports/{link(leader, '')}").text


@pytest.mark.parametrize("state", ["withdrawn", "expired", "unknown"])
def test_link_that_does_not_work_answers_404(app, project, leader, state):
    issue_report(leader, project.slug, period())
    token = link(leader, project.slug)
    row = session.query(ReportLink).one()
    if state == "withdrawn":
        withdraw_link(leader, project.slug, row.id)
    elif state == "expired":
        row.expires_at = clock.now() - dt.timedelta(seconds=1)
        session.commit()
    else:
        token = "no-such-token"
    for path in ("", "/1", "/1.pdf"):
        assert app.test_client().get(f"/reports/{token}{path}").status_code == 404


def test_link_past_three_years_is_refused(project, leader):
    with pytest.raises(RuleBroken):
        link(leader, project.slug, last_day=clock.today() + dt.timedelta(days=1200))


def test_link_of_another_report_cannot_be_withdrawn(garden, project, leader):
    link(leader, project.slug)
    row = session.query(ReportLink).one()
    with pytest.raises(NotFound):
        withdraw_link(leader, "", row.id)


def test_files_of_an_issue_have_its_figures(app, project, cohort, leader):
    programme.participation(cohort)
    session.commit()
    issue = issue_later(leader, project.slug)
    browser = app.test_client().sign_in(leader.user_id)
    path = f"/programme/{project.slug}/report/issues/1"
    pdf = browser.get(f"{path}.pdf").data
    assert pdf == browser.get(f"{path}.pdf").data
    assert issue.digest[:12] in re.sub(r"\s", "", pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text())
    sheet = openpyxl.load_workbook(io.BytesIO(browser.get(f"{path}.xlsx").data)).active
    assert sheet.max_row > 30
    answer = browser.get(f"{path}.json").json
    assert answer["digest"] == issue.digest
    schema = browser.get(answer["$schema"]).json
    assert set(answer) - set(schema["properties"]) == set()
    assert browser.get(f"{path}.csv").text.count("\n") == sheet.max_row


def test_leader_issues_and_shares_a_report_in_the_browser(app, project, leader):
    browser = app.test_client().sign_in(leader.user_id)
    path = f"/programme/{project.slug}/report"
    form = {"from_on": "2026-01-01", "to_on": "2025-01-01", "newest": "0"}
    refused = browser.post(f"{path}/issues", data=form)
    assert (refused.status_code, "2025-01-01" in refused.text) == (422, True)
    made = browser.post(f"{path}/issues", data=form | {"to_on": "2026-06-30"})
    assert made.headers["Location"].endswith("/issues/1")
    shown = browser.post(
        f"{path}/links", data={"label": "Fylket", "locale": "nb", "last_day": clock.today().isoformat()}
    )
    token = re.search(r"/reports/([\w-]+)", shown.text)[1]
    assert "Utgave 1" in app.test_client().page(f"/reports/{token}").text


@pytest.mark.parametrize("newest", ["null", "-1", str(2**63), "²"])
def test_changed_number_of_the_newest_issue_is_a_conflict(app, project, leader, newest):
    issue_report(leader, project.slug, period())
    browser = app.test_client().sign_in(leader.user_id)
    sent = {"from_on": "2026-01-01", "to_on": str(clock.today()), "newest": newest}
    assert browser.post(f"/programme/{project.slug}/report/issues", data=sent).status_code == 422


def test_suggested_period_of_a_project_that_has_not_begun_can_be_issued(app, project, leader):
    project.starts_on = clock.today() + dt.timedelta(days=40)
    session.commit()
    page = app.test_client().sign_in(leader.user_id).page(f"/programme/{project.slug}/report/issues")
    assert page.one("input", name="from_on").get("value") == clock.today().isoformat()


def test_next_period_begins_after_the_last_issue(app, project, leader):
    browser = app.test_client().sign_in(leader.user_id)
    path = f"/programme/{project.slug}/report/issues"

    def suggested():
        return browser.page(path).one("input", name="from_on").get("value")

    assert suggested() == project.starts_on.isoformat()
    last = clock.today() - dt.timedelta(days=10)
    issue_report(leader, project.slug, IssueDetails(project.starts_on, last, 0))
    assert suggested() == (last + dt.timedelta(days=1)).isoformat()
    issue_report(leader, project.slug, IssueDetails(last, clock.today(), 1))
    assert suggested() == clock.today().isoformat()


def test_reader_gets_the_report_while_the_database_cannot_be_written_to(app, project, leader):
    issue_report(leader, project.slug, period())
    token = link(leader, project.slug)

    def refuse(_connection, _cursor, statement, *_rest):
        if statement.startswith("UPDATE report_link"):
            raise OperationalError(statement, {}, OSError("read-only"))

    event.listen(db.engine, "before_cursor_execute", refuse)
    try:
        assert "Utgåve 1" in app.test_client().page(f"/reports/{token}").text
    finally:
        event.remove(db.engine, "before_cursor_execute", refuse)
    assert session.query(ReportLink.opened).scalar() == 0
