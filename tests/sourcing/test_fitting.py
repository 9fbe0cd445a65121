"""Who would fit, before a brief is published, and what changes would do."""

import datetime as dt

import pytest

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.matching import Index, TermMatch
from marketplace.sourcing import match_explanation, queries
from marketplace.sourcing.queries.what_if import Trial
from tests.factories.briefs import draft


def test_each_choice_says_its_count(market):
    found = queries.fitting(market.owner, draft(market.owner).reference, Trial())
    assert found.fit.fits == 2
    counts = {option.value: option.fits for option in found.budgets}
    assert counts["b0_20"] == 0
    assert counts["b100_200"] == 2
    assert counts["b400"] == 3
    assert [option.value for option in found.budgets if option.chosen] == ["b100_200"]
    assert {item.text: item.shown for item in found.must_haves}["Kunden kan hente på gården"] >= 1


def test_trying_changes_nothing_in_the_brief(market, sign_in):
    brief = draft(market.owner)
    before = dict(brief.answers)
    page = sign_in(market.owner).page(
        f"/briefs/{brief.reference}/fit?budget=b0_20&presence=must&finish=nonsense"
    )
    assert page.title.startswith("2 ")
    found = queries.fitting(market.owner, brief.reference, Trial(budget="b0_20"))
    assert (found.fit.fits, found.as_written.fits, found.changed) == (0, 2, True)
    assert brief.answers == before


def test_who_comes_in_and_drops_out_is_named_with_the_reason(market, sign_in):
    reference = draft(market.owner).reference
    found = queries.fitting(market.owner, reference, Trial(budget="b400"))
    assert [(one.listing.name, one.reason) for one in found.enter.named] == [
        ("Dyrt", "Det minste oppdraget koster 900\u00a0000\u00a0kr, og det er over rammen deres.")
    ]
    assert found.leave.count == 0
    found = queries.fitting(market.owner, reference, Trial(budget="b0_20"))
    assert {one.listing.name for one in found.leave.named} == {"Kvistverk", "Myrull"}
    assert found.enter.count == 0
    page = sign_in(market.owner, "nb").page(f"/briefs/{reference}/fit?budget=b400")
    assert "Kommer med: 1" in page.text
    assert "Til nå: Det minste oppdraget koster" in page.text


def test_another_last_day_can_be_tried(market, sign_in):
    brief = draft(market.owner)
    written = dt.date.fromisoformat(brief.answers["finish_by"])
    early = clock.today() + dt.timedelta(days=2)
    market.suppliers["Myrull"].next_start = early + dt.timedelta(days=30)
    market.suppliers["Myrull"].version += 1
    session.commit()
    as_it_is = queries.fitting(market.owner, brief.reference, Trial())
    assert [option.value for option in as_it_is.finishes if option.chosen] == [written.isoformat()]
    found = queries.fitting(market.owner, brief.reference, Trial(finish=early))
    assert [option.value for option in found.finishes if option.chosen] == [early.isoformat()]
    assert (found.as_written.fits, found.fit.fits, found.changed) == (2, 1, True)
    assert [one.listing.name for one in found.leave.named] == ["Myrull"]
    page = sign_in(market.owner, "nb").page(f"/briefs/{brief.reference}/fit?finish={early}")
    assert "Faller ut: 1" in page.text
    assert brief.answers["finish_by"] == written.isoformat()


def test_what_leaves_out_most_is_told(market):
    market.add("Tysk", "Nettbutikk.", "ecm.shop", languages=("de",), price_from_nok=9_000)
    market.add("Bare her", "Nettbutikk.", "ecm.shop", areas=("5014",), on_site=True, price_from_nok=9_000)
    market.add("Bare der", "Nettbutikk.", "ecm.shop", areas=("5014",), on_site=True, price_from_nok=9_000)
    session.commit()
    for supplier in ("Bare her", "Bare der"):
        market.suppliers[supplier].municipality_number = "5014"
        market.suppliers[supplier].version += 1
    reference = draft(market.owner, presence="must").reference
    found = queries.fitting(market.owner, reference, Trial())
    cuts = {cut.code: cut.more for cut in found.cuts}
    assert cuts == {"presence": 2, "budget": 1, "languages": 1}
    assert found.cuts[0].code == "presence"
    trial = Trial(presence="some", any_language=True, budget="unknown")
    assert queries.fitting(market.owner, reference, trial).cuts == []


def test_a_must_have_that_is_left_counts_for_nobody(market):
    reference = draft(market.owner, must_have=["Kunden kan hente på gården", "Gull og glitter"]).reference
    found = queries.fitting(market.owner, reference, Trial())
    assert (found.fit.with_must_haves, found.must_haves[1].shown) == (0, 0)
    assert found.dearest == found.must_haves[1]
    without = queries.fitting(market.owner, reference, Trial(without=frozenset({1, 30})))
    assert without.fit.with_must_haves == found.must_haves[1].without == 1
    assert [item.kept for item in without.must_haves] == [True, False]
    assert without.dearest == without.must_haves[0]


def test_all_counts_of_the_panel_are_one_call(market, monkeypatch):
    """The panel follows a slider: it may not ask the index once for each of its choices."""
    reference = draft(market.owner).reference
    asked = []
    counted = Index.fits
    monkeypatch.setattr(
        Index, "fits", lambda self, queries: asked.append(len(queries)) or counted(self, queries)
    )
    queries.fitting(market.owner, reference, Trial())
    assert len(asked) == 1
    assert asked[0] > 15


def test_only_the_company_looks_into_its_draft(market, sign_in):
    reference = draft(market.owner).reference
    for viewer in (market.outsider, market.adviser, market.people["Kvistverk"]):
        with pytest.raises(NotFound):
            queries.fitting(viewer, reference, Trial())
    assert sign_in(market.outsider).get(f"/briefs/{reference}/fit").status_code == 404


def test_publishing_from_the_page(market, sign_in):
    reference = draft(market.owner).reference
    browser = sign_in(market.owner)
    assert browser.post(f"/briefs/{reference}/publish").location.endswith("/check")
    assert browser.post(f"/briefs/{reference}/publish", data={"confirmed": "yes"}).location.endswith(
        "/ranking"
    )
    assert browser.get(f"/briefs/{reference}/fit").location.endswith("/ranking")
    assert sign_in(market.colleague).post(f"/briefs/{reference}/publish").status_code == 403


def test_a_visitors_words_are_understood(market):
    understood = queries.understand("Vi vil selge ost i nettbutikk", "5021")
    assert "ecm.shop" in [service.code for service in understood.services]
    assert understood.suppliers == 3
    assert understood.price_low
    assert queries.understand("zzz qqq").services == []
    without = queries.understand("Vi vil selge ost i nettbutikk", without=["ecm.shop"])
    assert "ecm.shop" not in [service.code for service in without.services]


def test_a_quote_does_not_let_a_heading_run_on_into_the_next_sentence():
    shared = [TermMatch("etikett", ("etiketter",), ("etikett", "honning"), 1.0)]
    text = "Honning i tjue varianter\nFelles etikett for gård og blomst. Vi tar ikke bilder."
    pieces = match_explanation.met(shared, text, of_query=False)
    assert "".join(piece.text for piece in pieces) == (
        "Honning i tjue varianter \N{EN DASH} Felles etikett for gård og blomst."
    )
