"""Counts for scenarios of a draft, publication from the page, and the front page search."""

import datetime as dt

import pytest

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.matching import Index
from marketplace.sourcing import queries
from marketplace.sourcing.queries.what_if import Scenario
from tests.factories.briefs import draft


def test_each_option_has_its_count(market):
    found = queries.what_if(market.owner, draft(market.owner).reference, Scenario())
    assert found.fit.fits == 2
    counts = {option.value: option.fits for option in found.budgets}
    assert counts["b0_20"] == 0
    assert counts["b100_200"] == 2
    assert counts["b400"] == 3
    assert [option.value for option in found.budgets if option.chosen] == ["b100_200"]
    assert {item.text: item.shown for item in found.must_haves}["Kunden kan hente på gården"] >= 1


def test_scenario_does_not_change_brief(market, sign_in):
    brief = draft(market.owner)
    before = dict(brief.answers)
    page = sign_in(market.owner).page(
        f"/briefs/{brief.reference}/fit?budget=b0_20&presence=must&finish=nonsense"
    )
    assert page.title.startswith("2 ")
    found = queries.what_if(market.owner, brief.reference, Scenario(budget="b0_20"))
    assert (found.fit.fits, found.as_written.fits, found.changed) == (0, 2, True)
    assert brief.answers == before


def test_entering_and_leaving_suppliers_have_reasons(market, sign_in):
    reference = draft(market.owner).reference
    found = queries.what_if(market.owner, reference, Scenario(budget="b400"))
    assert [(one.listing.name, one.reason) for one in found.entering.named] == [
        ("Dyrt", "Det minste oppdraget koster 900\u00a0000\u00a0kr, og det er over budsjettet.")
    ]
    assert found.leaving.count == 0
    found = queries.what_if(market.owner, reference, Scenario(budget="b0_20"))
    assert {one.listing.name for one in found.leaving.named} == {"Kvistverk", "Myrull"}
    assert found.entering.count == 0
    page = sign_in(market.owner, "nb").page(f"/briefs/{reference}/fit?budget=b400")
    assert "Kommer med: 1" in page.text
    assert "Til nå: Det minste oppdraget koster" in page.text


def test_scenario_with_other_finish_date(market, sign_in):
    brief = draft(market.owner)
    written = dt.date.fromisoformat(brief.answers["finish_by"])
    early = clock.today() + dt.timedelta(days=2)
    market.suppliers["Myrull"].next_start = early + dt.timedelta(days=30)
    market.suppliers["Myrull"].version += 1
    session.commit()
    as_it_is = queries.what_if(market.owner, brief.reference, Scenario())
    assert [option.value for option in as_it_is.finishes if option.chosen] == [written.isoformat()]
    found = queries.what_if(market.owner, brief.reference, Scenario(finish=early))
    assert [option.value for option in found.finishes if option.chosen] == [early.isoformat()]
    assert (found.as_written.fits, found.fit.fits, found.changed) == (2, 1, True)
    assert [one.listing.name for one in found.leaving.named] == ["Myrull"]
    page = sign_in(market.owner, "nb").page(f"/briefs/{brief.reference}/fit?finish={early}")
    assert "Faller ut: 1" in page.text
    assert brief.answers["finish_by"] == written.isoformat()


def test_requirement_costs_are_sorted_by_size(market):
    market.add("Tysk", "Nettbutikk.", "ecm.shop", languages=("de",), price_from_nok=9_000)
    market.add("Bare her", "Nettbutikk.", "ecm.shop", areas=("5014",), on_site=True, price_from_nok=9_000)
    market.add("Bare der", "Nettbutikk.", "ecm.shop", areas=("5014",), on_site=True, price_from_nok=9_000)
    session.commit()
    for supplier in ("Bare her", "Bare der"):
        market.suppliers[supplier].municipality_number = "5014"
        market.suppliers[supplier].version += 1
    reference = draft(market.owner, presence="must").reference
    found = queries.what_if(market.owner, reference, Scenario())
    costs = {cost.code: cost.more for cost in found.costs}
    assert costs == {"presence": 2, "budget": 1, "languages": 1}
    assert found.costs[0].code == "presence"
    scenario = Scenario(presence="some", any_language=True, budget="unknown")
    assert queries.what_if(market.owner, reference, scenario).costs == []


def test_dropped_must_have_is_not_required(market):
    reference = draft(market.owner, must_have=["Kunden kan hente på gården", "Gull og glitter"]).reference
    found = queries.what_if(market.owner, reference, Scenario())
    assert (found.fit.with_must_haves, found.must_haves[1].shown) == (0, 0)
    without = queries.what_if(market.owner, reference, Scenario(without=frozenset({1, 30})))
    assert without.fit.with_must_haves == found.must_haves[1].without == 1
    assert [item.required for item in without.must_haves] == [True, False]


def test_brief_without_approved_supplier_says_so(market, sign_in):
    for services, is_unserved in ((["med.drone"], True), (["ecm.shop"], False)):
        reference = draft(market.owner, services=services, budget_band="b0_20").reference
        assert queries.what_if(market.owner, reference, Scenario()).is_unserved == is_unserved
        text = sign_in(market.owner, "nb").page(f"/briefs/{reference}/fit").text
        assert ("Ingen leverandør er godkjent for dette ennå." in text) == is_unserved
        assert ("Endre et krav her" in text) != is_unserved


def test_panel_counts_need_one_index_call(market, monkeypatch):
    """The panel follows a slider, so one index call per option would be too slow."""
    reference = draft(market.owner).reference
    calls = []
    counted = Index.fits
    monkeypatch.setattr(
        Index, "fits", lambda self, queries: calls.append(len(queries)) or counted(self, queries)
    )
    queries.what_if(market.owner, reference, Scenario())
    assert len(calls) == 1
    assert calls[0] > 15


def test_only_the_company_sees_its_draft(market, sign_in):
    reference = draft(market.owner).reference
    for viewer in (market.outsider, market.adviser, market.people["Kvistverk"]):
        with pytest.raises(NotFound):
            queries.what_if(viewer, reference, Scenario())
    assert sign_in(market.outsider).get(f"/briefs/{reference}/fit").status_code == 404


def test_publish_from_page_redirects_to_ranking(market, sign_in):
    reference = draft(market.owner).reference
    browser = sign_in(market.owner)
    assert browser.post(f"/briefs/{reference}/publish").location.endswith("/check")
    assert browser.post(f"/briefs/{reference}/publish", data={"confirmed": "yes"}).location.endswith(
        "/ranking"
    )
    assert browser.get(f"/briefs/{reference}/fit").location.endswith("/ranking")
    assert sign_in(market.colleague).post(f"/briefs/{reference}/publish").status_code == 403


def test_front_search_interprets_description(market):
    understood = queries.interpret("Vi vil selge ost i nettbutikk", "5021")
    assert "ecm.shop" in [service.code for service in understood.services]
    assert understood.suppliers == 3
    assert understood.price_low
    assert queries.interpret("zzz qqq").services == []
    without = queries.interpret("Vi vil selge ost i nettbutikk", without=["ecm.shop"])
    assert "ecm.shop" not in [service.code for service in without.services]
