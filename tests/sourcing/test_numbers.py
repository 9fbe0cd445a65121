"""The numbers about one brief agree on the pages of its company, a supplier and its garden."""

import re

from marketplace.core.database import session
from marketplace.sourcing import queries, use_cases
from tests.factories.briefs import draft
from tests.support.page_rules import text_of


def numbers(pattern, text):
    return [int(number) for number in re.findall(pattern, text)]


def test_numbers_of_a_brief_agree_on_all_pages(market, sign_in):
    market.add("Nær", "Vi lager nettbutikk for gårder.", "ecm.shop", price_from_nok=20_000)
    reference = draft(market.owner).reference
    company, garden = sign_in(market.owner), sign_in(market.adviser)
    before = company.page(f"/briefs/{reference}/fit").text
    use_cases.publish_brief(market.owner, reference, confirmed=True)
    chosen = [market.suppliers[name].id for name in ("Kvistverk", "Myrull")]
    use_cases.invite_suppliers(market.owner, reference, chosen)
    use_cases.decline(market.people["Myrull"], reference, "no_capacity")

    own = company.page(f"/briefs/{reference}/ranking").text
    gardens = garden.page(f"/briefs/{reference}/ranking").text
    suppliers = sign_in(market.people["Kvistverk"]).page(f"/briefs/{reference}/standing").text
    result = queries.ranking_for(market.owner, reference)
    pages = [before, own, gardens, suppliers]

    assert len({tuple(numbers(r"(\d+) suppliers are in the list", page)) for page in pages}) == 1
    assert numbers(r"(\d+) suppliers are in the list", own) == [result.page.total]
    assert len({tuple(numbers(r"(\d+) of them fits? the brief", page)) for page in pages}) == 1
    assert set(numbers(r"(\d+) suppliers? fits? the brief", own)) == {result.fits}
    assert set(numbers(r"(\d+) suppliers? fits? now", before)) == {result.fits}
    assert set(numbers(r"(\d+) suppliers? fits?\b", before)) == {result.fits}
    assert result.fits < result.page.total, "the market has a supplier over the budget"

    for page in (own, gardens):
        assert numbers(r"(\d+) invited, 1 of them has declined", page) == [2]
    assert numbers(r"(\d+) suppliers have been invited", company.page("/home").text) == [2]
    assert numbers(r"You can invite (\d+) more", own) == [4]


def test_ranking_marks_those_that_do_not_fit_and_can_leave_them_out(market, sign_in):
    market.add("Nær", "Vi lager nettbutikk for gårder.", "ecm.shop", price_from_nok=20_000)
    reference, browser = draft(market.owner).reference, sign_in(market.owner)
    use_cases.publish_brief(market.owner, reference, confirmed=True)
    path = f"/briefs/{reference}/ranking"
    result = queries.ranking_for(market.owner, reference)
    page = browser.page(path)
    marks = [text_of(tag) for tag in page.all("span", class_="ds-tag")]
    assert marks.count("Does not fit: over the budget") == len(marks) == result.listed - result.fits
    assert f"All in the list {result.listed} Only those that fit {result.fits}" in page.text
    fitting = browser.page(f"{path}?show=fitting")
    assert not fitting.all("span", class_="ds-tag")
    names = [item.entry.listing.name for item in result.page.items if not item.entry.misfit]
    assert [text for text in names if text in fitting.text] == names
    assert len(names) == result.fits
    assert f"{result.listed} suppliers are in the list" in fitting.text
    market.add("Sein og dyr", "Vi lager nettbutikk for gårder.", "ecm.shop", price_from_nok=90_000_000)
    session.commit()
    late = market.suppliers["Sein og dyr"].slug
    assert "Does not fit: over the budget" in text_of(
        browser.page(path).one("section", aria_labelledby="since")
    )
    assert "Does not fit: over the budget" in browser.page(f"/briefs/{reference}/invite/{late}").text


def test_ranking_addresses_its_reader(market, publish, sign_in):
    path = f"/briefs/{publish()}/ranking"
    assert "The choice is yours" in sign_in(market.owner).page(path).text
    page = sign_in(market.adviser).page(path).text
    assert "The company chooses" in page
    assert "you have written" not in page
