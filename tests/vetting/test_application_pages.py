"""The application form: accounts, hostile input, field errors and access."""

import re

import pytest
from flask import Flask

from marketplace.core.database import session
from marketplace.outbox.models import OutboxMail
from marketplace.suppliers.models import Supplier
from marketplace.vetting.queries import vettings_of
from tests import factories
from tests.factories.suppliers import ABOUT, applicant, vetting_garden, vetting_of
from tests.support.browser import Browser, signed_in
from tests.support.hostile_text import HOSTILE
from tests.support.page_rules import HtmlPage, text_of

APPLICATION = {
    "person_name": "Ola Kvist",
    "email": "ola@kvistverk.example",
    "password": "grønn traktor på jordet",
    "name": "Kvistverk Nettbyrå",
    "organisation_number": "310 000 388",
    "municipality": "5021",
    "garden": "",
    "services": ["ecm.shop", "web.site"],
    "sectors": ["agriculture"],
    "languages": ["nb", "nn"],
    "presence": ["remote", "on_site"],
    "areas": ["5022", "county:15"],
    "price_from": "30 000 kr",
    "about": ABOUT,
    "text_locale": "nb",
    "case_title": "Nettbutikk for tre gårder",
    "case_text": "Gårdene ville selge sammen, og vi bygde butikken med dem.",
    "case_year": "2025",
    "reference": "Solveig, 00 00 00 00",
    "terms": "Kunden eier alt.",
}


def test_application_form_creates_account_and_supplier(client: Browser) -> None:
    home = vetting_garden()
    answer = client.post("/suppliers/apply", data=APPLICATION)
    assert answer.status_code == 303, re.findall(r"field-error[^<]*<?[^<]*", answer.text)
    link = next(
        mail.link_path for mail in session.query(OutboxMail) if mail.link_path.startswith("/confirm/")
    )
    client.post(link, data={"password": APPLICATION["password"]})
    made = session.query(Supplier).one()
    assert made.organisation_number == "310000388"
    assert made.price_from_nok == 30_000
    assert {item.category for item in vettings_of(made.id)} == {"ecm", "web"}
    assert len(made.areas) > 20
    assert made.garden_id == home.garden.id
    page = client.page("/profile")
    assert "Kvistverk Nettbyrå" in page.text
    assert client.page(f"/suppliers/{made.slug}").heading == "Kvistverk Nettbyrå"


def test_signed_in_user_applies_without_password(app: Flask) -> None:
    vetting_garden()
    company = factories.member(factories.company())
    person = signed_in(app, company)
    data = {
        key: value for key, value in APPLICATION.items() if key not in {"person_name", "email", "password"}
    }
    assert person.post("/suppliers/apply", data=data).status_code == 303
    assert "Kvistverk Nettbyrå" in person.page("/profile").text


@pytest.mark.sample(12)
@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "field", [*APPLICATION, "website", "case_client", "case_result", "employees", "next_start", "phone"]
)
def test_hostile_application_input_is_redisplayed(client: Browser, field: str, text: str) -> None:
    vetting_garden()
    answer = client.post("/suppliers/apply", data=APPLICATION | {field: text})
    assert answer.status_code in {422, 303}
    if answer.status_code == 422:
        assert "error-summary" in answer.text
        assert "Gårdene ville selge sammen" in answer.text or field == "case_text"
        assert session.query(Supplier).count() == 0
    assert "<script>alert" not in answer.text


def test_taken_organisation_number_shows_field_error(client: Browser) -> None:
    vetting_garden()
    applicant("Andre", organisation_number="310000388")
    answer = client.post("/suppliers/apply", data=APPLICATION)
    assert answer.status_code == 422
    assert 'id="organisation_number-error"' in answer.text


def test_optional_parts_are_closed_until_they_have_a_value_or_an_error(client: Browser) -> None:
    vetting_garden()
    empty = client.page("/suppliers/apply")
    assert open_parts(empty) == []
    wrong = APPLICATION | {"website": "ingen adresse", "reference": "Solveig"}
    answer = client.post("/suppliers/apply", data=wrong)
    assert answer.status_code == 422
    parts = open_parts(HtmlPage(answer.text))
    assert "Næringshage, nettside og telefon (valgfritt)" in parts
    assert "Kundereferanse og eierskap til resultatet (valgfritt)" in parts


def open_parts(page: HtmlPage) -> list[str]:
    parts = page.all("details", class_="ds-details folded")
    return [text_of(part.find("summary")) for part in parts if "open" in part.attrib]


def test_application_page_access_by_role(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    other = vetting_garden(name="Havgapet", municipality_number="5056", covered_municipalities=["5056"])
    made, owner = applicant()
    path = f"/vetting/{vetting_of(made).id}"
    assert client.get(path).status_code == 303
    assert signed_in(app, owner).get(path).status_code == 403
    assert signed_in(app, other.curator).get(path).status_code == 404
    assert signed_in(app, factories.member(factories.company())).get(path).status_code == 403
    adviser = signed_in(app, factories.member(home.garden, "adviser"))
    assert 'value="approve"' not in adviser.page(path).html
    assert adviser.post(path, data={"decision": "approve"}).status_code == 403
    assert 'value="approve"' in signed_in(app, home.curator).page(path).html
