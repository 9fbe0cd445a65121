"""Registration of a company: its garden, invalid input, unique numbers and briefs begun before."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from marketplace.briefs.models import Brief
from marketplace.core.database import session
from marketplace.organisations.models import Company
from marketplace.outbox.models import Notice, OutboxMail
from tests import factories
from tests.support.browser import Browser
from tests.support.page_rules import HtmlPage, text_of


def confirm(client: Browser, password: str) -> TestResponse:
    link = next(
        mail.link_path for mail in session.query(OutboxMail) if mail.link_path.startswith("/confirm/")
    )
    return client.post(link, data={"password": password})


def test_company_registers_and_is_assigned_its_garden(client: Browser) -> None:
    garden = factories.garden()
    curator = factories.member(garden, "curator")
    assert client.post("/register/company", data=factories.COMPANY_FORM).status_code == 303
    confirm(client, factories.COMPANY_FORM["password"])
    company = session.query(Company).one()
    assert company.garden_id == garden.id
    assert company.organisation_number == "310000019"
    assert company.website == "https://bjorkvollen.example"
    assert "Bjørkvollen ysteri" in client.page("/home").text
    assert session.query(Notice).filter_by(user_id=curator.user_id).count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"organisation_number": "123"},
        {"municipality": "9999"},
        {"municipality": ""},
        {"sector": "x"},
        {"employees": "-4"},
        {"employees": "9" * 400},
        {"email": "marit"},
        {"email": ""},
        {"password": "kort"},
        {"name": ""},
        {"name": "x" * 500},
        {"website": "javascript:alert(1)"},
    ],
)
def test_invalid_input_is_reported_and_kept_in_the_form(client: Browser, change: dict[str, str]) -> None:
    answer = client.post("/register/company", data=factories.COMPANY_FORM | change)
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert "Marit Bjørkvold" in answer.text
    for value in change.values():
        assert value in {"kort", "9999"} or value in answer.text
    assert session.query(Company).count() == 0


def test_registration_reports_taken_number_with_other_errors(client: Browser) -> None:
    factories.company("Nabo AS", organisation_number="310000019")
    wrong = {"name": "x", "sector": "", "password": "kort"}
    page = HtmlPage(client.post("/register/company", data=factories.COMPANY_FORM | wrong).text)
    assert {name for name in factories.COMPANY_FORM if page.all(id=f"{name}-error")} == {
        "organisation_number",
        *wrong,
    }


def test_organisation_number_is_unique(app: Flask, client: Browser) -> None:
    client.post("/register/company", data=factories.COMPANY_FORM)
    confirm(client, factories.COMPANY_FORM["password"])
    other = app.test_client()
    assert (
        "field-error"
        in other.post("/register/company", data=factories.COMPANY_FORM | {"email": "b@x.example"}).text
    )
    assert session.query(Company).count() == 1


def test_companies_with_the_same_name_get_unique_slugs(client: Browser) -> None:
    person = factories.member(factories.company())
    client.sign_in(person.user_id or 0)
    for _time in range(2):
        assert (
            client.post(
                "/register/company", data=factories.COMPANY_FORM | {"organisation_number": ""}
            ).status_code
            == 303
        )
    slugs = [slug for (slug,) in session.query(Company.slug).order_by(Company.id)]
    assert slugs == ["bjorkvollen-ysteri", "bjorkvollen-ysteri-2", "bjorkvollen-ysteri-3"]


def test_refused_registration_names_every_field_in_one_round(client: Browser) -> None:
    change = {"person_name": "M", "name": "B", "password": "kort", "municipality": ""}
    page = HtmlPage(client.post("/register/company", data=factories.COMPANY_FORM | change).text)
    (summary,) = page.all(class_="error-summary flow-s")
    lines = {link.get("href"): text_of(link) for link in summary.iter("a")}
    assert lines["#person_name"] == "Navnet ditt: Skriv minst 2 tegn."
    assert lines["#name"].endswith(": Skriv minst 2 tegn.")
    assert lines["#name"] != lines["#person_name"]
    assert "minst 12 tegn" in lines["#password"]
    assert lines["#municipality"] == "Velg kommune."
    assert page.title.startswith("Feil: ")
    assert not client.page("/register/company").title.startswith("Feil")


def test_brief_begun_before_registration_becomes_a_draft(client: Browser) -> None:
    words = "Vi vil at gjestene skal bestille hytte på nett.\n\nI dag ringer de."
    page = client.page("/briefs/new?services=ecm.booking")
    assert page.one("input", value="ecm.booking").get("checked") is not None
    begun = {"own_words": words, "shown": "yes", "service": ["ecm.booking", "nonsense"], "then": "begin"}
    form = client.post("/register/company", data=begun)
    assert form.status_code == 200
    assert "field-error" not in form.text
    carried = {"own_words": words, "services": "ecm.booking"}
    refused = HtmlPage(
        client.post("/register/company", data=factories.COMPANY_FORM | carried | {"email": "x"}).text
    )
    assert refused.one("input", name="services").get("value") == "ecm.booking"
    assert client.post("/register/company", data=factories.COMPANY_FORM | carried).status_code == 303
    assert session.query(Brief).count() == 0
    answer = confirm(client, factories.COMPANY_FORM["password"])
    assert client.get(answer.location).status_code == 303
    brief = session.query(Brief).one()
    assert brief.answers["own_words"] == words
    assert brief.answers["services"] == ["ecm.booking"]
    assert client.get(answer.location).location == f"/briefs/{brief.reference}/guide"


def test_front_page_words_reach_the_registration(client: Browser) -> None:
    link = client.page("/?q=selge ost på nett").links()["Lag en brief av dette"]
    page = client.page(link)
    assert page.one("input", name="own_words").get("value") == "selge ost på nett"
    sign_in = page.links()["Jeg har en konto"]
    assert "selge" in sign_in
    assert "Lag en konto" in client.page(sign_in).links()
