"""The comparison page: price gaps, selected offers, and one or no offer."""

import datetime as dt

from marketplace.proposals import use_cases
from tests.proposals.conftest import AFTER, REFERENCE

OFFERS = f"/briefs/{REFERENCE}/proposals"
ONLY_ONE = "Bare én leverandør har svart"


def test_comparison_page_marks_and_fills_price_gaps(browser, opened):
    page = browser("member").page(OFFERS)
    html = page.html.replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ")
    assert len([cell for cell in page.all("td") if cell.get("class") == "hole"]) == 2
    assert "Skogsfjord" in page.one("p", class_="lede").text
    assert "97 760 kr" in html
    assert "79 760 kr" in html
    assert not page.all("a", href=f"/briefs/{REFERENCE}/award")
    assert browser("owner").page(OFFERS).all("a", href=f"/briefs/{REFERENCE}/award")


def test_comparison_page_shows_up_to_four_selected_offers(browser, market, at_noon):
    for number in range(6):
        market.supplier(f"byra{number}")
        market.send(f"byra{number}")
    at_noon.move_to(AFTER, tick=False)
    page = browser("owner").page(OFFERS)
    assert page.one("table").get("data-columns") == "4"
    boxes = page.all("input", type="checkbox", name="offer")
    assert len(boxes) == 6
    picked = [box.get("value") for box in boxes[-2:]]
    page = browser("owner").page(f"{OFFERS}?offer={picked[0]}&offer={picked[1]}&offer=x&offer=999999")
    assert page.one("table").get("data-columns") == "2"


def test_comparison_page_with_one_offer_left_counts_the_others(browser, opened):
    for name in ("kvistverk", "skogsfjord"):
        number = opened.proposal(name).id
        use_cases.rule_out(opened.owner, REFERENCE, number, "Kobling til kassa", "Er ikke med.")
    page = browser("owner").page(OFFERS)
    assert page.one("table").get("data-columns") == "1"
    assert "3 svar" in page.text
    assert ONLY_ONE not in page.text


def test_comparison_page_with_one_and_no_offer(browser, market, at_noon):
    at_noon.move_to(AFTER, tick=False)
    page = browser("owner").page(OFFERS)
    assert page.all("input", name="day")
    assert browser("owner").post(f"{OFFERS}/extend", data={"day": "2030-01-01"}).status_code == 422
    assert browser("owner").post(f"{OFFERS}/extend", data={"day": "2026-12-21"}).status_code == 303
    market.send("kvistverk")
    at_noon.move_to(AFTER + dt.timedelta(days=10), tick=False)
    browser("owner").sign_in(market.owner.user_id)  # the session of ten days ago is over
    page = browser("owner").page(OFFERS)
    assert page.one("table").get("data-columns") == "1"
    assert ONLY_ONE in page.text
    assert browser("owner").page(f"/briefs/{REFERENCE}/award").all("input", name="price_nok")
