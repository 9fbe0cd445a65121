"""Pages and files of the live report show means and breakdowns of an issue only, whatever period is asked for."""

import csv
import datetime as dt
import io

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import ProjectGarden
from marketplace.programme.models.sessions import CourseSession, SessionFeedback
from marketplace.reporting.figures import Evidence, Figure, FigureState
from marketplace.reporting.models import ReportIssue
from marketplace.reporting.queries.live_parts import LiveParts, public_parts, shown_parts
from marketplace.reporting.queries.report import project_report
from marketplace.reporting.use_cases import IssueDetails, issue_report
from marketplace.strategy.models.assessment import AssessmentAnswer
from tests import factories
from tests.factories import programme
from tests.factories.reporting import ReportedProject, reported_project
from tests.support.browser import signed_in

SCORE = "score_start_sales"


@pytest.fixture
def built(app: Flask) -> ReportedProject:
    return reported_project(companies=8)


def issue(built: ReportedProject) -> None:
    """Issue the report a minute later, so that it counts what has just been recorded."""
    today = clock.today()
    with clock.as_of(clock.now() + dt.timedelta(minutes=1)):
        newest = session.scalars(select(ReportIssue.number).order_by(ReportIssue.number.desc())).first() or 0
        details = IssueDetails(today - dt.timedelta(days=90), today, newest)
        made = issue_report(built.curator, built.project.slug, details)
    made.as_of = clock.now()
    session.commit()


def live(built: ReportedProject, as_of: dt.datetime | None = None) -> LiveParts:
    with clock.as_of(clock.now() + dt.timedelta(hours=1)):
        return shown_parts(project_report(built.curator, built.project.slug, None, None, as_of))


def figure(shown: LiveParts, code: str) -> Figure:
    return next(one for part in shown.parts for one in part.figures if one.code == code)


def test_new_answer_changes_no_mean_before_the_next_issue(built: ReportedProject) -> None:
    assert figure(live(built), SCORE).state is FigureState.UNPUBLISHED
    issue(built)
    before = figure(live(built), SCORE)
    assert (before.state, before.n) == (FigureState.MEASURED, 7)
    for answer in session.scalars(select(AssessmentAnswer).limit(60)):
        answer.value = 4
    session.commit()
    assert figure(live(built), SCORE) == before
    made = session.scalars(select(ReportIssue)).one()
    earlier = made.as_of - dt.timedelta(milliseconds=1)
    assert figure(live(built, earlier), SCORE).state is FigureState.UNPUBLISHED


def test_files_have_breakdowns_of_the_issue_and_say_so(built: ReportedProject, app: Flask) -> None:
    issue(built)
    added = programme.cohort(programme.place(built.project, "Hitra", municipality_number="5056"))
    programme.participation(added, "Ny gard", sector_code="tourism")
    session.commit()
    path = f"/programme/{built.project.slug}/report"
    browser = signed_in(app, built.curator)
    rows = {row[-1]: row for row in csv.reader(io.StringIO(browser.get(f"{path}.csv").text), delimiter=";")}
    found = browser.get(f"{path}.json").get_json()
    page = browser.page(path)
    assert rows["recruited"][4] == "9"
    assert rows["sector.food-drink"][4:7] == ["8", "antall", "fra utgave 1"]
    assert "sector.tourism" not in rows
    assert found["samples_from_issue"] == 1
    assert "utgave 1" in page.text


def partner_of(built: ReportedProject, companies: int) -> Viewer:
    """Return a member of a partner garden with a place where companies have answered about a session."""
    partner = factories.garden("Havet hage")
    session.add(ProjectGarden(project_id=built.project.id, garden_id=partner.id))
    place = programme.place(built.project, "Hitra", garden_id=partner.id, municipality_number="5056")
    cohort = programme.cohort(place)
    held = programme.course_session(cohort, clock.now() - dt.timedelta(days=2))
    for number in range(companies):
        one = programme.participation(cohort, f"Øy {number}", sector_code="tourism")
        session.add(answer(held, one, 1))
    session.commit()
    return factories.member(partner, "curator")


def answer(held: CourseSession, one: Participation, useful: int) -> SessionFeedback:
    return SessionFeedback(
        session_id=held.id, participation_id=one.id, token_hash=f"answer {one.id}", answered_at=clock.now(), useful=useful
    )  # fmt: skip


def keep_three_answers_of_others() -> None:
    """Erase the answers of the companies outside the partner's place, except three."""
    others = select(SessionFeedback).where(SessionFeedback.token_hash.not_like("answer %"))
    for one in session.scalars(others.order_by(SessionFeedback.id)).all()[3:]:
        one.useful = None
    session.commit()


