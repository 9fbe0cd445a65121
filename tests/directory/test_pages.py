"""Pages of the directory: search, supplier pages, and a garden's own suppliers."""

import re

import pytest
from flask import Flask

from marketplace.core.database import session
from marketplace.directory import queries
from marketplace.vetting import use_cases
from marketplace.vetting.models import Vetting
from marketplace.vetting.use_cases import Decision
from tests import factories
from tests.factories.suppliers import applicant, checklist, vetting_garden
from tests.support.browser import Browser, signed_in
from tests.support.sql_capture import captured_sql


def test_search_page_filters_and_suggests_relaxations(client: Browser) -> None:
    home = vetting_garden()
    applicant(approved_by=home.curator)
    applicant(
        "Tindelys Foto",
        approved_by=home.curator,
        services=["med.photo"],
        municipality_number="5025",
        about="Vi tar bilder. " * 9,
        cases=[],
    )
    applicant("Venter Design", services=["brd.identity"])
    page = client.page("/suppliers")
    assert "Kvistverk Nettbyrå" in page.text
    assert "Venter Design" not in page.text
    assert "Tindelys" not in client.page("/suppliers?q=nettbutikk").text
    assert "Tindelys" in client.page("/suppliers?kind=med").text
    empty = client.page("/suppliers?kind=med&place=5021")
    assert empty.heading != "Find a supplier"
    assert any("kind=med" in link and "place" not in link for link in empty.links().values())


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=" + "æ" * 3000, "kind=x&place=y&page=-4", "page=99999999999", "price=%27", "remote=no"],
)
def test_search_page_survives_hostile_query_strings(client: Browser, query: str) -> None:
    home = vetting_garden()
    applicant(approved_by=home.curator)
    client.page(f"/suppliers?{query}")


def test_contact_details_are_for_signed_in_companies(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    made, owner = applicant(approved_by=home.curator)
    path, address = f"/suppliers/{made.slug}", "ola@kvistverk.example"
    rival = applicant("Myrull", approved_by=home.curator)[1]
    company = factories.member(factories.company())
    assert address not in client.page(path).html
    assert "00 00 00 00" not in client.page(path).html
    assert address not in signed_in(app, rival).page(path).html
    assert address in signed_in(app, company).page(path).html
    assert address in signed_in(app, owner).page(path).html


def test_unlisted_supplier_is_visible_to_itself_and_gardens(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    made, owner = applicant()
    path = f"/suppliers/{made.slug}"
    assert client.get(path).status_code == 404
    assert signed_in(app, factories.member(factories.company())).get(path).status_code == 404
    assert signed_in(app, owner).get(path).status_code == 200
    assert signed_in(app, home.curator).get(path).status_code == 200


def test_notes_are_visible_to_vetting_garden_only(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    other = vetting_garden(name="Havgapet", municipality_number="5056", covered_municipalities=["5056"])
    made, owner = applicant(services=["ecm.shop", "med.photo"])
    items = {item.category: item for item in session.query(Vetting)}
    use_cases.decide(home.curator, items["ecm"].id, Decision("approve", 1, checklist("ecm")))
    use_cases.decide(
        home.curator,
        items["med"].id,
        Decision("ask", 1, checklist("med", case="hemmelig merknad"), "Vis et bilde."),
    )
    path = f"/suppliers/{made.slug}"
    assert "Vis et bilde." in signed_in(app, home.curator).page(path).text
    elsewhere = signed_in(app, other.curator).page(path)
    assert "Vis et bilde." not in elsewhere.text
    assert "Vis et bilde." not in client.page(path).text
    assert "Vis et bilde." in signed_in(app, owner).page("/profile").text


def test_garden_suppliers_page_has_list_and_map(app: Flask) -> None:
    home = vetting_garden()
    applicant(approved_by=home.curator)
    desk = signed_in(app, home.curator)
    for path in (
        "/garden/suppliers",
        "/garden/suppliers?state=due&q=%25",
        "/garden/suppliers?service=ecm.shop",
        "/garden/suppliers?state=paused",
    ):
        desk.page(path)
    assert "Kvistverk Nettbyrå" in desk.page("/garden/suppliers?state=approved").text
    assert re.search(r'class="x\d y\d+ l1 own"', desk.page("/garden/suppliers?service=ecm").html)


def test_search_page_statement_count_is_constant(app: Flask, client: Browser) -> None:
    home = vetting_garden()
    for number in range(30):
        applicant(f"Byrå {number}", approved_by=home.curator)
    client.page("/suppliers")
    with captured_sql() as counted:
        client.page("/suppliers?kind=ecm&page=2")
    assert len(counted) < 10, counted
    assert len(queries.catalogue().entries) == 30
