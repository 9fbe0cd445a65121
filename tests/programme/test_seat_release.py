"""Release of seats when the e-mail that asks for an answer could not be sent in time."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.outbox.delivery import deliver_due
from marketplace.outbox.models import OutboxMail
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort
from marketplace.programme.queries.courses import seat_deadline, waiting_list_position
from marketplace.programme.seat_deadlines import CONFIRM_HOURS, OFFER_HOURS
from marketplace.programme.use_cases import recruiting, seat_link, seat_release
from tests import factories
from tests.factories import programme
from tests.support.mail_sink import Sink, sink
from tests.support.notices import mark_mail_sent

__all__ = ["sink"]


@pytest.fixture
def cohort(app: Flask) -> Cohort:
    return programme.cohort(programme.place(programme.project(factories.garden())), seats=1)


def offered(cohort: Cohort, email: str = "kari@x.example") -> Participation:
    """Add a company on the waiting list, and offer it the seat that another one leaves."""
    seated = programme.participation(cohort)
    waiting = programme.participation(
        cohort, "Moen rør", state="waiting", contact_email=email, waiting_since=clock.now()
    )
    waiting.accepted_cohort_ids = [cohort.id]
    session.commit()
    seat_link.withdraw(seated.token, "time", "")
    assert waiting.offered_cohort_id == cohort.id
    return waiting


def after(hours: int) -> dt.datetime:
    return clock.now() + dt.timedelta(hours=hours, minutes=1)


def test_offer_that_was_not_sent_in_time_is_repeated_with_a_new_deadline(cohort: Cohort, app: Flask) -> None:
    company = offered(cohort)
    with clock.as_of(after(OFFER_HOURS)):
        assert seat_release.release_lapsed_offers() == 0
        assert company.offer_expires_at == clock.now() + dt.timedelta(hours=OFFER_HOURS)
        deliver_due(app.config["SETTINGS"])
        offers = select(OutboxMail.state).where(OutboxMail.expires_at.is_not(None))
        assert session.scalars(offers.order_by(OutboxMail.id)).all() == ["expired", "sent"]
        with clock.as_of(after(OFFER_HOURS)):
            assert seat_release.release_lapsed_offers() == 1


def test_offer_that_was_not_sent_lapses_when_the_course_is_over(cohort: Cohort) -> None:
    company = offered(cohort)
    programme.course_session(cohort, clock.now() + dt.timedelta(hours=1))
    session.commit()
    with clock.as_of(after(OFFER_HOURS)):
        assert seat_release.release_lapsed_offers() == 1
        assert company.offered_cohort_id is None


@pytest.mark.parametrize("address", ["refused@x.example", "kåre@x.example"])
def test_offer_to_an_address_that_is_refused_lapses(
    cohort: Cohort, app: Flask, sink: tuple[Sink, int], address: str
) -> None:
    company = offered(cohort, address)
    smtp = replace(app.config["SETTINGS"], mail_host="127.0.0.1", mail_port=sink[1], mail_tls="none")
    deliver_due(smtp)
    with clock.as_of(after(OFFER_HOURS)):
        assert seat_release.release_lapsed_offers() == 1
        assert company.state == "lead"


def test_unconfirmed_company_that_came_keeps_its_seat(cohort: Cohort) -> None:
    unconfirmed = programme.participation(cohort, confirmed_at=None)
    programme.mark(programme.course_session(cohort, clock.now()), unconfirmed)
    with clock.as_of(after(CONFIRM_HOURS)):
        assert seat_release.release_unconfirmed() == 0


def test_company_is_asked_to_confirm_again_if_the_e_mail_was_not_sent_in_time(
    cohort: Cohort, app: Flask
) -> None:
    lead = programme.participation(cohort.project)
    adviser = factories.member(cohort.place.garden, "adviser")
    session.commit()
    recruiting.give_seat(adviser, cohort.project.slug, lead.id, cohort.id, is_confirmed=False)
    with clock.as_of(after(CONFIRM_HOURS)):
        assert seat_release.release_unconfirmed() == 0
        assert deliver_due(app.config["SETTINGS"]) == 1
        assert len(list(Path(app.instance_path, "mail").glob("*.eml"))) == 1
        with clock.as_of(after(CONFIRM_HOURS)):
            assert seat_release.release_unconfirmed() == 1


def test_company_that_is_asked_again_keeps_its_place_on_the_waiting_list(cohort: Cohort) -> None:
    seated = programme.participation(cohort)
    lead = programme.participation(cohort.project)
    adviser = factories.member(cohort.place.garden, "adviser")
    session.commit()
    slug = cohort.project.slug
    recruiting.give_seat(adviser, slug, lead.id, cohort.id, is_confirmed=False)
    with clock.as_of(after(CONFIRM_HOURS - 1)):
        later = programme.participation(cohort.project)
        session.commit()
        recruiting.give_seat(adviser, slug, later.id, cohort.id, is_confirmed=True)
    with clock.as_of(after(CONFIRM_HOURS)):
        assert seat_release.release_unconfirmed() == 0
        assert seat_deadline(lead) == clock.now() + dt.timedelta(hours=CONFIRM_HOURS)
        assert [waiting_list_position(one) for one in (lead, later)] == [1, 2]
        seat_link.withdraw(seated.token, "time", "")
        assert (lead.offered_cohort_id, later.offered_cohort_id) == (cohort.id, None)


def test_unconfirmed_company_that_is_moved_has_the_time_that_its_e_mail_says(cohort: Cohort) -> None:
    lead = programme.participation(cohort.project)
    other = programme.cohort(cohort.place)
    adviser = factories.member(cohort.place.garden, "adviser")
    session.commit()
    slug = cohort.project.slug
    recruiting.give_seat(adviser, slug, lead.id, cohort.id, is_confirmed=False)
    with clock.as_of(after(CONFIRM_HOURS - 1)):
        recruiting.give_seat(adviser, slug, lead.id, other.id, is_confirmed=False)
        mark_mail_sent()
        with clock.as_of(after(CONFIRM_HOURS - 1)):
            assert seat_release.release_unconfirmed() == 0