def seen_by(viewer: Viewer, built: ReportedProject) -> LiveParts:
    with clock.as_of(clock.now() + dt.timedelta(hours=1)):
        return public_parts(project_report(viewer, built.project.slug, None, None, None))


@pytest.mark.both_databases
def test_partner_garden_gets_means_of_its_own_places(built: ReportedProject, app: Flask) -> None:
    viewer = partner_of(built, companies=6)
    hidden = seen_by(viewer, built)
    assert (figure(hidden, "useful").state, hidden.issue) == (FigureState.UNPUBLISHED, None)
    issue(built)
    shown, whole = seen_by(viewer, built), seen_by(built.curator, built)
    assert (figure(shown, "useful").value, figure(shown, "useful").n) == (1000, 6)
    assert figure(whole, "useful").n == 14
    assert [one.cells for part in shown.parts for one in part.breakdowns if one.code == "sector"] == [
        {"tourism": 6}
    ]
    path = f"/programme/{built.project.slug}/report"
    assert "utgave 1" in signed_in(app, viewer).page(path).text
    assert "partner" not in signed_in(app, built.curator).get(f"{path}/issues/1.json").get_json()


def test_partner_garden_sees_no_mean_that_reveals_a_new_answer(built: ReportedProject) -> None:
    viewer = partner_of(built, companies=6)
    issue(built)
    held = session.scalars(select(CourseSession).order_by(CourseSession.id.desc())).first()
    for number, shown in ((1, FigureState.SUPPRESSED), (13, FigureState.MEASURED)):
        for _company in range(number):
            one = programme.participation(held.cohort, f"Ny {_company}")
            session.add(answer(held, one, 5))
        session.commit()
        issue(built)
        assert figure(seen_by(viewer, built), "useful").state is shown


def test_mean_of_which_one_answer_was_replaced_by_another_is_hidden(built: ReportedProject) -> None:
    readers = [partner_of(built, companies=6), built.curator]
    issue(built)
    held = session.scalars(select(CourseSession).order_by(CourseSession.id.desc())).first()
    session.delete(session.scalars(select(SessionFeedback).order_by(SessionFeedback.id.desc())).first())
    session.add(answer(held, programme.participation(held.cohort, "Ny", sector_code="tourism"), 5))
    session.commit()
    for reader in readers:
        assert figure(seen_by(reader, built), "useful").state is FigureState.MEASURED
    issue(built)
    for reader in readers:
        assert figure(seen_by(reader, built), "useful").state is FigureState.SUPPRESSED


def test_partner_garden_sees_no_mean_that_reveals_the_few_other_companies(built: ReportedProject) -> None:
    """The partner may also have the issue of the whole project, and subtract its own figures."""
    viewer = partner_of(built, companies=6)
    keep_three_answers_of_others()
    issue(built)
    assert figure(seen_by(built.curator, built), "useful").state is FigureState.MEASURED
    assert figure(seen_by(viewer, built), "useful").state is FigureState.SUPPRESSED


def test_mean_that_an_earlier_part_of_a_partner_reveals_is_hidden(built: ReportedProject) -> None:
    """The partner had 6 of 14 answers. When 9 are left, it could subtract its own from the whole, and 3 would remain."""
    viewer = partner_of(built, companies=6)
    issue(built)
    keep_three_answers_of_others()
    issue(built)
    assert figure(seen_by(built.curator, built), "useful").state is FigureState.SUPPRESSED
    assert figure(seen_by(viewer, built), "useful").state is FigureState.MEASURED


def test_partner_garden_with_few_companies_sees_no_mean(built: ReportedProject) -> None:
    viewer = partner_of(built, companies=4)
    issue(built)
    shown = seen_by(viewer, built)
    assert (figure(shown, "useful").state, figure(shown, "recruited").value) == (FigureState.SUPPRESSED, 4)
    assert not any(part.breakdowns for part in shown.parts)


def test_count_by_answer_or_result_is_from_an_issue(built: ReportedProject) -> None:
    codes = [
        one.code
        for part in project_report(built.curator, built.project.slug, None, None, None).parts
        for one in part.figures
        if one.state is FigureState.MEASURED
        and (one.evidence is Evidence.REPORTED or one.code in {"reached", "with_baseline"})
    ]
    assert {"says_started", "reached", "with_baseline"} <= set(codes)
    assert {figure(live(built), code).state for code in codes} == {FigureState.UNPUBLISHED}
    issue(built)
    assert figure(live(built), "says_started").state is FigureState.MEASURED
