"""Counts and lists of a garden's application queue."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from flask import Flask

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.dates import cutoff_reached
from marketplace.core.errors import NotFound
from marketplace.directory import queries as directory
from marketplace.suppliers.models import Supplier
from marketplace.vetting import queries, rules, use_cases
from marketplace.vetting.models import Vetting
from marketplace.vetting.queries import applications
from tests import factories
from tests.factories.suppliers import applicant, propose_refusal, refuse, vetting_garden, vetting_of
from tests.support.browser import Browser
from tests.support.notices import notices_to


@pytest.mark.parametrize("days", [0, 364, 366, 420, 440])
def test_queue_counts_and_lists_by_status_over_time(app: Flask, days: int) -> None:
    home = vetting_garden()
    applicant("Sendt")
    applicant("Godkjent", approved_by=home.curator, services=["ecm.shop", "med.photo"])
    refuse(home, vetting_of(applicant("Avslått")[0]))
    elsewhere = factories.garden("Havgapet", municipality_number="5056", covered_municipalities=["5056"])
    factories.member(elsewhere, "curator")
    applicant("Annen", municipality_number="5056")
    closed, _owner = applicant("Stengt", approved_by=home.curator)
    session.get_one(Supplier, closed.id).is_active = False
    session.commit()
    with clock.as_of(clock.now() + dt.timedelta(days=days)):
        mine = [item for item in session.query(Vetting) if item.supplier.is_active]
        stands = {item.id: queries.status_of(item) for item in mine if item.garden_id == home.garden.id}
        expected = Counter(stands.values())
        expected[applications.WAITING] = expected[rules.SUBMITTED] + expected[rules.DUE]
        assert queries.count_by_status(home.curator) == {
            name: expected[name] for name in applications.FILTERS
        }
        assert elsewhere.id in {item.garden_id for item in mine}
        for name in rules.STATUSES:
            page = queries.queue(home.curator, name, 9)
            assert (page.number, page.total) == (1, expected[name])
            assert {line.id for line in page.items} == {id_ for id_, stand in stands.items() if stand == name}
            assert {line.status for line in page.items} <= {name}


def test_title_counts_applications_and_renewals_apart(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    due = vetting_of(applicant("Godkjent", approved_by=home.curator)[0])
    due.approved_at = cutoff_reached(months=rules.DUE_MONTHS) - dt.timedelta(days=1)
    session.commit()
    client.sign_in(home.curator.user_id or 0)
    assert "1 fornyelse venter på dere" in client.page("/vetting").text
    applicant("Sendt")
    applicant("Sendt også")
    assert "2 søknader og 1 fornyelse venter på dere" in client.page("/vetting").text


def test_queue_is_for_gardens_only(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    made, owner = applicant()
    item = vetting_of(made)
    for viewer in (owner, factories.member(factories.company()), factories.administrator()):
        for ask in (queries.queue, directory.garden_suppliers):
            with pytest.raises(NotFound):
                ask(viewer)
        with pytest.raises(NotFound):
            queries.application_view(viewer, item.id)
    client.sign_in(home.curator.user_id or 0)
    for kind in ("", "refusals/", "appeals/"):
        assert client.get(f"/vetting/{kind}999999").status_code == 404


def test_approval_counts_as_it_is_listed_on_the_day_it_becomes_due_or_expires(app: Flask) -> None:
    home = vetting_garden()
    item = vetting_of(applicant(approved_by=home.curator)[0])
    for months, status in ((rules.DUE_MONTHS, rules.APPROVED), (rules.DORMANT_MONTHS, rules.DUE)):
        item.approved_at = cutoff_reached(months=months)
        session.commit()
        page = queries.queue(home.curator, status)
        assert [row.status for row in page.items] == [status]
        assert page.total == 1


def test_curators_are_reminded_once_on_the_day_the_answer_is_due(app: Flask, time_machine: Any) -> None:
    home = vetting_garden()
    time_machine.move_to(dt.datetime(2026, 11, 5, 12, tzinfo=dt.UTC), tick=False)  # a Thursday
    applicant("Sendt", services=["ecm.shop", "med.photo"])
    applicant("Besvart", approved_by=home.curator)
    factories.member(home.garden, "curator", name="Anders Skorem")
    propose_refusal(home, vetting_of(applicant("Avslag foreslått")[0]))
    for day, hour, expected in ((12, 12, 0), (13, 5, 0), (13, 6, 1), (16, 12, 0)):
        time_machine.move_to(dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC), tick=False)
        assert use_cases.remind_of_applications() == expected
    assert [notice.subject for notice in notices_to(home.curator, "vetting_waits")] == [
        "Svar på søknaden fra Sendt"
    ]
    for vetting in session.query(Vetting).filter_by(state=rules.SUBMITTED):
        vetting.submitted_at = clock.now()  # sent again
    session.commit()
    time_machine.move_to(dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC), tick=False)
    assert use_cases.remind_of_applications() == 1
