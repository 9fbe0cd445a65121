"""Who would fit, before a brief is published, and what changes would do."""

import pytest

from marketplace.core.errors import NotFound
from marketplace.sourcing import queries
from marketplace.sourcing.queries.fitting import Trial
from tests.factories.briefs import draft


def test_each_choice_says_its_count(market):
    found = queries.fitting(market.owner, draft(market.owner).reference, Trial())
    assert found.fit.fits == 2
    counts = {option.value: option.fits for option in found.budgets}
    assert counts["b0_20"] == 0
    assert counts["b100_200"] == 2
    assert counts["b400"] == 3
    assert [option.value for option in found.budgets if option.chosen] == ["b100_200"]
    assert dict(found.must_haves)["Kunden kan hente på gården"] >= 1


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
