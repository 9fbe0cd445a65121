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
from tests.vetting.test_application_pages import APPLICATION

Broken = Callable[[], SupplierApplication]
BROKEN: dict[str, tuple[Broken, str]] = {
    "no service": (lambda: application(services=[]), "Kryss av minst én tjeneste"),
    "no service we know": (lambda: application(services=["ecm.nonsense"]), "Kryss av minst én tjeneste"),
    "hired nowhere": (lambda: application(remote=False, on_site=False), "Velg om dere arbeider digitalt"),
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
def test_invalid_application_shows_error_and_stores_nothing(app: Flask, broken: str) -> None:
    vetting_garden()
    make, said = BROKEN[broken]
    with pytest.raises(RuleBroken, match=said):
        use_cases.create_own_supplier(Viewer(user_id=factories.user().id), make())
    assert session.query(Supplier).count() == session.query(Vetting).count() == 0
    assert session.query(Notice).count() == session.query(OutboxMail).count() == 0


@pytest.mark.parametrize("year", [1989, 2099, 3000])
def test_case_year_out_of_range_shows_field_error(client: Browser, year: int) -> None:
    vetting_garden()
    answer = client.post("/suppliers/apply", data=APPLICATION | {"case_year": str(year)})
    assert answer.status_code == 422
    assert "fra 1990 til nå" in answer.text
    assert session.query(Supplier).count() == 0


def test_chosen_garden_takes_precedence_over_covering_garden(app: Flask) -> None:
    vetting_garden()
    chosen = factories.garden("Havgapet", municipality_number="5056", covered_municipalities=["5056"])
    assert applicant(garden_id=chosen.id)[0].garden_id == chosen.id


def test_application_without_owner_notifies_garden_only(app: Flask) -> None:
    home = vetting_garden()
    made = use_cases.add_application(application())
    assert made.garden_id == home.garden.id
    assert [notice.user_id for notice in session.query(Notice)] == [home.curator.user_id]
    assert {mail.recipient for mail in session.query(OutboxMail)} == {home.curator.email}


def test_registered_address_gets_same_response_and_no_supplier(
    client: Browser,
) -> None:
    vetting_garden()
    known = factories.user("Ola Kvist", email=APPLICATION["email"])
    answer = client.post("/suppliers/apply", data=APPLICATION)
    other = client.post("/suppliers/apply", data=APPLICATION | {"email": "per@kvistverk.example"})
    assert (answer.status_code, answer.location) == (other.status_code, other.location)
    assert answer.status_code == 303
    (link,) = session.query(OutboxMail).filter_by(recipient="per@kvistverk.example")
    client.post(link.link_path, data={"password": APPLICATION["password"]})
    assert session.query(Supplier).count() == 1, "the other one's"
    assert session.query(Notice).filter_by(user_id=known.id).count() == 0
    (mail,) = session.query(OutboxMail).filter_by(recipient=APPLICATION["email"])
    assert not mail.link_path.startswith("/confirm/")


def test_supplier_without_garden_gets_one_with_new_category(app: Flask) -> None:
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


def test_unknown_application_cannot_be_decided_or_resubmitted(app: Flask) -> None:
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
