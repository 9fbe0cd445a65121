"""No route shows a sealed offer to the adviser of a company, nor an opened one without the company's consent."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import Flask

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.mandates.rules import default_end
from marketplace.mandates.use_cases import mandates
from marketplace.proposals.models.offers import Proposal
from marketplace.web import access
from marketplace.web.access import Level
from tests.factories.market import Market
from tests.support.browser import Browser, signed_in

SECRET = "Kanarifuglen synger for dere på gården hver eneste dag."
PRICE = "87654"


def adviser(app: Flask, market: Market, *, reads_offers: bool) -> tuple[Browser, Browser]:
    """Return the browser of an adviser who writes for the company, and one in the garden's own name."""
    garden = market.curator.organisation_id or 0
    mandates.give_mandate(market.owner, garden, default_end(clock.today()), reads_offers=reads_offers)
    writing = signed_in(app, market.curator)
    assert writing.post(f"/companies/{market.owner.organisation_id}/write").status_code == 303
    return writing, signed_in(app, market.curator)


def paths(app: Flask, market: Market, offer: Proposal) -> Iterator[str]:
    """Yield the address of each route for members about the brief, the offer, its supplier or the company."""
    values: dict[str, Any] = {
        "reference": market.reference,
        "proposal_id": offer.id,
        "company_id": market.owner.organisation_id,
        "garden_id": market.curator.organisation_id,
        "supplier_id": offer.supplier_id,
        "slug": offer.supplier.slug,
        "user_id": market.curator.user_id,
        "act_code": "withdraw",
        "file_id": 1,
        "topic_code": "goal",
        "confirmation_id": 1,
        "mandate_id": 1,
        "section_code": "company",
        "number": 1,
        "extension": "json",
    }
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        level = access.level_of(app.view_functions[rule.endpoint])
        if level is Level.PUBLIC and "reference" not in rule.arguments:
            continue
        if "GET" in (rule.methods or ()) and rule.arguments <= values.keys():
            yield adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})


def pages_with_the_offer(browsers: tuple[Browser, Browser], found: list[str]) -> list[str]:
    shown = []
    for browser in browsers:
        browser.check_pages = False
        for path in found:
            text = (
                browser.get(path).get_data().decode("utf-8", "replace").replace("\xa0", "").replace(" ", "")
            )
            if SECRET.replace(" ", "") in text or PRICE in text:
                shown.append(path)
    return shown


def test_no_route_shows_a_sealed_offer_to_an_adviser_with_access(app: Flask, market: Market) -> None:
    offer = market.send("kvistverk", understanding=SECRET, monthly_nok=int(PRICE))
    found = list(paths(app, market, offer))
    assert len(found) > 60
    assert pages_with_the_offer(adviser(app, market, reads_offers=True), found) == []


def test_no_route_shows_an_opened_offer_without_access(app: Flask, market: Market) -> None:
    offer = market.send("kvistverk", understanding=SECRET, monthly_nok=int(PRICE))
    market.brief.deadline = clock.now() - dt.timedelta(hours=1)
    session.commit()
    found = list(paths(app, market, offer))
    assert pages_with_the_offer(adviser(app, market, reads_offers=False), found) == []
    owner = signed_in(app, market.owner)
    assert len(pages_with_the_offer((owner, owner), found)) > 1, "the owner reads what the test looks for"
