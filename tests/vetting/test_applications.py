"""Required fields of an application, the garden that receives it, and notices."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from marketplace.core.database import session
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.viewer import Viewer
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.suppliers import use_cases as profiles
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.use_cases import SupplierApplication
from marketplace.vetting import use_cases
from marketplace.vetting.models import Vetting
from marketplace.vetting.queries import vettings_of
from marketplace.vetting.use_cases import Decision
from tests import factories
from tests.factories.suppliers import CASE, applicant, application, checklist, vetting_garden
from tests.support.browser import Browser
from tests.vetting.test_pages import APPLICATION

Broken = Callable[[], SupplierApplication]
BROKEN: dict[str, tuple[Broken, str]] = {
    "no service": (lambda: application(services=[]), "Kryss av minst én tjeneste"),
    "no service we know": (lambda: application(services=["ecm.nonsense"]), "Kryss av minst én tjeneste"),
    "hired nowhere": (lambda: application(remote=False, on_site=False), "Si om dere arbeider på skjerm"),
    "a job before there were any": (
        lambda: application(cases=[replace(CASE, year=1989)]),
        "Skriv året oppdraget ble gjort",
    ),
    "a job to come": (
        lambda: application(cases=[replace(CASE, year=2099)]),
        "Skriv året oppdraget ble gjort",
    ),
    "a garden that is not there": (lambda: application(garden_id=999_999), "Velg én fra listen"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_an_application_that_breaks_a_rule_is_told_which_and_nothing_is_kept(app: Flask, broken: str) -> None:
    vetting_garden()
    make, said = BROKEN[broken]
    with pytest.raises(RuleBroken, match=said):
        use_cases.create_own_supplier(Viewer(user_id=factories.user().id), make())
    assert session.query(Supplier).count() == session.query(Vetting).count() == 0
    assert session.query(Notice).count() == session.query(OutboxMail).count() == 0


@pytest.mark.parametrize("year", [1989, 2099])
def test_a_year_that_cannot_be_is_told_beside_the_field(client: Browser, year: int) -> None:
    vetting_garden()
    answer = client.post("/suppliers/apply", data=APPLICATION | {"case_year": str(year)})
    assert answer.status_code == 200
    assert 'id="case_year-error"' in answer.text
    assert session.query(Supplier).count() == 0


def test_the_garden_that_is_chosen_gets_it_before_the_one_that_covers_the_seat(app: Flask) -> None:
    vetting_garden()
    chosen = factories.garden("Havgapet", municipality_number="5056", covered_municipalities=["5056"])
    assert applicant(garden_id=chosen.id)[0].garden_id == chosen.id


def test_for_a_supplier_without_people_the_garden_is_told_and_nobody_gets_a_receipt(app: Flask) -> None:
    home = vetting_garden()
    made = use_cases.add_application(application())
    assert made.garden_id == home.garden.id
    assert [notice.user_id for notice in session.query(Notice)] == [home.curator.user_id]
    assert {mail.recipient for mail in session.query(OutboxMail)} == {home.curator.email}


def test_an_address_that_has_an_account_is_answered_as_any_other_and_gets_no_supplier(
    client: Browser,
) -> None:
    vetting_garden()
    known = factories.user("Ola Kvist", email=APPLICATION["email"])
    answer = client.post("/suppliers/apply", data=APPLICATION)
    other = client.post("/suppliers/apply", data=APPLICATION | {"email": "per@kvistverk.example"})
    assert (answer.status_code, answer.location) == (other.status_code, other.location)
    assert answer.status_code == 303
    assert session.query(Supplier).count() == 1, "the other one's"
    assert session.query(Notice).filter_by(user_id=known.id).count() == 0
    (mail,) = session.query(OutboxMail).filter_by(recipient=APPLICATION["email"])
    assert not mail.link_path.startswith("/confirm/")


def test_a_supplier_without_a_home_gets_one_when_it_asks_for_a_new_kind(app: Flask) -> None:
    home = vetting_garden()
    made, owner = applicant(approved_by=home.curator)
    made.garden_id = None
    session.commit()
    profiles.change_services(owner, ["ecm.shop", "ecm.booking"])
    assert session.get_one(Supplier, made.id).garden_id is None, "nothing new is asked for"
    assert profiles.change_services(owner, ["ecm.shop", "med.photo"]) == 1
    opened = vettings_of(made.id)[-1]
    assert (opened.category, opened.garden_id) == ("med", home.garden.id)
    assert session.get_one(Supplier, made.id).garden_id == home.garden.id


def test_an_application_that_is_not_there_is_neither_decided_nor_sent_again(app: Flask) -> None:
    home = vetting_garden()
    _made, owner = applicant()
    decision = Decision("approve", 1, checklist("ecm"))
    for act in (
        lambda: use_cases.decide(home.curator, 999_999, decision),
        lambda: use_cases.propose_refusal(home.curator, 999_999, decision),
        lambda: use_cases.submit_again(owner, 999_999, "Her er vi."),
        lambda: use_cases.appeal(owner, 999_999, "Her er vi."),
    ):
        with pytest.raises(NotFound):
            act()
