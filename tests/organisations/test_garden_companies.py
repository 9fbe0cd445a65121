"""A garden's list of its companies: access, search, filters and download."""

import pytest
from flask import Flask

from marketplace.core.errors import NotFound
from marketplace.core.list_query import ListQuery
from marketplace.organisations import queries
from tests import factories
from tests.support.browser import Browser


def test_garden_sees_only_its_own_companies(client: Browser) -> None:
    garden, other = (
        factories.garden(),
        factories.garden("Kystriket næringshage", covered_municipalities=["5056"]),
    )
    factories.company("Ysteriet", of=garden)
    factories.company("Fiskebua", of=other)
    client.sign_in(factories.member(garden, "adviser").user_id or 0)
    text = client.page("/companies").text
    assert "Ysteriet" in text
    assert "Fiskebua" not in text


def test_garden_searches_companies_by_part_of_the_name(client: Browser) -> None:
    garden = factories.garden()
    factories.company("Ålbygda ysteri", of=garden)
    factories.company("Storlia gjestegård", of=garden, municipality_number="5041")
    adviser = factories.member(garden, "adviser")
    client.sign_in(adviser.user_id or 0)

    def search(text: str) -> list[str]:
        return [company.name for company in queries.companies_of(adviser, wanted=ListQuery(text)).items]

    assert set(search("")) == {"Storlia gjestegård", "Ålbygda ysteri"}
    assert search("ålbyg") == search("aalbyg") == search("albyg") == ["Ålbygda ysteri"]
    assert search("GJESTE") == ["Storlia gjestegård"]
    assert search("Snåsa") == search("snaase") == ["Storlia gjestegård"], "places in every official language"
    assert search("gjestgåd snåsa") == ["Storlia gjestegård"], "with spelling mistakes"
    assert search("fjøs") == search("%") == []
    assert "Storlia" not in client.page("/companies?q=ålbyg").text
    page = client.page("/companies?q=Albygdda")
    assert "Ålbygda ysteri" in page.text
    assert "Ingen nøyaktige treff på «Albygdda»" in page.text
    rows = client.get("/companies.csv?q=Albygdda").text
    assert "Ålbygda ysteri" in rows
    assert "Storlia" not in rows


def test_garden_filters_and_sorts_companies(client: Browser) -> None:
    garden = factories.garden()
    factories.company("Zeta regnskap", of=garden, employees=2)
    factories.company("Åse verksted", of=garden, employees=9, known_at=None)
    factories.company("Eple og pære", of=garden, municipality_number="5022", organisation_number="310000019")
    client.sign_in(factories.member(garden, "adviser").user_id or 0)

    def listed(query: str) -> list[str]:
        names = ("Zeta regnskap", "Åse verksted", "Eple og pære")
        text = client.page(f"/companies?{query}").text
        return sorted((name for name in names if name in text), key=text.index)

    assert (
        listed("") == listed("sort=nonsense&place=9999") == ["Eple og pære", "Zeta regnskap", "Åse verksted"]
    )
    assert listed("sort=size")[0] == "Åse verksted"
    assert listed("place=5022") == listed("q=310+000") == ["Eple og pære"]
    assert listed("state=new") == ["Åse verksted"]
    empty = client.page("/companies?q=fj%C3%B8s&place=5022")
    assert "fjøs" in empty.text
    assert "/companies?q=&place=5022" in empty.links().values()


def test_only_gardens_list_companies(app: Flask) -> None:
    owner = factories.member(factories.company(of=factories.garden()))
    for viewer in (owner, factories.administrator()):
        with pytest.raises(NotFound):
            queries.companies_of(viewer)
        with pytest.raises(NotFound):
            queries.company_for(viewer, owner.organisation_id or 0)


def test_garden_downloads_its_companies_only(client: Browser) -> None:
    garden = factories.garden()
    factories.company("Ålbygda ysteri", of=garden, phone="+47 900 00 000")
    factories.company("Annen bedrift")
    client.sign_in(factories.member(garden, "adviser").user_id or 0)
    answer = client.get("/companies.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Ålbygda ysteri;")
    assert ";'+47 900 00 000;" in lines[1]
    for path in ("/companies/briefs.csv", "/garden/suppliers.csv"):
        assert client.get(path).data.startswith(b"\xef\xbb\xbf")
