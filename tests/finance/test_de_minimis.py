"""Participation fees and state aid: sums over three years, across projects, and what the leader types."""

import datetime as dt
from dataclasses import replace

import pytest

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.details import details_of
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.finance import de_minimis
from marketplace.finance.models import AidGrant, ParticipationFee
from marketplace.finance.queries.aid import company_finances
from marketplace.finance.use_cases.aid import AidDetails, FeeDetails, note_fees, save_aid
from marketplace.programme.models.participation import Participation
from marketplace.programme.queries.projects import project_for
from marketplace.programme.use_cases.recruiting import ParticipationDetails, save_participation
from marketplace.reporting.queries.finance_facts import fees_of
from tests.factories import finance, programme

NUMBER = "310000019"


@pytest.fixture
def seat(project):
    return programme.participation(programme.cohort(programme.place(project)), organisation_number=NUMBER)


def row(viewer, project):
    return company_finances(project_for(viewer, project.slug)).rows[0]


def given(**values):
    return AidDetails(**({"amount": 1_300_000, "basis": "de_minimis", "granted_on": clock.today()} | values))


def test_only_de_minimis_aid_of_the_last_three_years_counts():
    grants = [
        (dt.date(2023, 6, 1), "de_minimis", 100),
        (dt.date(2023, 6, 2), "de_minimis", 10),
        (dt.date(2025, 1, 1), "article_28", 1_000),
        (dt.date(2026, 6, 1), "de_minimis", 1),
    ]
    assert de_minimis.rolling_sum(grants, dt.date(2026, 6, 1)) == 11
    assert de_minimis.highest_rolling_sum(grants) == 110


def test_de_minimis_aid_is_added_up_across_projects(garden, project, leader, seat):
    other = programme.project(garden, "Et annet prosjekt")
    elsewhere = programme.participation(programme.cohort(programme.place(other)), organisation_number=NUMBER)
    save_aid(leader, project.slug, seat.id, given())
    save_aid(leader, other.slug, elsewhere.id, given(amount=700_000))
    assert (row(leader, project).aid_ore, row(leader, project).de_minimis_ore) == (1_300_000, 2_000_000)


def test_correction_of_aid_replaces_the_row(project, leader, seat):
    save_aid(leader, project.slug, seat.id, given())
    first = session.query(AidGrant).one()
    save_aid(leader, project.slug, seat.id, given(amount=0), first.id)
    assert row(leader, project).grants == []
    with pytest.raises(Conflict):
        save_aid(leader, project.slug, seat.id, given(), first.id)


def test_aid_needs_an_organisation_number(app, project, leader):
    lead = programme.participation(programme.cohort(programme.place(project)), "Uten nummer")
    with pytest.raises(RuleBroken, match="organisasjonsnummer"):
        save_aid(leader, project.slug, lead.id, given())
    browser = app.test_client().sign_in(leader.user_id)
    assert "organisasjonsnummeret" in browser.page(f"/programme/{project.slug}/aid/{lead.id}").text


def test_newest_note_of_a_fee_counts(project, leader, seat):
    note_fees(leader, project.slug, [seat.id], FeeDetails("invoiced", 500_000, clock.today()))
    note_fees(leader, project.slug, [seat.id], FeeDetails("paid", 500_000, clock.today()))
    page = company_finances(project_for(leader, project.slug))
    assert (page.rows[0].fee.state, page.fees_ore) == ("paid", {"paid": 500_000})
    assert session.query(ParticipationFee).count() == 2


def test_fee_noted_on_the_wrong_company_is_taken_back(app, project, leader, seat):
    note_fees(leader, project.slug, [seat.id], FeeDetails("paid", 500_000, clock.today()))
    browser = app.test_client().sign_in(leader.user_id)
    form = {"id": seat.id, "state": "none", "amount": "", "on": clock.today().isoformat()}
    assert browser.post(f"/programme/{project.slug}/aid", data=form).status_code == 303
    page = company_finances(project_for(leader, project.slug))
    assert (page.rows[0].fee, page.fees_ore, fees_of([seat.id], clock.now())) == (None, {}, [])
    assert browser.post(f"/programme/{project.slug}/aid", data=form | {"state": "paid"}).status_code == 422


def test_fee_of_no_company_is_an_error_with_what_was_typed(app, project, leader, seat):
    browser = app.test_client().sign_in(leader.user_id)
    path = f"/programme/{project.slug}/aid"
    form = {"state": "paid", "amount": "5 000", "on": clock.today().isoformat()}
    refused = browser.post(path, data=form)
    assert (refused.status_code, "5 000" in refused.text.replace("\xa0", " ")) == (422, True)
    in_euro = browser.post(path, data=form | {"id": seat.id, "amount": "5 000 euro"})
    assert "norske kroner" in in_euro.text
    assert browser.post(path, data=form | {"id": seat.id}).status_code == 303
    assert "5 000 kr" in browser.page(path).text.replace("\xa0", " ")


def test_all_companies_of_the_filtered_list_are_chosen_at_once(app, project, leader):
    cohort = programme.cohort(programme.place(project))
    bakery, cafe = (programme.participation(cohort, name) for name in ("Bølgen bakeri", "Snøhetta kafé"))
    note_fees(leader, project.slug, [cafe.id], FeeDetails("paid", 500_000, clock.today()))
    browser = app.test_client().sign_in(leader.user_id)

    def listed(query):
        """Return the fields that the form of a filtered list sends when all are chosen."""
        page = browser.page(f"/programme/{project.slug}/aid?{query}")
        assert not [box for box in page.all("input", name="id") if "checked" in box.attrib]
        return {"all": "1", "chosen": page.one("input", name="chosen").get("value")}

    assert listed("")["chosen"] == f"{bakery.id},{cafe.id}"
    assert listed("state=none") == listed("q=boelgen") == listed("q=bolgn")
    path, typed = (
        f"/programme/{project.slug}/aid?state=none",
        {"state": "waived", "on": clock.today().isoformat()},
    )
    refused = browser.post(path, data=typed | listed("state=none") | {"amount": "mye"})
    assert (refused.status_code, refused.text.count(" checked"), "mye" in refused.text) == (422, 2, True)
    assert browser.post(path, data=typed | listed("state=none") | {"amount": "0"}).status_code == 303
    fees = {
        row.participation.id: row.fee.state
        for row in company_finances(project_for(leader, project.slug)).rows
    }
    assert fees == {bakery.id: "waived", cafe.id: "paid"}


def test_company_of_another_project_gets_no_fee(garden, leader, project):
    other = programme.project(garden, "Et annet prosjekt")
    elsewhere = programme.participation(programme.cohort(programme.place(other)))
    with pytest.raises(RuleBroken):
        note_fees(leader, project.slug, [elsewhere.id], FeeDetails("paid", 100, clock.today()))
    assert finance.grant(elsewhere, leader.user_id).project_id == other.id


def test_number_with_recorded_aid_is_not_replaced(project, leader, seat):
    def change():
        details = details_of(ParticipationDetails, session.get_one(Participation, seat.id))
        save_participation(leader, project.slug, seat.id, replace(details, organisation_number="310000027"))

    save_aid(leader, project.slug, seat.id, given())
    with pytest.raises(RuleBroken) as refused:
        change()
    assert refused.value.field == "organisation_number"
    save_aid(leader, project.slug, seat.id, given(amount=0), session.query(AidGrant).one().id)
    change()
    assert row(leader, project).grants == []
