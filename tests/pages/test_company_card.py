"""The page of a company for the business gardens that follow it."""

from typing import Any

import pytest
from flask import Flask

from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.organisations import hooks, use_cases
from marketplace.organisations.models import ASKED, BusinessGarden, Company
from marketplace.pages.queries import company_card
from marketplace.proposals import use_cases as proposals
from marketplace.proposals.lifecycle import HANDOVER_ITEMS
from tests import factories
from tests.factories import briefs
from tests.factories.market import Market
from tests.proposals.conftest import at_noon, choose, market, opened, replies
from tests.support.browser import Browser
from tests.support.page_rules import HtmlPage
from tests.support.sql_capture import captured_sql

__all__ = ["at_noon", "choose", "market", "opened", "replies"]
MAX_STATEMENTS = 12


@pytest.fixture
def garden(app: Flask) -> BusinessGarden:
    del app
    return factories.garden()


@pytest.fixture
def company(garden: BusinessGarden) -> Company:
    return factories.company(of=garden, phone="00 00 00 00", organisation_number="310000019")


@pytest.fixture
def owner(company: Company) -> Viewer:
    return factories.member(company, name="Marit Bjørkvold", email="marit@bjorkvollen.example")


@pytest.fixture
def adviser(garden: BusinessGarden, client: Browser) -> Viewer:
    viewer = factories.member(garden, "adviser")
    session.commit()
    client.sign_in(viewer.user_id or 0)
    return viewer


def links(page: HtmlPage) -> list[str]:
    return [str(link.get("href")) for link in page.all("a")]


def test_card_shows_people_facts_and_how_to_reach_them(
    client: Browser, company: Company, owner: Viewer, adviser: Viewer
) -> None:
    factories.member(company, "member", name="Ukjent Bortreist", is_active=False)
    page = client.page(f"/companies/{company.id}")
    assert {"tel:00000000", "mailto:marit@bjorkvollen.example"} <= set(links(page))
    assert "310 000 019" in page.text
    assert owner.name in page.text
    assert "Ukjent Bortreist" not in page.text
    assert f"/companies/{company.id}" in links(client.page("/companies"))


def test_card_of_company_that_the_garden_does_not_follow_is_missing(
    app: Flask, client: Browser, company: Company, owner: Viewer, adviser: Viewer
) -> None:
    path = f"/companies/{company.id}"
    elsewhere = factories.garden("Kysthagen", covered_municipalities=["5014"])
    other = app.test_client().sign_in(factories.member(elsewhere, "curator").user_id or 0)
    assert (other.get(path).status_code, client.get("/companies/999999").status_code) == (404, 404)
    use_cases.follow_company(company.id, elsewhere.id, ASKED)
    assert other.get(path).status_code == 200
    use_cases.stop_following(company.id, elsewhere.id, ASKED)
    assert other.get(path).status_code == 404
    assert app.test_client().sign_in(owner.user_id or 0).get(path).status_code == 403


def test_drafts_are_private_until_review_is_asked(
    client: Browser, company: Company, owner: Viewer, adviser: Viewer
) -> None:
    brief = briefs.draft(owner, title="Ny nettbutikk")
    path = f"/companies/{company.id}"
    assert "Ny nettbutikk" not in client.page(path).text
    brief.state = "in_review"
    session.commit()
    page = client.page(path)
    assert f"/briefs/{brief.reference}" in links(page)
    assert "Les utkastet til «Ny nettbutikk»" in page.text


def test_brief_after_the_deadline_shows_number_of_offers_and_next_step(opened: Market, app: Flask) -> None:
    browser: Any = app.test_client().sign_in(opened.curator.user_id or 0)
    path = f"/companies/{opened.owner.organisation_id}"
    page = browser.page(path)
    assert "Spør hvordan det går med valget" in page.text
    assert "3 tilbud venter på svar" in page.text


def test_sealed_offers_do_not_change_the_card(market: Market, app: Flask) -> None:
    browser: Any = app.test_client().sign_in(market.curator.user_id or 0)
    path = f"/companies/{market.owner.organisation_id}"
    before = browser.page(path).text
    market.send("kvistverk")
    assert browser.page(path).text == before


@pytest.mark.parametrize("consent", ["individual", "totals", ""])
def test_goal_is_shown_only_if_the_company_shares_it(
    opened: Market, app: Flask, choose: Any, consent: str
) -> None:
    choose(opened, "kvistverk")
    brief = opened.brief
    brief.versions[-1].answers = {**brief.versions[-1].answers, "report_consent": consent}
    session.commit()
    proposals.deliver(opened.owner, opened.reference, dict.fromkeys(HANDOVER_ITEMS, "done"))
    answers = proposals.OutcomeAnswers("yes", "yes", "yes", "maybe", "12 bestillinger", "Det gikk bra.")
    proposals.answer_outcome(opened.owner, opened.reference, "handover", answers)
    browser: Any = app.test_client().sign_in(opened.curator.user_id or 0)
    shown = browser.page(f"/companies/{opened.owner.organisation_id}").text
    assert "Kvistverk" in shown
    assert ("Målet ble nådd" in shown) is (consent == "individual")
    assert "12 bestillinger" not in shown, "only the company reads the rest"
    assert "Det gikk bra." not in shown
    assert "92" not in shown.replace("2026-0147", ""), "the price belongs to the offer"


def test_card_takes_few_statements_for_many_briefs(
    client: Browser, company: Company, owner: Viewer, adviser: Viewer
) -> None:
    for number in range(8):
        brief = briefs.published(owner)
        brief.state = ("published", "awarded", "delivered", "in_review")[number % 4]
    session.commit()
    path = f"/companies/{company.id}"
    client.get(path)
    with captured_sql() as seen:
        assert client.get(path).status_code == 200
    assert len([one for one in seen if one.startswith("SELECT")]) <= MAX_STATEMENTS, seen


def test_panels_add_sections_and_next_steps(
    client: Browser, company: Company, adviser: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel: hooks.Hook[Any] = hooks.Hook()
    step = hooks.CompanyStep("Ring før kurskveld 3", "/home", is_urgent=True)
    panel.register("course", lambda _viewer, _id: hooks.CompanyPanel("pages/_hills.html", {}, [step]))
    monkeypatch.setattr(company_card, "company_panels", panel)
    assert "Ring før kurskveld 3" in client.page(f"/companies/{company.id}").text


def test_new_company_is_confirmed_from_its_card(
    client: Browser, company: Company, owner: Viewer, adviser: Viewer
) -> None:
    company.known_at = None
    session.commit()
    page = client.page(f"/companies/{company.id}")
    assert "Bekreft at dere kjenner bedriften" in page.text
    path = page.links()["Vi kjenner bedriften"]
    question = client.page(path)
    assert "Dere kan ikke angre." in question.text
    page_field = question.one("input", name="page")
    answer = client.post(path, data={"page": page_field.get("value")})
    assert answer.headers["Location"] == f"/companies/{company.id}"
    assert "Bekreft at dere kjenner" not in client.page(f"/companies/{company.id}").text
