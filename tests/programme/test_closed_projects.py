"""Closing and reopening a project: sign-up, seats, offers and sessions."""

import datetime as dt

import pytest
from flask import Flask

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict
from marketplace.core.viewer import Viewer
from marketplace.outbox.models import OutboxMail
from marketplace.programme.models.projects import Cohort, Project
from marketplace.programme.use_cases import projects, seat_link
from tests.factories import programme
from tests.support.browser import signed_in


def test_closing_a_project_ends_sign_up_and_reopening_does_not_start_it_again(
    curator: Viewer, project: Project
) -> None:
    project.is_sign_up_open = True
    projects.set_project_closed(curator, project.slug, closed=True)
    assert (project.closed_at is not None, project.is_sign_up_open) == (True, False)
    projects.set_project_closed(curator, project.slug, closed=False)
    assert (project.closed_at, project.is_sign_up_open) == (None, False)


def test_closing_a_project_lists_its_coming_sessions_and_cancels_them(
    app: Flask, curator: Viewer, project: Project, cohort: Cohort
) -> None:
    coming = programme.course_session(cohort)
    past = programme.course_session(cohort, clock.now() - dt.timedelta(days=2))
    company = programme.participation(cohort)
    session.commit()
    browser = signed_in(app, curator)
    assert "Oppdal vår: " in browser.page(f"/programme/{project.slug}/close").text
    browser.post(f"/programme/{project.slug}/close", data={"closed": "yes"})
    session.expire_all()
    assert (coming.cancelled_at is not None, past.cancelled_at) == (True, None)
    mail = session.query(OutboxMail).one()
    assert (mail.recipient, "METHOD:CANCEL" in mail.calendar) == (company.contact_email, True)


def test_seats_freed_in_a_closed_project_are_offered_when_it_is_reopened(
    curator: Viewer, project: Project, cohort: Cohort
) -> None:
    seats = [programme.participation(cohort) for _index in range(2)]
    waiting = programme.participation(cohort, state="waiting", waiting_since=clock.now())
    session.commit()
    projects.set_project_closed(curator, project.slug, closed=True)
    seat_link.withdraw(seats[0].token, "time", "")
    assert waiting.offered_cohort_id is None
    projects.set_project_closed(curator, project.slug, closed=False)
    assert waiting.offered_cohort_id == cohort.id


def test_offer_of_a_seat_ends_when_the_project_is_closed(
    curator: Viewer, project: Project, cohort: Cohort
) -> None:
    seats = [programme.participation(cohort) for _index in range(2)]
    waiting = programme.participation(cohort, state="waiting", waiting_since=clock.now())
    session.commit()
    seat_link.withdraw(seats[0].token, "time", "")
    assert waiting.offered_cohort_id == cohort.id
    projects.set_project_closed(curator, project.slug, closed=True)
    with pytest.raises(Conflict):
        seat_link.accept_offer(waiting.token)
    assert (waiting.state, waiting.offer_expires_at) == ("waiting", None)
