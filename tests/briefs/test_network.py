"""Open briefs of other gardens show a garden title, sector and municipality only."""

import datetime as dt
from dataclasses import fields

import pytest
from flask import Flask

from marketplace.briefs import queries, use_cases
from marketplace.briefs.queries import NetworkBrief
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from tests import factories
from tests.factories import briefs, suppliers
from tests.support.browser import Browser

TITLE = "Nettbutikk med henting på gården"


@pytest.fixture
def owner(app: Flask) -> Viewer:
    """The owner of a company in Oppdal that the garden there follows."""
    return factories.member(factories.company(of=factories.garden()))


@pytest.fixture
def elsewhere(app: Flask) -> Viewer:
    """The curator of another garden."""
    other = factories.garden("Kystriket", municipality_number="5056", covered_municipalities=["5056"])
    return factories.member(other, "curator")


def test_network_brief_shows_title_sector_and_place(
    owner: Viewer, elsewhere: Viewer, client: Browser
) -> None:
    brief = briefs.published(owner)
    assert list(queries.network_briefs(elsewhere).items) == [NetworkBrief(TITLE, "food-drink", "Oppdal")]
    assert [field.name for field in fields(NetworkBrief)] == ["title", "sector_code", "place"]
    client.sign_in(elsewhere.user_id or 0)
    html = client.get("/companies/elsewhere").text
    assert TITLE in html
    assert "Oppdal" in html
    for more in (brief.reference, "Bjørkvollen", "40 slags ost", "Kobling til kassa", "b100_200"):
        assert more not in html
    for path in ("", "/ranking", "/proposals"):
        assert client.get(f"/briefs/{brief.reference}{path}").status_code == 404
    assert "/companies/elsewhere" in client.get("/companies").text


def test_anonymous_company_shows_county_only(owner: Viewer, elsewhere: Viewer) -> None:
    briefs.published(owner, visibility="hidden")
    assert [line.place for line in queries.network_briefs(elsewhere).items] == ["Trøndelag"]


def test_unknown_municipality_is_shown_without_place(
    owner: Viewer, elsewhere: Viewer, client: Browser
) -> None:
    brief = briefs.published(owner)
    brief.company.municipality_number = "1635"  # merged into another municipality in 2020
    assert list(queries.network_briefs(elsewhere).items) == [NetworkBrief(TITLE, "food-drink", "")]
    client.sign_in(elsewhere.user_id or 0)
    assert TITLE in client.page("/companies/elsewhere").text


def test_company_without_garden_is_listed_for_every_garden(app: Flask, elsewhere: Viewer) -> None:
    briefs.published(factories.member(factories.company()))
    assert queries.network_briefs(elsewhere).total == 1


def test_own_briefs_are_listed_for_other_gardens_only(owner: Viewer, elsewhere: Viewer) -> None:
    brief = briefs.published(owner)
    at_home = factories.member(brief.company.garden, "adviser")
    assert queries.network_briefs(at_home).total == 0
    assert queries.network_briefs(elsewhere).total == 1


def test_drafts_and_closed_briefs_are_not_listed(owner: Viewer, elsewhere: Viewer, client: Browser) -> None:
    draft = briefs.draft(owner)
    assert queries.network_briefs(elsewhere).total == 0
    client.sign_in(elsewhere.user_id or 0)
    assert client.get(f"/briefs/{draft.reference}").status_code == 404
    use_cases.publish(owner, draft.reference, confirmed=True)
    assert queries.network_briefs(elsewhere).total == 1
    with clock.as_of(clock.now() + dt.timedelta(days=19)):
        assert queries.network_briefs(elsewhere).total == 0


def test_unsent_amendment_is_not_shown(owner: Viewer, elsewhere: Viewer) -> None:
    brief = briefs.published(owner)
    brief.title = "Nettbutikk og en hemmelig plan"
    assert [line.title for line in queries.network_briefs(elsewhere).items] == [TITLE]


def test_network_list_is_for_gardens_only(owner: Viewer, elsewhere: Viewer, app: Flask) -> None:
    supplier = factories.member(suppliers.supplier())
    for viewer in (owner, supplier, factories.administrator()):
        with pytest.raises(NotFound):
            queries.network_briefs(viewer)
        assert app.test_client().sign_in(viewer.user_id or 0).get("/companies/elsewhere").status_code == 403


def test_network_list_is_paginated_by_title(owner: Viewer, elsewhere: Viewer) -> None:
    for number in range(27):
        briefs.published(owner, title=f"Oppdrag {number:02}")
    first, second = (queries.network_briefs(elsewhere, page) for page in (1, 99))
    assert (first.total, len(first.items), first.items[0].title) == (27, 25, "Oppdrag 00")
    assert (second.number, [line.title for line in second.items]) == (2, ["Oppdrag 25", "Oppdrag 26"])


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_empty_network_page_in_every_language(elsewhere: Viewer, client: Browser, locale: str) -> None:
    client.sign_in(elsewhere.user_id or 0)
    client.get(f"/language/{locale}")
    client.page("/companies/elsewhere")
