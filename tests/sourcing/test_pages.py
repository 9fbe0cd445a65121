"""The pages of the list and of open briefs: what is missing is named, odd input is answered, two clicks are one."""

import pytest
from sqlalchemy import func, select

from marketplace.core.database import session
from marketplace.sourcing import use_cases
from marketplace.sourcing.models import Invitation, RankingRun
from tests.factories.briefs import draft

HOSTILE = [
    "",
    "-1",
    "0",
    "9" * 30,
    "\x00",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "%s{{7*7}}",
    "æ" * 4000,
]


def test_publishing_with_something_missing_says_what_and_where(market, sign_in):
    reference = draft(market.owner, problem="For kort.", goal="").reference
    browser = sign_in(market.owner)
    answer = browser.post(f"/briefs/{reference}/publish", data={"confirmed": "yes"})
    assert answer.location.endswith(f"/briefs/{reference}/check")
    page = browser.page(answer.location)
    assert any(f"/briefs/{reference}/guide/need" in link for link in page.links().values())
    assert session.scalar(select(func.count()).select_from(RankingRun)) == 0
    assert browser.get(f"/briefs/{reference}/ranking").status_code == 404


def test_a_second_click_on_publish_leads_where_the_first_did(market, sign_in):
    reference = draft(market.owner).reference
    browser = sign_in(market.owner)
    for _click in range(2):
        answer = browser.post(f"/briefs/{reference}/publish", data={"confirmed": "yes"})
        assert answer.location.endswith("/ranking")
    assert session.scalar(select(func.count()).select_from(RankingRun)) == 1


def test_a_second_click_on_ask_is_told_that_it_is_done(market, publish, sign_in):
    reference, browser = publish(), sign_in(market.owner)
    chosen = {"supplier": str(market.suppliers["Kvistverk"].id)}
    for sentence in ("1 supplier is asked", "have already been invited"):
        answer = browser.post(f"/briefs/{reference}/invite", data=chosen)
        assert answer.status_code == 303
        assert sentence in browser.page(answer.location).text
    assert session.scalar(select(func.count()).select_from(Invitation)) == 1


def test_a_withdrawn_brief_is_not_published_again(market, publish, sign_in):
    from marketplace.briefs.use_cases import withdraw

    reference = publish()
    withdraw(market.owner, reference, "Vi har ombestemt oss likevel.")
    assert (
        sign_in(market.owner).post(f"/briefs/{reference}/publish", data={"confirmed": "yes"}).status_code
        == 409
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_odd_input_is_answered_on_every_page(market, publish, sign_in, text):
    reference, own = publish(), draft(market.owner).reference
    use_cases.invite_suppliers(market.owner, reference, [market.suppliers["Kvistverk"].id])
    owner, supplier = sign_in(market.owner), sign_in(market.people["Kvistverk"])
    odd = {"page": text, "budget": text, "presence": text, "finish": text}
    for browser, path in (
        (owner, f"/briefs/{reference}/ranking"),
        (owner, f"/briefs/{own}/fit"),
        (owner, f"/briefs/{own}/check"),
        (supplier, "/opportunities"),
    ):
        answer = browser.get(path, query_string=odd)
        assert answer.status_code == 200, (path, text)
        assert "<script>alert" not in answer.text
    assert owner.post(f"/briefs/{reference}/invite", data={"supplier": [text] * 20}).status_code == 422
    answer = supplier.post(f"/briefs/{reference}/decline", data={"reason": text, "text": text})
    assert answer.status_code == 422
    answer = supplier.post(f"/briefs/{reference}/decline", data={"reason": "other", "text": text})
    assert answer.status_code == (422 if len(text) > 500 else 303)
    assert "<script>alert" not in owner.get(f"/briefs/{reference}/ranking").text


def test_what_was_ticked_is_still_ticked_when_too_many_are(market, publish, sign_in):
    for number in range(5):
        market.add(f"Butikk {number}", "Vi lager nettbutikk.", "ecm.shop")
    session.commit()
    reference, browser = publish(invite_count=3), sign_in(market.owner)
    ids = [str(market.suppliers[f"Butikk {number}"].id) for number in range(4)]
    answer = browser.post(f"/briefs/{reference}/invite", data={"supplier": ids})
    assert answer.status_code == 422
    assert "4 are chosen" in answer.text
    assert answer.text.count(" checked>") == 4
    assert session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_a_supplier_is_not_told_how_it_stands_nor_who_else_is_asked(market, publish, sign_in):
    reference = publish()
    ids = [market.suppliers[name].id for name in ("Kvistverk", "Myrull")]
    use_cases.invite_suppliers(market.owner, reference, ids)
    browser = sign_in(market.people["Kvistverk"])
    assert browser.get(f"/briefs/{reference}/ranking").status_code == 404
    assert browser.post(f"/briefs/{reference}/invite", data={"supplier": "1"}).status_code == 403
    assert browser.post(f"/briefs/{reference}/publish").status_code == 403
    for path in (f"/briefs/{reference}", "/opportunities", f"/briefs/{reference}/decline", "/home"):
        text = browser.page(path).text
        assert "Myrull" not in text
        assert "Dyrt" not in text


def test_another_company_meets_nothing(market, publish, sign_in):
    reference, browser = publish(), sign_in(market.outsider)
    for answer in (
        browser.get(f"/briefs/{reference}/ranking"),
        browser.get(f"/briefs/{reference}/fit"),
        browser.post(f"/briefs/{reference}/publish"),
        browser.post(f"/briefs/{reference}/invite", data={"supplier": "1"}),
    ):
        assert answer.status_code == 404


def test_the_garden_reads_the_list_and_asks_nobody(market, publish, sign_in):
    reference, browser = publish(), sign_in(market.adviser)
    page = browser.get(f"/briefs/{reference}/ranking")
    assert "Kvistverk" in page.text
    assert "Invite selected suppliers" not in page.text
    assert browser.post(f"/briefs/{reference}/invite", data={"supplier": "1"}).status_code == 403


def test_a_long_list_has_pages_and_a_tick_on_the_second_counts(market, publish, sign_in):
    for number in range(12):
        market.add(f"Butikk {number}", "Vi lager nettbutikk.", "ecm.shop")
    session.commit()
    reference, browser = publish(), sign_in(market.owner)
    second = browser.page(f"/briefs/{reference}/ranking?page=2")
    boxes = second.all("input", name="supplier")
    assert len(boxes) == 5
    chosen = {"supplier": boxes[-1].get("value")}
    assert browser.post(f"/briefs/{reference}/invite?page=2", data=chosen).status_code == 303
    assert session.scalars(select(Invitation.place)).one() == 15
