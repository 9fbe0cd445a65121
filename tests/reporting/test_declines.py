"""Declined invitations and briefs that ended without a job, as the report counts them."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.i18n import use_locale
from marketplace.reporting.figures import Breakdown, Figure, FigureState, ReportPart
from marketplace.reporting.labels import cell_label
from marketplace.reporting.queries.report import LiveReport, project_report
from marketplace.reporting.suppression import suppress
from marketplace.sourcing.models import Invitation
from tests.factories.reporting import ReportedProject, reported_project

AGO = dt.timedelta(days=5)


@pytest.fixture
def built(app: Flask) -> ReportedProject:
    return reported_project(companies=8)


def decline(reasons: list[str]) -> None:
    """Decline one invitation for each reason, five days ago."""
    invitations = session.scalars(select(Invitation).order_by(Invitation.id)).all()
    for invitation, reason in zip(invitations, reasons, strict=False):
        invitation.declined_at, invitation.decline_reason = clock.now() - AGO, reason
    session.commit()


def ordering(report: LiveReport, *, is_issued: bool = False) -> tuple[dict[str, Figure], list[Breakdown]]:
    parts = suppress(report.parts) if is_issued else report.parts
    part = next(part for part in parts if part.code == "ordering")
    return {figure.code: figure for figure in part.figures}, list(part.breakdowns)


def report(built: ReportedProject, from_on: dt.date | None = None) -> LiveReport:
    return project_report(built.curator, built.project.slug, from_on, None, None)


def test_declines_are_counted_by_reason_and_period(built: ReportedProject) -> None:
    decline(["too_far", "too_far", "low_budget"])
    figures, (reasons,) = ordering(report(built))
    assert (figures["invitations"].value, figures["declines"].value, figures["declines"].n) == (8, 3, 8)
    assert reasons.cells == {"too_far": 2, "low_budget": 1}
    later, _breakdowns = ordering(report(built, clock.today()))
    assert (later["declines"].before, later["declines"].period) == (3, 0)
    with use_locale("nb"):
        assert cell_label("decline_reason", "too_far") == "For langt unna"


def test_few_declines_are_not_broken_down_in_an_issue(built: ReportedProject) -> None:
    decline(["too_far"] * 5 + ["low_budget"] * 2)
    _figures, breakdowns = ordering(report(built), is_issued=True)
    assert breakdowns == []
    decline(["too_far"] * 8)
    _figures, (reasons,) = ordering(report(built), is_issued=True)
    assert reasons.cells == {"too_far": 8}


def test_decline_taken_back_does_not_count(built: ReportedProject) -> None:
    decline(["too_far"])
    invitation = session.scalars(select(Invitation).order_by(Invitation.id)).first()
    assert invitation is not None
    invitation.declined_at, invitation.decline_reason = None, ""
    session.commit()
    figures, breakdowns = ordering(report(built))
    assert (figures["declines"].value, breakdowns) == (0, [])


def test_withdrawn_briefs_and_briefs_without_a_choice_are_counted(built: ReportedProject) -> None:
    briefs = session.scalars(select(Brief).order_by(Brief.id)).all()
    for brief, state in zip(briefs, ("withdrawn", "no_award", "no_award"), strict=False):
        brief.state = state
    session.commit()
    figures, _breakdowns = ordering(report(built))
    assert (figures["briefs_withdrawn"].value, figures["briefs_not_awarded"].value) == (1, 2)


def test_breakdown_of_a_total_that_is_hidden_is_left_out() -> None:
    figure = Figure("declines", 12, n=3)
    part = ReportPart("ordering", [figure], [Breakdown("decline_reason", "declines", {"too_far": 12})])
    (found,) = suppress([part])
    assert (found.figures[0].state, found.breakdowns) == (FigureState.SUPPRESSED, ())
